import type { ServiceConnection } from '../agent/agent';
import type { Context } from '../agent/context';
import { pasted, pastedProblem } from '../agent/pasted';
import { TaskError, UnusableError } from '../errors';
import type { TokenSource } from '../http/tokenSource';
import { azureIdentity } from './azureIdentity';
import { FixedToken } from './fixedToken';

/** Who signs in to an Azure DevOps organization. */
export interface DevopsIdentity {
  /** By the token of the job, by a connection to Azure, or by a personal access token. */
  readonly kind: 'job' | 'azure' | 'token';
  readonly tokens: TokenSource;
}

/** The application of Azure DevOps in Microsoft Entra ID, the same in all tenants. */
const azureDevops = { name: 'Azure DevOps', id: '499b84ac-1321-427f-aa17-267ca6975798' };

/** The job itself: a build service account, of the project or of the organization. Throws a TaskError outside a job. */
export function jobIdentity({ agent }: Context): DevopsIdentity {
  const token = agent.jobToken();
  if (token === undefined)
    throw new TaskError(
      'The token of the job (System.AccessToken) is not available here. Use a service connection to sign in to Azure DevOps.',
    );
  return { kind: 'job', tokens: new FixedToken('the job itself (its System.AccessToken)', token, agent) };
}

/** The identity of an Azure Resource Manager connection. Throws an UnusableError when the connection cannot be used. */
export function entraDevopsIdentity(connection: ServiceConnection, context: Context): DevopsIdentity {
  return { kind: 'azure', tokens: azureIdentity(connection, context).tokensFor(azureDevops) };
}

/**
 * The personal access token of a connection of the type `externaltfs` (Azure Repos/Team Foundation Server). Its scheme is
 * `Token` with the parameter `apitoken`, or `UsernamePassword`, where the token is the password: Azure DevOps Services
 * accepts no other passwords and ignores the user name.
 * Source: the fields that terraform-provider-azuredevops writes (`resource_serviceendpoint_externaltfs.go`).
 */
export function patIdentity(connection: ServiceConnection, { agent }: Context): DevopsIdentity {
  const scheme = connection.scheme.toLowerCase();
  if (scheme !== 'token' && scheme !== 'usernamepassword')
    throw unusable(`has the authentication scheme ${connection.scheme}: it must use a personal access token.`);
  const token = pasted(connection.authorization(scheme === 'token' ? 'apitoken' : 'password'));
  if (token === undefined) throw unusable('has no personal access token.');
  const problem = pastedProblem(token, 'a personal access token', 'token');
  if (problem !== undefined) throw unusable(problem);
  // It travels as a password: in a form that a message must not show, either.
  agent.setSecret(Buffer.from(`:${token}`).toString('base64'));
  return {
    kind: 'token',
    tokens: new FixedToken('the personal access token of the Azure DevOps connection', token, agent),
  };
}

function unusable(problem: string): UnusableError {
  return new UnusableError('The Azure DevOps connection', problem);
}
