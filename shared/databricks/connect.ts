import type { ServiceConnection } from '../agent/agent';
import { isWorkspaceResourceId, workspaceUrlOf } from '../azure/databricksWorkspace';
import { resourceManager } from '../azure/resourceManager/client';
import type { Clock } from '../clock';
import { InputError, TaskError } from '../errors';
import { createHttpClient } from '../http/createHttpClient';
import { isRefusal, type Trouble } from '../http/errors';
import type { HttpClient } from '../http/httpClient';
import { joined } from '../http/sentences';
import type { TokenSource } from '../http/tokenSource';
import { azureIdentity } from '../identity/azureIdentity';
import { databricksIdentity } from '../identity/databricksIdentity';
import { withManagementToken } from '../identity/managementToken';
import { userAgent, type SignInSurroundings } from '../identity/signIn';
import { adviceFor } from '../identity/signInProblems';
import { CurrentUserApi } from './api/currentUser';

/** A Databricks workspace that calls can be made to. */
export interface Workspace {
  /** Without a trailing slash: `https://adb-1.2.azuredatabricks.net`. */
  readonly url: string;
  readonly http: HttpClient;
}

/** What the operations on a workspace need from their surroundings. */
export interface Surroundings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Which workspace, and who signs in to it: by a connection to Databricks, or by one to Azure and the workspace's address. */
export interface ConnectInputs {
  readonly connection: ServiceConnection | undefined;
  readonly azureConnection: ServiceConnection | undefined;
  /** Or its Azure resource id. */
  readonly workspaceUrl: string | undefined;
  readonly useManagementToken: boolean;
}

/** The application of Azure Databricks, the same in all clouds. */
const azureDatabricks = { name: 'Databricks', id: '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d' };

/**
 * Opens the workspace that the inputs name. Makes no call, but to look up the URL of a workspace that is named by its
 * Azure resource id. Throws an InputError when the connection can't be used.
 */
export async function connect(
  { connection, azureConnection, workspaceUrl, useManagementToken }: ConnectInputs,
  agent: SignInSurroundings['agent'],
  { clock, signal }: Surroundings,
): Promise<Workspace> {
  const surroundings = { agent, clock, signal };
  const { url, tokens } = await (azureConnection && workspaceUrl !== undefined
    ? throughAzure(azureConnection, { workspaceUrl, useManagementToken }, surroundings)
    : throughDatabricks(connection, surroundings));
  const caller = { ...surroundings, baseUrl: url, service: 'Databricks', tokens, userAgent };
  const http = createHttpClient({
    ...caller,
    explain: async (trouble) =>
      joined(await whoIsRefused(trouble), adviceFor('Databricks', trouble) ?? '') || undefined,
  });
  let asked: Promise<string> | undefined;
  return { url, http };

  /** Whom to grant what was refused: asked only then, and once, for it may be a thousand files. */
  async function whoIsRefused(trouble: Trouble): Promise<string> {
    return isRefusal(trouble) && trouble.status === 403 ? (asked ??= whoIsThis()) : '';
  }

  /** Left out where that is refused, too. */
  async function whoIsThis(): Promise<string> {
    try {
      const me = await new CurrentUserApi(createHttpClient(caller)).me();
      return `The workspace knows it as '${me.displayName}' (${me.userName}).`;
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      return '';
    }
  }
}

interface Address {
  readonly url: string;
  readonly tokens: TokenSource;
}

function throughDatabricks(connection: ServiceConnection | undefined, surroundings: SignInSurroundings): Address {
  if (!connection) throw unusable('connection', 'is required.');
  const url = originOf(connection.url);
  if (url === undefined) throw unusable('connection', 'names a service connection whose workspace URL is not a URL.');
  return { url, tokens: databricksIdentity(connection, url, surroundings) };
}

async function throughAzure(
  connection: ServiceConnection,
  { workspaceUrl, useManagementToken }: { readonly workspaceUrl: string; readonly useManagementToken: boolean },
  surroundings: SignInSurroundings,
): Promise<Address> {
  const identity = azureIdentity(connection, surroundings);
  const tokens = identity.tokensFor(azureDatabricks);
  if (!isWorkspaceResourceId(workspaceUrl)) {
    const url = originOf(workspaceUrl);
    if (url === undefined)
      throw unusable('workspaceUrl', 'is neither a URL nor the Azure resource id of a Databricks workspace.');
    if (useManagementToken)
      throw unusable('workspaceUrl', "must be the workspace's Azure resource id where 'useManagementToken' is true.");
    return { url, tokens };
  }
  const url = await workspaceUrlOf(resourceManager(identity, connection.url, surroundings), workspaceUrl);
  if (!useManagementToken) return { url, tokens };
  const id = identity.cloud.managementResource;
  const managementTokens = identity.tokensFor({ name: 'the Azure management API', id });
  return { url, tokens: withManagementToken(tokens, managementTokens, workspaceUrl) };
}

/** People paste the address of any page of the workspace: only its origin counts. */
function originOf(given: string): string | undefined {
  return URL.canParse(given) && given.includes('//') ? new URL(given).origin : undefined;
}

function unusable(input: string, problem: string): InputError {
  return new InputError([{ input, problem }]);
}
