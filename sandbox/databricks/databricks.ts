import { randomBytes } from 'node:crypto';
import { ApiError } from './apiError';
import { SandboxClock } from './clock';
import { addClusterRoutes, type Cluster, type ClusterDurations, Clusters } from './clusters';
import { addControlRoutes } from './control';
import { Faults } from './faults';
import { listen } from './httpServer';
import { Ids } from './ids';
import type { JobRun } from './jobs/jobRun';
import { addJobRoutes, type Job, Jobs } from './jobs/jobs';
import { RunEngine, type RunDurations } from './jobs/runEngine';
import { addRunRoutes } from './jobs/runRoutes';
import { Runs } from './jobs/runs';
import { type RunScript, RunScripts } from './jobs/runScripts';
import { type JsonObject, objectsOf, textOf, textsOf } from './json';
import type { NotebookRunner } from './notebooks/notebookRunner';
import { RateLimits } from './rateLimits';
import { RequestLog } from './requestLog';
import { Router, type User } from './router';
import { addScimRoutes } from './scim';
import { loadState, StateFile } from './stateFile';
import { addWorkspaceRoutes } from './workspace/workspace';
import { type WorkspaceNode, WorkspaceTree } from './workspace/workspaceTree';

export interface SandboxUser {
  readonly userName: string;
  readonly displayName?: string;
  readonly token: string;
  /** Everything but reading is 403. */
  readonly isReadOnly?: boolean;
}

export interface DatabricksOptions {
  /** A free port by default. */
  readonly port?: number;
  /** One user with a random token by default. */
  readonly users?: readonly SandboxUser[];
  /** Added to every request, in real time. */
  readonly latencyMilliseconds?: number;
  /** The documented rate limits; on by default. */
  readonly hasLimits?: boolean;
  /** How many times as fast as real time clusters and runs live; 0: only `clock.advance` moves the time. */
  readonly timeScale?: number;
  /** How long, in sandbox time, reads of the workspace still see what was before a change. */
  readonly visibilityLagMilliseconds?: number;
  /** Sandbox seconds. Shorter by default than at Databricks, where a cluster takes minutes. */
  readonly durations?: Partial<ClusterDurations & RunDurations>;
  /** Life cycle state of a run with a failed task: INTERNAL_ERROR as on serverless (the default), or TERMINATED. */
  readonly failedRunState?: 'INTERNAL_ERROR' | 'TERMINATED';
  /** Runs the notebooks; Pyodide by default. It is closed with the server. */
  readonly notebooks?: NotebookRunner;
  /** Keeps all objects in this JSON file, and starts from it. */
  readonly stateFile?: string;
  readonly logsBodies?: boolean;
}

/** A running workspace. */
export interface Databricks {
  readonly url: string;
  /** Token of the first user. */
  readonly token: string;
  readonly users: readonly SandboxUser[];
  readonly workspaceId: string;
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly workspace: WorkspaceTree;
  readonly jobs: Jobs;
  readonly runs: Runs;
  readonly clusters: Clusters;
  /** Lets matching tasks go as told instead of running them. */
  scriptRun(script: RunScript): void;
  /** Cancels what runs, and closes all connections. */
  close(): Promise<void>;
}

const workspaceId = '7405605123456789';
const defaultDurations = {
  clusterStartSeconds: 3,
  clusterStopSeconds: 1,
  taskSetupSeconds: 0.1,
  taskCleanupSeconds: 0.1,
};

/** Starts the stand-in for a Databricks workspace on the loopback address. */
export async function startDatabricks(options: DatabricksOptions = {}): Promise<Databricks> {
  const saved = options.stateFile === undefined ? undefined : await loadState(options.stateFile);
  const users = options.users ?? [
    { userName: 'someone@example.com', displayName: 'Someone', token: `dapi${randomBytes(16).toString('hex')}` },
  ];
  const first = users[0];
  if (!first) throw new Error('The sandbox needs at least one user');

  const clock = new SandboxClock(options.timeScale);
  const ids = new Ids(Number(saved?.idsMade ?? 0));
  const durations = { ...defaultDurations, ...options.durations };
  const stateFile = options.stateFile === undefined ? undefined : new StateFile(options.stateFile, collect);
  const changed = () => stateFile?.changed();

  const workspace = new WorkspaceTree(clock, ids, options.visibilityLagMilliseconds ?? 0, changed);
  const clusters = new Clusters(clock, durations, changed);
  const jobs = new Jobs(clock, ids, changed);
  const scripts = new RunScripts();
  let notebooks = options.notebooks;
  const engine = new RunEngine({
    clock,
    ids,
    workspace,
    clusters,
    scripts,
    // Python is loaded by the first run that needs it.
    notebooks: async () => (notebooks ??= (await import('./notebooks/pyodideRunner')).pyodideRunner()),
    durations,
    failedRunState: options.failedRunState ?? 'INTERNAL_ERROR',
    changed,
  });
  const runs = new Runs(clock, ids, engine, changed);

  function collect(): JsonObject {
    return {
      idsMade: ids.made,
      workspace: workspace
        .below('/')
        .map((node) => (node.type === 'FILE' ? { ...node, bytes: node.bytes.toString('base64') } : { ...node })),
      jobs: jobs
        .list()
        .reverse()
        .map((job) => ({ ...job })),
      runs: runs.list().reverse() as unknown as JsonObject[],
      idempotencyTokens: runs.tokens,
      clusters: clusters.list() as unknown as JsonObject[],
    };
  }
  if (saved) {
    const nodes = objectsOf(saved.workspace).map((node) =>
      node.type === 'FILE' ? { ...node, bytes: Buffer.from(textOf(node.bytes) ?? '', 'base64') } : node,
    );
    workspace.restore(nodes as unknown as WorkspaceNode[]);
    jobs.restore(objectsOf(saved.jobs) as unknown as Job[]);
    runs.restore(objectsOf(saved.runs) as unknown as JobRun[], textsOf(saved.idempotencyTokens));
    clusters.restore(objectsOf(saved.clusters) as unknown as Cluster[]);
  }
  for (const user of users) workspace.addUser(user.userName);

  const [faults, requests, router] = [new Faults(), new RequestLog(), new Router()];
  const { server, url } = await listen(
    {
      router,
      faults,
      requests,
      limits: options.hasLimits === false ? undefined : new RateLimits(),
      latencyMilliseconds: options.latencyMilliseconds ?? 0,
      workspaceId,
      logsBodies: options.logsBodies ?? false,
      authenticate: (authorization, method) => authenticate(users, authorization, method),
    },
    options.port ?? 0,
  );
  addScimRoutes(router);
  addWorkspaceRoutes(router, workspace);
  addClusterRoutes(router, clusters);
  addJobRoutes(router, jobs);
  addRunRoutes(router, { jobs, runs, engine, workspace, workplace: { url, workspaceId } });
  addControlRoutes(router, { clock, faults, requests, scripts });

  return {
    url,
    token: first.token,
    users,
    workspaceId,
    clock,
    faults,
    requests,
    workspace,
    jobs,
    runs,
    clusters,
    scriptRun: (script) => scripts.add(script),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      const ended = engine.close();
      clock.close();
      await Promise.all([closed, ended]);
      await notebooks?.close();
      await stateFile?.close();
    },
  };
}

/** The texts are those that workspaces answer with; the error code is a number there. */
function authenticate(users: readonly SandboxUser[], authorization: string | undefined, method: string): User {
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined)
    throw new ApiError(401, 401, 'Credential was not sent or was of an unsupported type for this API.');
  const index = users.findIndex((user) => user.token === token);
  const user = users[index];
  if (!user)
    throw new ApiError(403, 403, 'Invalid access token.', { 'x-databricks-reason-phrase': 'Invalid access token.' });
  if (user.isReadOnly && method !== 'GET') {
    throw new ApiError(
      403,
      'PERMISSION_DENIED',
      `User ${user.userName} does not have permission to change this workspace.`,
    );
  }
  return {
    id: String(8_100_000_000_000_000 + index),
    userName: user.userName,
    displayName: user.displayName ?? user.userName,
  };
}
