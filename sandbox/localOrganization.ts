import { randomUUID } from 'node:crypto';
import { connectionIdOf, type ConnectionOptions } from './agent/tasks/connections';
import { collectionId, compileTimeVariables, oidcRequestUri, project, projectId } from './agent/variables/predefined';
import { Extensions } from './devops/extensions/extensions';
import { JsonFile } from './devops/extensions/jsonFile';
import { ServiceEndpoints } from './devops/resources/endpoints/serviceEndpoints';
import { type Organization, type OrganizationOptions, startOrganization } from './devops/organization';
import { localRunner, type LocalRunnerOptions } from './localRunner';

export interface LocalOrganizationOptions extends OrganizationOptions {
  /** The service connections of the project: those that `runPipeline` is given. What a run of a pipeline needs of them is optional. */
  readonly connections?: readonly (Pick<ConnectionOptions, 'name' | 'id'> & Partial<ConnectionOptions>)[];
  /** Holds one folder per built task, for the pipelines that the organisation runs; the tasks of the agent alone without it. */
  readonly tasks?: string | undefined;
  /** Keeps the data of extensions from one start to the next. */
  readonly extensionDataFile?: string | undefined;
  /** How the agent runs those pipelines. */
  readonly agent?: AgentOptions | undefined;
}

export type AgentOptions = Pick<LocalRunnerOptions, 'environment' | 'parameters' | 'watch'>;

/** Starts the organisation that the local agent belongs to, for the `collection` of `runPipeline`. It runs its pipelines itself. */
export async function startLocalOrganization({
  connections = [],
  tasks,
  agent,
  extensionDataFile,
  ...options
}: LocalOrganizationOptions = {}): Promise<Organization> {
  const content = {
    collectionId,
    project,
    projectId,
    connections: connections.map((connection) => ({ id: connectionIdOf(connection), name: connection.name })),
    standingJob: (url: string) => ({
      ...compileTimeVariables('pipeline.yml', 'refs/heads/main', url),
      'Build.BuildId': '1',
      'System.OidcRequestUri': oidcRequestUri(url, randomUUID(), randomUUID()),
    }),
  };
  // Only a run asks for it, and there is none before the organisation has started.
  const runner = localRunner({ ...agent, tasks, startJob: (job) => organization.startJob(job) });
  const organization: Organization = await startOrganization(content, { runner, ...options });
  if (extensionDataFile !== undefined) organization.state.of(Extensions).keepIn(new JsonFile(extensionDataFile));
  const endpoints = organization.state.of(ServiceEndpoints);
  for (const connection of connections) {
    const { name, type = 'azurerm', url = '', scheme = 'WorkloadIdentityFederation' } = connection;
    endpoints.add({
      id: connectionIdOf(connection).toLowerCase(),
      name,
      type,
      url,
      description: '',
      owner: 'library',
      scheme,
      parameters: new Map(Object.entries(connection.parameters ?? {})),
      data: connection.data ?? {},
      isReady: true,
      references: [{ projectId, name, description: '' }],
      createdById: organization.administrator.id,
    });
  }
  return organization;
}
