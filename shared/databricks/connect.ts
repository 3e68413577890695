import type { ServiceConnection } from '../agent/agent';
import type { Context } from '../agent/context';
import { isWorkspaceResourceId, workspaceUrlOf } from '../azure/databricksWorkspace';
import { resourceManager } from '../azure/resourceManager/client';
import { CancelledError, TaskError, UnusableError } from '../errors';
import { createHttpClient } from '../http/createHttpClient';
import { isRefusal, type Trouble } from '../http/errors';
import type { DetailedHttpClient, HttpClient } from '../http/httpClient';
import { joined } from '../sentences';
import type { TokenSource } from '../http/tokenSource';
import { azureIdentity } from '../identity/azureIdentity';
import { databricksIdentity } from '../identity/databricksIdentity';
import { withManagementToken } from './managementToken';
import { userAgent } from '../identity/signIn';
import { adviceFor } from '../identity/signInProblems';
import { CurrentUserApi } from './api/currentUser';
import { databricksDialect } from './dialect';

/** A Databricks workspace that calls can be made to. */
export interface Workspace {
  /** Without a trailing slash: `https://adb-1.2.azuredatabricks.net`. */
  readonly url: string;
  /** Where its address names it, as on hosts with several workspaces. */
  readonly id?: string;
  readonly http: HttpClient;
}

/** A workspace whose answers can also be read with their status and headers, such as those of served models. */
export interface OpenWorkspace extends Workspace {
  readonly http: DetailedHttpClient;
}

/** Which workspace, and who signs in to it. */
export type WorkspaceAccess = DatabricksAccess | AzureAccess;

/** By a connection to the workspace itself. */
export interface DatabricksAccess {
  readonly databricks: ServiceConnection;
}

/** By a connection to Azure. */
export interface AzureAccess {
  readonly azure: ServiceConnection;
  /** The URL of the workspace, or its Azure resource id. */
  readonly address: string;
  /** Whether each call proves the rights of the identity on the Azure resource of the workspace. */
  readonly usesManagementToken: boolean;
}

/** The application of Azure Databricks, the same in all clouds. */
const azureDatabricks = { name: 'Databricks', id: '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d' };

/**
 * Opens a workspace. Makes no call, except to look up the URL of a workspace that is named by its Azure resource id.
 * Throws an UnusableError when the connection or the address can't be used.
 */
export async function connect(access: WorkspaceAccess, context: Context): Promise<OpenWorkspace> {
  const { url, id, tokens } = await ('databricks' in access
    ? throughDatabricks(access, context)
    : throughAzure(access, context));
  const service = 'Databricks';
  const options = {
    ...context,
    baseUrl: url,
    service,
    dialect: databricksDialect,
    tokens,
    userAgent,
    headers: headersOf(id),
  } as const;
  const caller = new Caller(() => createHttpClient(options));
  const http = createHttpClient({
    ...options,
    explain: async (trouble) => joined(await caller.describe(trouble), adviceFor(service, trouble) ?? '') || undefined,
  });
  return { url, ...(id !== undefined && { id }), http };
}

/** Who makes the calls, as the workspace names them: the principal that a permission must be granted to. */
class Caller {
  readonly #open: () => HttpClient;
  #description: Promise<string> | undefined;

  /** The client that `open` makes explains no refusals: it is used while another refusal is explained. */
  constructor(open: () => HttpClient) {
    this.#open = open;
  }

  /** Looked up after a 403 only, and once: a thousand files may be refused. */
  async describe(trouble: Trouble): Promise<string> {
    return isRefusal(trouble) && trouble.status === 403 ? (this.#description ??= this.#lookUp()) : '';
  }

  /** Empty when the look-up is refused, too. */
  async #lookUp(): Promise<string> {
    try {
      const me = await new CurrentUserApi(this.#open()).me();
      return `The workspace knows it as '${me.displayName}' (${me.userName}).`;
    } catch (error) {
      if (!(error instanceof TaskError) || error instanceof CancelledError) throw error;
      return '';
    }
  }
}

/** The address of a workspace, taken apart. */
interface Address {
  readonly url: string;
  readonly id?: string | undefined;
  readonly hasCredentials?: boolean;
}

/** Browsers write such addresses; whoever pasted one has put a password where everybody can read it. */
const namesUser = 'contains a user name or password: remove them, and change the password.';

interface Target extends Address {
  readonly tokens: TokenSource;
}

function throughDatabricks({ databricks }: DatabricksAccess, context: Context): Target {
  const refuse = (problem: string) =>
    new UnusableError('The Databricks connection', `has a workspace URL that ${problem}`);
  const address = readAddress(databricks.url);
  if (!address) throw refuse('is not a URL.');
  if (address.hasCredentials) throw refuse(namesUser);
  return { ...address, tokens: databricksIdentity(databricks, address.url, context, headersOf(address.id)) };
}

async function throughAzure({ azure, address, usesManagementToken }: AzureAccess, context: Context): Promise<Target> {
  const identity = azureIdentity(azure, context);
  const tokens = identity.tokensFor(azureDatabricks);
  if (!isWorkspaceResourceId(address)) {
    const found = readAddress(address);
    if (!found) throw unusableAddress('is neither a URL nor the Azure resource id of a Databricks workspace.');
    if (found.hasCredentials) throw unusableAddress(namesUser);
    if (usesManagementToken) throw unusableAddress('must be the Azure resource id where a management token is used.');
    return { ...found, tokens };
  }
  const url = await workspaceUrlOf(resourceManager(identity, azure.url, context), address);
  if (!usesManagementToken) return { url, tokens };
  const id = identity.cloud.managementResource;
  const managementTokens = identity.tokensFor({ name: 'the Azure management API', id });
  return { url, tokens: withManagementToken(tokens, managementTokens, address) };
}

/**
 * People paste the host alone, as Azure gives it, or the address of any page of the workspace: only the origin is used, and
 * the id of the workspace that `?o=` names (databricks/cli libs/auth/hostparams.go). Undefined for what is neither.
 */
function readAddress(given: string): Address | undefined {
  const text = given.trim();
  const full = /^[\w-]+(\.[\w-]+)+(:\d+)?([/?#]|$)/.test(text) ? `https://${text}` : text;
  if (!URL.canParse(full) || !full.includes('//')) return undefined;
  const url = new URL(full);
  const id = [url.search, url.hash].map(workspaceIdIn).find((one) => one !== undefined);
  return { url: url.origin, id, hasCredentials: url.username + url.password !== '' };
}

/** The headers of every call: a host can have several workspaces. */
function headersOf(id: string | undefined): Readonly<Record<string, string>> {
  return id === undefined ? {} : { 'X-Databricks-Org-Id': id };
}

function workspaceIdIn(part: string): string | undefined {
  return /[?&](?:o|w|workspace_id)=([1-9]\d*)(?:[&#]|$)/.exec(part)?.[1];
}

function unusableAddress(problem: string): UnusableError {
  return new UnusableError('The address of the workspace', problem);
}
