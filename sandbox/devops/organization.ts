import type { GenerateKeyPairResult } from 'jose';
import { Faults } from '../http/faults';
import { type Answer, closeServer, listen, type Received, type TlsOptions } from '../http/httpServer';
import { RequestLog } from '../http/requestLog';
import { answerRequest } from './answer';
import { createRouter } from './areas';
import { BuildEngine } from './build/running/buildEngine';
import type { PipelineRunner } from './build/running/pipelineRunner';
import { EntraTokens, type EntraTrust } from './identities/entraTokens';
import type { Identity } from './identities/identity';
import { connectionSubject, JobTokens } from './jobTokens';
import { exceptionBody } from './organizationError';
import { OrganizationState } from './organizationState';
import { ServiceEndpoints } from './resources/endpoints/serviceEndpoints';
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
  /** Of Entra, that its users come from; the id of the collection by default. */
  readonly tenantId?: string;
  /** Runs its pipelines; without it, runs stay in the queue. */
  readonly runner?: PipelineRunner;
  /** The RSA keys of its tokens; new ones by default, which take a moment to make. */
  readonly signingKeys?: GenerateKeyPairResult;
  /** Hears of each answer before it is sent, or spoiled by a fault. */
  readonly onAnswer?: (received: Received, answer: Answer) => void;
}

/** What the organisation has from the start. */
export interface OrganizationContent {
  /** A GUID, part of the issuer. */
  readonly collectionId: string;
  readonly project: string;
  /** A GUID. */
  readonly projectId: string;
  /** The service connections of the project. */
  readonly connections: readonly { readonly id: string; readonly name: string }[];
  /** The variables of a job that no agent runs, by name. It may use every service connection. */
  readonly standingJob: (url: string) => Readonly<Record<string, string>>;
}

/** A running organisation. */
export interface Organization {
  /** Ends with a slash. */
  readonly url: string;
  /** All that it knows, for tests to change. */
  readonly state: OrganizationState;
  /** The name of the project that it has from the start. */
  readonly project: string;
  /** A user who administers the organisation, and a personal access token with all scopes. */
  readonly administrator: Identity;
  readonly personalAccessToken: string;
  /** Accepts tokens of a tenant of Entra for identities that are in the organisation. */
  trustEntra(trust: EntraTrust): void;
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

/** Starts the stand-in for an Azure DevOps organisation, as far as the onboarding of models and jobs need it. */
export async function startOrganization(
  { collectionId, project, projectId, standingJob, ...content }: OrganizationContent,
  { name = 'sandbox', clock = Date, ...options }: OrganizationOptions = {},
): Promise<Organization> {
  const connections = new Map(content.connections.map((connection) => [connection.id.toLowerCase(), connection.name]));
  const [faults, requests, jobs] = [new Faults(), new RequestLog(), new Map<string, StartedJob>()];
  const state = new OrganizationState({ name, collectionId, clock, tenantId: options.tenantId ?? collectionId });
  const router = createRouter(state);
  const administrator = addAdministrator(state);
  state.of(BuildEngine).runner = options.runner;
  await state.projects.create({ name: project, id: projectId });
  const accessToken = state.tokens.issueJob({ identity: state.identities.buildServiceOf(projectId) });
  const isJobToken = (token: string): boolean => {
    const credential = state.tokens.find(token);
    return typeof credential === 'object' && credential.kind === 'job';
  };
  const standingIds = new Set(connections.keys());
  const known = {
    get: (id: string) =>
      connections.get(id) ?? (standingIds.has(id) ? undefined : state.of(ServiceEndpoints).byId(id)?.name),
  };
  let entra: EntraTokens | undefined;
  const rest = { state, router, entra: () => entra };
  const tokens = await JobTokens.create({
    organization: name,
    clock,
    tokenSeconds: options.tokenSeconds,
    keys: options.signingKeys,
  });
  const { server, url: origin } = await listen(
    {
      answer: async (received, trace) => {
        const parts = { origin, issuer, isJobToken, tokens, jobs, connections: known, rest };
        const answer = await answerRequest(parts, received, trace);
        options.onAnswer?.(received, answer);
        return answer;
      },
      errorBody: (errorCode, message) => JSON.stringify(exceptionBody(errorCode, message)),
      allowsScripts: true,
      faults,
      requests,
      ...(options.tls && { tls: options.tls }),
    },
    options.port ?? 0,
  );
  state.origin = origin;
  const [url, issuer] = [`${origin}/${name}/`, `${origin}/${collectionId}`];
  const startJob = (job: StartedJob): void => {
    jobs.set(new URL(job.variables.get('System.OidcRequestUri') ?? '', url).pathname.toLowerCase(), job);
  };
  const standing = new Map(Object.entries(standingJob(url)));
  startJob({ variables: standing, connectionIds: undefined });
  return {
    url,
    state,
    project,
    administrator,
    personalAccessToken: state.tokens.issuePersonal({ identity: administrator }),
    trustEntra: (trust) => {
      entra = new EntraTokens(trust, state);
    },
    accessToken,
    startJob,
    issuer,
    oidcRequestUri: standing.get('System.OidcRequestUri') ?? '',
    subjectOf: (connectionName) => connectionSubject(name, project, connectionName),
    connections,
    faults,
    requests,
    close: async () => {
      await state.of(BuildEngine).stop();
      await closeServer(server);
    },
  };
}

/** Whoever made the organisation: a member of the group that may do everything. */
function addAdministrator({ identities, security }: OrganizationState): Identity {
  const administrators = identities.addGroup({
    name: 'Project Collection Administrators',
    description:
      'Members of this application group can perform all privileged operations on the Team Project Collection.',
    wellKnown: '0-0-0-0-1',
  });
  security.administrators.add(administrators.id);
  const administrator = identities.addUser({ principalName: 'admin@sandbox.example', displayName: 'Sandbox Admin' });
  identities.addMember(administrator, administrators);
  return administrator;
}
