import { version } from '../../package.json';
import type { Agent, ServiceConnection } from '../agent/agent';
import type { Clock } from '../clock';
import { InputError } from '../errors';
import { createHttpClient } from '../http/createHttpClient';
import type { HttpClient } from '../http/httpClient';
import type { TokenSource } from '../http/tokenSource';
import { PersonalAccessToken } from '../identity/personalAccessToken';

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

/** Opens the workspace that a service connection names. Makes no call. Throws an InputError when the connection can't be used. */
export function connect(
  { connection }: { readonly connection: ServiceConnection },
  agent: Pick<Agent, 'setSecret' | 'debug' | 'proxyFor' | 'certificates'>,
  { clock, signal }: Surroundings,
): Workspace {
  const tokens = tokenSource(connection, agent);
  const url = workspaceUrl(connection.url);
  const userAgent = `model-pipeline-tasks/${version}`;
  return {
    url,
    http: createHttpClient({ baseUrl: url, service: 'Databricks', tokens, agent, clock, signal, userAgent }),
  };
}

function tokenSource(connection: ServiceConnection, agent: Pick<Agent, 'setSecret'>): TokenSource {
  const token = connection.authorization('apitoken');
  if (connection.scheme.toLowerCase() !== 'token' || !token)
    throw unusable('names a service connection without a personal access token.');
  return new PersonalAccessToken(token, agent);
}

/** People paste the address of any page of the workspace: only its origin counts. */
function workspaceUrl(given: string): string {
  if (!URL.canParse(given)) throw unusable('names a service connection whose workspace URL is not a URL.');
  return new URL(given).origin;
}

function unusable(problem: string): InputError {
  return new InputError([{ input: 'connection', problem }]);
}
