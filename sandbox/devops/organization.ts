import { randomBytes, randomUUID } from 'node:crypto';
import { Faults } from '../http/faults';
import { closeServer, listen, type TlsOptions } from '../http/httpServer';
import { RequestLog } from '../http/requestLog';
import { connectionIdOf, type ConnectionOptions } from '../agent/tasks/connections';
import { collectionId, compileTimeVariables, oidcRequestUri, project } from '../agent/variables/predefined';
import { answerRequest } from './answer';
import type { Collection, StartedJob } from '../agent/run/collection';
import { connectionSubject, JobTokens } from './jobTokens';
import { exceptionBody } from './organizationError';

export interface OrganizationOptions {
  /** A free port by default. */
  readonly port?: number;
  /** Serves HTTPS at `localhost`. */
  readonly tls?: TlsOptions;
  /** The first part of the subjects of its tokens; `sandbox` by default. */
  readonly name?: string;
  /** The service connections of the project: those that `runPipeline` is given. */
  readonly connections?: readonly Pick<ConnectionOptions, 'name' | 'id'>[];
  /** In epoch milliseconds: tokens live on it. Real time by default. */
  readonly clock?: { now(): number };
  /** How long tokens live; 600 by default, and 300 for one of a service connection. */
  readonly tokenSeconds?: number;
}

/** A running organisation, for the `collection` of `runPipeline`. */
export interface Organization extends Required<Collection> {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** The `System.OidcRequestUri` of a job that no agent runs, which may use every service connection. */
  readonly oidcRequestUri: string;
  /** The subject of the tokens for a service connection. */
  subjectOf(connectionName: string): string;
  /** Names of the service connections by id, in lower case; can be changed at any time. */
  readonly connections: Map<string, string>;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** Starts the stand-in for an Azure DevOps organisation, as far as jobs need it to prove who they are. */
export async function startOrganization(options: OrganizationOptions = {}): Promise<Organization> {
  const { name = 'sandbox', clock = Date, tokenSeconds } = options;
  const connections = new Map(
    (options.connections ?? []).map((connection) => [connectionIdOf(connection).toLowerCase(), connection.name]),
  );
  const [faults, requests, jobs] = [new Faults(), new RequestLog(), new Map<string, StartedJob>()];
  const accessToken = randomBytes(39).toString('base64url');
  const tokens = await JobTokens.create({ organization: name, clock, tokenSeconds });
  const { server, url: origin } = await listen(
    {
      answer: (received) => answerRequest({ origin, issuer, accessToken, tokens, jobs, connections }, received),
      errorBody: (errorCode, message) => JSON.stringify(exceptionBody(errorCode, message)),
      faults,
      requests,
      ...(options.tls && { tls: options.tls }),
    },
    options.port ?? 0,
  );
  const [url, issuer] = [`${origin}/${name}/`, `${origin}/${collectionId}`];
  const startJob = (job: StartedJob): void => {
    jobs.set(new URL(job.variables.get('System.OidcRequestUri') ?? '', url).pathname.toLowerCase(), job);
  };
  const standingUri = oidcRequestUri(url, randomUUID(), randomUUID());
  const variables = {
    ...compileTimeVariables('pipeline.yml', 'refs/heads/main', url),
    'Build.BuildId': '1',
    'System.OidcRequestUri': standingUri,
  };
  startJob({ variables: new Map(Object.entries(variables)), connectionIds: undefined });
  return {
    url,
    accessToken,
    startJob,
    issuer,
    oidcRequestUri: standingUri,
    subjectOf: (connectionName) => connectionSubject(name, project, connectionName),
    connections,
    faults,
    requests,
    close: () => closeServer(server),
  };
}
