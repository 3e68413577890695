import type { Context } from '../agent/context';
import { connectDevops } from '../devops/connect';
import type { Devops } from '../devops/devops';
import { readOrganizationUrl } from '../devops/organizationUrl';
import { InputError } from '../errors';
import { entraDevopsIdentity, jobIdentity, patIdentity, type DevopsIdentity } from '../identity/devopsIdentity';
import { choice, connection, text } from './inputs';
import type { Values } from './task';

/**
 * The inputs that name the organization and the project of an Azure DevOps task, and who signs in; `openOrganization` and
 * `projectOf` take them. By default it is the project of the run, as the job itself.
 */
export const devopsConnection = {
  connectionType: choice(['job', 'azure', 'token'], { required: true, default: 'job' }),
  azureConnection: connection('AzureRM', { required: true, when: { connectionType: 'azure' } }),
  devopsConnection: connection('externaltfs', { required: true, when: { connectionType: 'token' } }),
  organizationUrl: text(),
  project: text(),
};

type Inputs = Values<typeof devopsConnection>;

/**
 * Opens the organization that the inputs name: by its URL, else by the connection, which is for one, else that of the run.
 * Makes no call. Throws an InputError or an UnusableError for inputs that cannot be used.
 */
export function openOrganization(inputs: Inputs, context: Context): Devops {
  const url = organizationUrlOf(inputs, context);
  if (url === undefined) throw missing('organizationUrl', context.agent.words.missing.organization);
  if (inputs.connectionType === 'job' && !isOfRun(url, context))
    throw new InputError([
      {
        input: 'connectionType',
        problem: 'is job, but the token of a job is valid in the organization of its run only: use azure or token.',
      },
    ]);
  return connectDevops(identityOf(inputs, context), url, context);
}

/** The name or id of the project that the inputs name. Throws an InputError where the run is of no project of this organization. */
export function projectOf(inputs: Inputs, context: Context): string {
  if (inputs.project !== undefined) return inputs.project;
  const url = organizationUrlOf(inputs, context);
  const ofRun = url !== undefined && isOfRun(url, context) ? context.agent.run.project : undefined;
  if (ofRun === undefined) throw missing('project', context.agent.words.missing.project);
  return ofRun;
}

/** The GUID of the project that the inputs name; that of another project than the run's is requested. */
export async function projectIdOf(inputs: Inputs, devops: Devops, context: Context): Promise<string> {
  const named = projectOf(inputs, context);
  const { project, projectId } = context.agent.run;
  const isNamed = (text: string | undefined): boolean => text?.toLowerCase() === named.toLowerCase();
  if (projectId !== undefined && isOfRun(devops.url, context) && (isNamed(project) || isNamed(projectId)))
    return projectId;
  return (await devops.core.project(named)).id;
}

function organizationUrlOf(inputs: Inputs, { agent }: Context): string | undefined {
  const { organizationUrl, devopsConnection: named } = inputs;
  return organizationUrl ?? (named?.url.trim() || agent.run.organizationUrl);
}

/** An organization can have two URLs, but has one name. */
function isOfRun(url: string, { agent }: Context): boolean {
  const own = agent.run.organizationUrl;
  return own !== undefined && nameIn(own) === nameIn(url);
}

function nameIn(url: string): string {
  return readOrganizationUrl(url).name.toLowerCase();
}

function identityOf(inputs: Inputs, context: Context): DevopsIdentity {
  const { connectionType, azureConnection, devopsConnection: named } = inputs;
  switch (connectionType) {
    case 'job':
      return jobIdentity(context);
    case 'azure':
      if (!azureConnection) throw missing('azureConnection');
      return entraDevopsIdentity(azureConnection, context);
    case 'token':
      if (!named) throw missing('devopsConnection');
      return patIdentity(named, context);
  }
}

function missing(input: string, problem = 'is required.'): InputError {
  return new InputError([{ input, problem }]);
}
