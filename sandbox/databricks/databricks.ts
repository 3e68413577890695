import { SandboxClock } from '../clock';
import { addClusterRoutes } from './compute/clusterRoutes';
import type { Cluster } from './compute/cluster';
import { checkClusterScript, type ClusterScript } from './compute/clusterScripts';
import { type ClusterDurations, Clusters } from './compute/clusters';
import { addInstancePoolRoutes, type InstancePool, InstancePools } from './compute/instancePools';
import { type ClusterLibrary, Libraries, type LibraryDurations } from './compute/libraries';
import { addLibraryRoutes } from './compute/libraryRoutes';
import type { LibraryScript } from './compute/libraryScripts';
import { addPolicyRoutes, ClusterPolicies, type ClusterPolicy } from './compute/policies';
import { addControlRoutes, controlPrefix } from './control';
import { Faults } from '../http/faults';
import { closeServer, listen, type TlsOptions } from '../http/httpServer';
import { answerRequest } from './answer';
import { addAccessRoutes } from './identity/accessRoutes';
import { addEntraRoutes, EntraTokens } from './identity/entraTokens';
import { Federation } from './identity/federation';
import { Identities } from './identity/identities';
import {
  type IdentityOptions,
  type SandboxUser,
  type SecretPrincipal,
  servicePrincipalsOf,
  usersOf,
} from './identity/identityOptions';
import { JwtVerifier } from './identity/jwtVerifier';
import { NetworkAccess, type NetworkRefusal } from './identity/networkAccess';
import { accountId, addOauthRoutes, tokenEndpointOf } from './identity/oauth';
import { addScimRoutes } from './identity/scim';
import { Ids } from './ids';
import type { JobRun } from './jobs/jobRun';
import { addJobRoutes, type Job, Jobs } from './jobs/jobs';
import { RunEngine, type RunDurations } from './jobs/runEngine';
import { addRunRoutes } from './jobs/runRoutes';
import { Runs } from './jobs/runs';
import type { RunScript } from './jobs/runScripts';
import { isJsonObject, type JsonObject, objectsOf, textsOf, toJson } from './json';
import { addGrantRoutes } from './mlflow/grantRoutes';
import { ModelFiles } from './mlflow/modelFiles';
import { addCatalogModelRoutes, addRegistryRoutes } from './mlflow/modelRoutes';
import { Models } from './mlflow/models';
import { addUnityCatalogRoutes } from './mlflow/unityCatalogRoutes';
import { checkModelFile, servedModels } from './mlflow/servedModels';
import { Tracking } from './mlflow/tracking';
import { addTrackingRoutes } from './mlflow/trackingRoutes';
import type { NotebookRunner } from './notebooks/notebookRunner';
import { addPermissionRoutes, everybody, Permissions } from './permissions';
import { RateLimits } from './rateLimits';
import { RequestLog } from '../http/requestLog';
import { Router } from './router';
import { Scripts } from './scripts';
import type { ServingEndpoint } from './serving/endpoint';
import { Serving } from './serving/serving';
import { checkServingScript, type ServingScript } from './serving/servingScripts';
import type { ServingEndpoints } from './serving/endpoints';
import type { ServingDurations } from './serving/rollOuts';
import type { ModelHost } from './serving/scoring/modelHost';
import { softmaxHost } from './serving/scoring/softmaxHost';
import { loadState, StateFile } from './stateFile';
import { addDbfsRoutes, Dbfs, dbfsPath } from './files/dbfs';
import { addPresignedUrlRoutes } from './files/presignedUrls';
import { addFilesRoutes, Volumes } from './files/volumes';
import { addWorkspaceRoutes } from './workspace/workspace';
import { normalPath, type WorkspaceNode, WorkspaceTree } from './workspace/workspaceTree';

export interface DatabricksOptions extends IdentityOptions {
  /** A free port by default. */
  readonly port?: number;
  /** Serves HTTPS at `localhost`. */
  readonly tls?: TlsOptions;
  /** Whether the network keeps all requests out, and how; it can be changed later. */
  readonly networkRefusal?: NetworkRefusal;
  /** Added to every request, in real time. */
  readonly latencyMilliseconds?: number;
  /** The documented rate limits; on by default. */
  readonly hasLimits?: boolean;
  /** How many times as fast as real time clusters and runs live; 0: only `clock.advance` moves the time. */
  readonly timeScale?: number;
  /** How long, in sandbox time, reads of the workspace still see what was before a change. */
  readonly visibilityLagMilliseconds?: number;
  /** Sandbox seconds. Shorter by default than at Databricks, where a cluster takes minutes. */
  readonly durations?: Partial<ClusterDurations & LibraryDurations & RunDurations & ServingDurations>;
  /** Life cycle state of a run with a failed task: INTERNAL_ERROR as on serverless (the default), or TERMINATED. */
  readonly failedRunState?: 'INTERNAL_ERROR' | 'TERMINATED';
  /** Runs the notebooks; Pyodide by default. It is closed with the server. */
  readonly notebooks?: NotebookRunner;
  /** Loads the models of serving endpoints; by default models like the demo's, without Python. */
  readonly modelHost?: ModelHost;
  /** Keeps all objects in this JSON file, and starts from it. */
  readonly stateFile?: string;
  readonly logsBodies?: boolean;
  /** Most ids above 2^53, which a client that reads them as doubles gets wrong; on by default. */
  readonly hasLargeIds?: boolean;
  /** The Unity Catalog volumes, as `<catalog>.<schema>.<volume>`; `main.default.files` by default. */
  readonly volumes?: readonly string[];
}

/** A running workspace. */
export interface Databricks {
  readonly url: string;
  /** Token of the first user. */
  readonly token: string;
  readonly users: readonly SandboxUser[];
  readonly servicePrincipals: readonly SecretPrincipal[];
  readonly workspaceId: string;
  readonly clock: SandboxClock;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly workspace: WorkspaceTree;
  readonly jobs: Jobs;
  readonly runs: Runs;
  readonly clusters: Clusters;
  readonly libraries: Libraries;
  readonly policies: ClusterPolicies;
  readonly pools: InstancePools;
  readonly permissions: Permissions;
  readonly volumes: Volumes;
  /** MLflow's experiments and runs. */
  readonly tracking: Tracking;
  /** The registered models of Unity Catalog. */
  readonly catalogModels: Models;
  /** The files of their versions. */
  readonly modelFiles: ModelFiles;
  readonly servingEndpoints: ServingEndpoints;
  /** Who may sign in; can be changed while it runs. */
  readonly identities: Identities;
  readonly federation: Federation;
  readonly network: NetworkAccess;
  /** Lets matching tasks go as told instead of running them. */
  scriptRun(script: RunScript): void;
  /** Lets matching clusters fail, or take their time, at their next starts. */
  scriptCluster(script: ClusterScript): void;
  /** Lets matching libraries install, fail or be skipped as told. */
  scriptLibrary(script: LibraryScript): void;
  /** Lets matching served entities fail, take their time, or answer wrongly, at their next deployments. */
  scriptServing(script: ServingScript): void;
  /** Cancels what runs, and closes all connections. */
  close(): Promise<void>;
}

const workspaceId = '7405605123456789';
const defaultDurations = {
  clusterStartSeconds: 3,
  clusterStopSeconds: 1,
  clusterResizeSeconds: 1,
  libraryInstallSeconds: 0.5,
  taskSetupSeconds: 0.1,
  taskCleanupSeconds: 0.1,
  servingBuildSeconds: 2,
  servingStartSeconds: 1,
  servingRouteSeconds: 0.5,
  servingUpdateTimeoutSeconds: 60,
  servingIdleSeconds: 1800,
  servingColdStartSeconds: 1,
};

/** Starts the stand-in for a Databricks workspace on the loopback address. */
export async function startDatabricks(options: DatabricksOptions = {}): Promise<Databricks> {
  const saved = options.stateFile === undefined ? undefined : await loadState(options.stateFile);
  const users = usersOf(options);
  const servicePrincipals = servicePrincipalsOf(options);

  const clock = new SandboxClock(options.timeScale);
  const ids = new Ids(Number(saved?.idsMade ?? 0), options.hasLargeIds);
  const durations = { ...defaultDurations, ...options.durations };
  const stateFile = options.stateFile === undefined ? undefined : new StateFile(options.stateFile, collect);
  const changed = () => stateFile?.changed();

  const workspace = new WorkspaceTree(clock, ids, options.visibilityLagMilliseconds ?? 0, changed);
  const clusterScripts = new Scripts<ClusterScript>();
  const libraryScripts = new Scripts<LibraryScript>();
  const pools = new InstancePools(ids, changed);
  const policies = new ClusterPolicies(clock, ids, changed);
  const references = { policies, pools };
  const clusters = new Clusters({ clock, ids, durations, scripts: clusterScripts, references, changed });
  const volumes = new Volumes(options.volumes ?? ['main.default.files'], clock, changed);
  const dbfs = new Dbfs(clock, ids, changed);
  const libraries = new Libraries({
    clock,
    clusters,
    durations,
    scripts: libraryScripts,
    read: (path) => readFile(path, workspace, volumes, dbfs),
    changed,
  });
  const jobs = new Jobs(clock, ids, changed);
  const permissions = new Permissions(
    {
      jobs: (id) => jobs.get(id).creator,
      clusters: (id) => clusters.get(id).creator,
      'instance-pools': (id) => pools.get(id).creator,
      'cluster-policies': (id) => policies.get(id).creator,
      directories: (id) => workspace.ownerOf(id) ?? everybody,
      'serving-endpoints': (id) => serving.endpoints.byId(id).creator,
    },
    users[0].userName,
    changed,
  );
  const tracking = new Tracking(clock, ids, changed);
  const [catalogModels, registryModels] = [new Models(clock, changed), new Models(clock, changed)];
  const modelFiles = new ModelFiles(volumes);
  const serving = new Serving({
    clock,
    durations,
    host: options.modelHost ?? softmaxHost,
    ...servedModels({ catalogModels, registryModels, modelFiles, members: () => identities.users() }),
    changed,
  });
  const scripts = new Scripts<RunScript>();
  let notebooks = options.notebooks;
  const engine = new RunEngine({
    clock,
    ids,
    workspace,
    clusters,
    libraries,
    scripts,
    // Python is loaded by the first run that needs it.
    notebooks: async () => (notebooks ??= (await import('./notebooks/pyodideRunner')).pyodideRunner()),
    signIn: (userName) => {
      const apiToken = identities.issueRunToken(userName);
      return { apiUrl: url, apiToken, end: () => identities.endRunToken(apiToken) };
    },
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
        .map((node) => ('bytes' in node ? { ...node, bytes: node.bytes.toString('base64') } : { ...node })),
      jobs: jobs
        .list()
        .reverse()
        .map((job) => ({ ...job })),
      runs: runs.list().reverse() as unknown as JsonObject[],
      idempotencyTokens: runs.tokens,
      clusters: clusters.list() as unknown as JsonObject[],
      libraries: libraries.saved,
      permissions: permissions.saved,
      volumes: volumes.saved,
      dbfs: dbfs.saved,
      tracking: tracking.saved as unknown as JsonObject,
      catalogModels: catalogModels.saved as unknown as JsonObject[],
      registryModels: registryModels.saved as unknown as JsonObject[],
      instancePools: pools.list().map((pool) => ({ ...pool })),
      clusterPolicies: policies.list().map((policy) => ({ ...policy })),
      servingEndpoints: serving.endpoints.saved as unknown as JsonObject[],
    };
  }
  if (saved) {
    const nodes = objectsOf(saved.workspace).map((node) =>
      typeof node.bytes === 'string' ? { ...node, bytes: Buffer.from(node.bytes, 'base64') } : node,
    );
    workspace.restore(nodes as unknown as WorkspaceNode[]);
    jobs.restore(objectsOf(saved.jobs) as unknown as Job[]);
    runs.restore(objectsOf(saved.runs) as unknown as JobRun[], textsOf(saved.idempotencyTokens));
    clusters.restore(objectsOf(saved.clusters) as unknown as Cluster[]);
    libraries.restore((saved.libraries ?? {}) as unknown as Record<string, ClusterLibrary[]>);
    if (isJsonObject(saved.permissions)) permissions.restore(saved.permissions);
    if (isJsonObject(saved.volumes)) volumes.restore(saved.volumes as unknown as Volumes['saved']);
    if (isJsonObject(saved.dbfs)) dbfs.restore(saved.dbfs as unknown as Dbfs['saved']);
    if (isJsonObject(saved.tracking)) tracking.restore(saved.tracking as unknown as Tracking['saved']);
    catalogModels.restore(objectsOf(saved.catalogModels) as unknown as Models['saved']);
    registryModels.restore(objectsOf(saved.registryModels) as unknown as Models['saved']);
    pools.restore(objectsOf(saved.instancePools) as unknown as InstancePool[]);
    policies.restore(objectsOf(saved.clusterPolicies) as unknown as ClusterPolicy[]);
    serving.endpoints.restore(objectsOf(saved.servingEndpoints) as unknown as ServingEndpoint[]);
  }

  const verifier = new JwtVerifier(clock, options.issuerCa);
  const identities = new Identities({
    clock,
    workspaceId,
    accessTokenSeconds: options.accessTokenSeconds ?? 3600,
    entra: options.entra && new EntraTokens(options.entra, options, verifier, clock),
    added: (userName) => workspace.addUser(userName),
  });
  for (const user of users) identities.addUser(user);
  for (const principal of servicePrincipals) identities.addServicePrincipal(principal);
  const federation = new Federation(options.federationPolicies ?? [], verifier, () => [
    accountId,
    tokenEndpointOf(url),
  ]);
  const network = new NetworkAccess(workspaceId, options.networkRefusal);
  const [faults, requests, router] = [new Faults(), new RequestLog(), new Router()];
  const limits = options.hasLimits === false ? undefined : new RateLimits();
  const { server, url } = await listen(
    {
      answer: (received, trace) => answerRequest({ router, limits, workspaceId, identities, network }, received, trace),
      errorBody: (errorCode, message) => toJson({ error_code: errorCode, message }),
      isControl: (path) => path.startsWith(controlPrefix),
      faults,
      requests,
      latencyMilliseconds: options.latencyMilliseconds ?? 0,
      logsBodies: options.logsBodies ?? false,
      ...(options.tls && { tls: options.tls }),
    },
    options.port ?? 0,
  );
  addOauthRoutes(router, { url, workspaceId, identities, federation });
  if (options.entra) addEntraRoutes(router, options.entra);
  addScimRoutes(router, identities);
  addWorkspaceRoutes(router, workspace);
  addClusterRoutes(router, clusters, pools);
  addLibraryRoutes(router, clusters, libraries);
  addInstancePoolRoutes(router, pools);
  addPolicyRoutes(router, policies);
  addJobRoutes(router, jobs, permissions);
  addRunRoutes(router, { jobs, runs, permissions, engine, workspace, workplace: { url, workspaceId } });
  addPermissionRoutes(router, permissions);
  const checkWrite = (path: string) => checkModelFile(path, catalogModels);
  addFilesRoutes(router, volumes, checkWrite);
  addPresignedUrlRoutes(router, { volumes, clock, url: () => url, checkWrite });
  addDbfsRoutes(router, dbfs);
  // The workspace has no secret scopes.
  router.add('GET', '/api/2.0/secrets/scopes/list', () => ({}));
  addTrackingRoutes(router, tracking, () => clock.now());
  addCatalogModelRoutes(router, catalogModels);
  addUnityCatalogRoutes(router, catalogModels, modelFiles, () => clock.now());
  addGrantRoutes(router, catalogModels);
  addRegistryRoutes(router, registryModels);
  serving.addRoutes(router, permissions);
  const servingScripts = serving.scripts;
  addControlRoutes(router, { clock, faults, requests, scripts, clusterScripts, libraryScripts, servingScripts });
  addAccessRoutes(router, { identities, federation, permissions, network });

  return {
    url,
    token: users[0].token,
    users,
    servicePrincipals,
    workspaceId,
    clock,
    faults,
    requests,
    workspace,
    jobs,
    runs,
    clusters,
    libraries,
    policies,
    pools,
    permissions,
    volumes,
    tracking,
    catalogModels,
    modelFiles,
    servingEndpoints: serving.endpoints,
    identities,
    federation,
    network,
    scriptRun: (script) => scripts.add(script),
    scriptCluster: (script) => {
      checkClusterScript(script);
      clusterScripts.add(script);
    },
    scriptLibrary: (script) => libraryScripts.add(script),
    scriptServing: (script) => {
      checkServingScript(script);
      serving.scripts.add(script);
    },
    async close() {
      const closed = closeServer(server);
      const ended = Promise.all([engine.close(), serving.close()]);
      clock.close();
      await Promise.all([closed, ended]);
      await notebooks?.close();
      await stateFile?.close();
    },
  };
}

/** A file of a volume, of the workspace or of DBFS. */
function readFile(path: string, workspace: WorkspaceTree, volumes: Volumes, dbfs: Dbfs): Buffer | undefined {
  if (path.startsWith('dbfs:/')) return dbfs.file(dbfsPath(path) ?? '')?.bytes;
  if (path.startsWith('/Volumes/')) return volumes.file(path)?.bytes;
  const node = path.startsWith('/') ? workspace.get(normalPath(path)) : undefined;
  return node?.type === 'FILE' ? node.bytes : undefined;
}
