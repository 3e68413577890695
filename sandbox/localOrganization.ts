import { randomUUID } from 'node:crypto';
import { connectionIdOf, type ConnectionOptions } from './agent/tasks/connections';
import { collectionId, compileTimeVariables, oidcRequestUri, project } from './agent/variables/predefined';
import { type Organization, type OrganizationOptions, startOrganization } from './devops/organization';

export interface LocalOrganizationOptions extends OrganizationOptions {
  /** The service connections of the project: those that `runPipeline` is given. */
  readonly connections?: readonly Pick<ConnectionOptions, 'name' | 'id'>[];
}

/** Starts the organisation that the local agent belongs to, for the `collection` of `runPipeline`. */
export function startLocalOrganization({
  connections = [],
  ...options
}: LocalOrganizationOptions = {}): Promise<Organization> {
  const content = {
    collectionId,
    project,
    connections: connections.map((connection) => ({ id: connectionIdOf(connection), name: connection.name })),
    standingJob: (url: string) => ({
      ...compileTimeVariables('pipeline.yml', 'refs/heads/main', url),
      'Build.BuildId': '1',
      'System.OidcRequestUri': oidcRequestUri(url, randomUUID(), randomUUID()),
    }),
  };
  return startOrganization(content, options);
}
