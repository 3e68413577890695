import { randomBytes } from 'node:crypto';
import type { GenerateKeyPairResult } from 'jose';
import { Faults } from '../http/faults';
import { closeServer, listen, type TlsOptions } from '../http/httpServer';
import { RequestLog } from '../http/requestLog';
import { answerRequest } from './answer';
import { connectionSubject, JobTokens } from './jobTokens';
import { exceptionBody } from './organizationError';
import type { StartedJob } from './startedJob';

export interface OrganizationOptions {
  /** A free port by default. */
  readonly port?: number;
  /** Serves HTTPS at `localhost`. */
  readonly tls?: TlsOptions;
  /** The first part of the subjects of its tokens; `sandbox` by default. */
  readonly name?: string;
  /** In epoch milliseconds: tokens live on it. Real time by default. */
  readonly clock?: { now(): number };
  /** How long tokens live; 600 by default, and 300 for one of a service connection. */
  readonly tokenSeconds?: number;
  /** The RSA keys of its tokens; new ones by default, which take a moment to make. */
  readonly signingKeys?: GenerateKeyPairResult;
}

/** What the organisation has from the start. */
export interface OrganizationContent {
  /** A GUID, part of the issuer. */
  readonly collectionId: string;
  readonly project: string;
  /** The service connections of the project. */
  readonly connections: readonly { readonly id: string; readonly name: string }[];
  /** The variables of a job that no agent runs, by name. It may use every service connection. */
  readonly standingJob: (url: string) => Readonly<Record<string, string>>;
}

/** A running organisation. */
export interface Organization {
  /** Ends with a slash. */
  readonly url: string;
  /** The job's token, `System.AccessToken`. */
  readonly accessToken: string;
  /** Lets a job ask for tokens at its `System.OidcRequestUri`. */
  startJob(job: StartedJob): void;
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** The `System.OidcRequestUri` of the job that no agent runs. */
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
export async function startOrganization(
  { collectionId, project, standingJob, ...content }: OrganizationContent,
  { name = 'sandbox', clock = Date, ...options }: OrganizationOptions = {},
): Promise<Organization> {
  const connections = new Map(content.connections.map((connection) => [connection.id.toLowerCase(), connection.name]));
  const [faults, requests, jobs] = [new Faults(), new RequestLog(), new Map<string, StartedJob>()];
  const accessToken = randomBytes(39).toString('base64url');
  const tokens = await JobTokens.create({
    organization: name,
    clock,
    tokenSeconds: options.tokenSeconds,
    keys: options.signingKeys,
  });
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
  const standing = new Map(Object.entries(standingJob(url)));
  startJob({ variables: standing, connectionIds: undefined });
  return {
    url,
    accessToken,
    startJob,
    issuer,
    oidcRequestUri: standing.get('System.OidcRequestUri') ?? '',
    subjectOf: (connectionName) => connectionSubject(name, project, connectionName),
    connections,
    faults,
    requests,
    close: () => closeServer(server),
  };
}
