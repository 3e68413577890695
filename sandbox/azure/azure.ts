import { Faults } from '../http/faults';
import { closeServer, listen, type TlsOptions } from '../http/httpServer';
import { RequestLog } from '../http/requestLog';
import { type AllowedActions, allowedActionsOf } from './allowedActions';
import { answerRequest } from './answer';
import { errorBody } from './armError';
import { Callers, publicAudiences, type TokenIssuer } from './callers';
import type { ContainerImage } from './containerGroups/containerImages';
import { ContainerInstances } from './containerGroups/containerInstances';
import { addGroupRoutes } from './containerGroups/groupRoutes';
import { addWorkspaceRoutes, type WorkspaceResource } from './databricksWorkspaces';
import { MachineLearning, type MachineLearningOptions } from './machineLearning/machineLearning';
import { addMachineLearningRoutes } from './machineLearning/machineLearningRoutes';
import { addClusterRoutes } from './managedClusters/clusterRoutes';
import type { ManagedCluster } from './managedClusters/managedCluster';
import { addResourceGroupRoutes, type ResourceGroup, ResourceGroups } from './resourceGroups';
import { Router } from './router';
import { Throttling } from './throttling';

export interface AzureOptions {
  /** A free port by default. */
  readonly port?: number;
  /** Serves HTTPS at `localhost`. */
  readonly tls?: TlsOptions;
  readonly entra: TokenIssuer;
  /** In PEM: by which Entra is trusted over HTTPS, instead of the certificates of the system. */
  readonly issuerCa?: string;
  /** Those of the public cloud by default. */
  readonly audiences?: readonly string[];
  /** Those of the resources are there besides; the subscriptions are theirs. */
  readonly resourceGroups?: readonly ResourceGroup[];
  readonly workspaces?: readonly WorkspaceResource[];
  readonly clusters?: readonly ManagedCluster[];
  /** What the images of container groups do, by whole reference or by repository; any other runs and answers. */
  readonly images?: Readonly<Record<string, ContainerImage>>;
  /** Workspaces of Azure Machine Learning, and what comes of their deployments. */
  readonly machineLearning?: MachineLearningOptions;
  /** What callers may do, by client id; those who aren't in it may do everything. */
  readonly allowedActions?: Readonly<Record<string, readonly string[]>>;
  /** In epoch milliseconds: tokens, groups and commands live on it. Real time by default. */
  readonly clock?: { now(): number };
  /** How many times as fast as on the clock groups and commands run; 1 by default. */
  readonly timeScale?: number;
  /** How many entries a page of a list has; 100 by default. */
  readonly pageSize?: number;
  readonly logsBodies?: boolean;
}

/** A running Resource Manager. */
export interface Azure {
  readonly url: string;
  /** By client id in lower case; it can be changed at any time. */
  readonly allowedActions: AllowedActions;
  /** They can be changed at any time. */
  readonly clusters: ManagedCluster[];
  readonly containerInstances: ContainerInstances;
  readonly machineLearning: MachineLearning;
  readonly throttling: Throttling;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /**
   * Where a port of a host that exists in Azure alone really is to be reached: of a container group, of a storage account,
   * of an endpoint. @throws Error when there is none
   */
  urlOf(host: string, port: number): string;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** Starts the stand-in for Azure Resource Manager on the loopback address. */
export async function startAzure(options: AzureOptions): Promise<Azure> {
  const { entra, audiences = publicAudiences, workspaces = [], clock = Date, timeScale = 1, pageSize = 100 } = options;
  const clusters = [...(options.clusters ?? [])];
  const groups = new ResourceGroups();
  for (const group of options.resourceGroups ?? []) groups.add(group);
  const { machineLearning: mlOptions = {} } = options;
  for (const resource of [...workspaces, ...clusters, ...(mlOptions.workspaces ?? [])]) groups.addOf(resource);
  const startedAt = clock.now();
  const fastClock = { now: () => startedAt + (clock.now() - startedAt) * timeScale };
  const containerInstances = new ContainerInstances(fastClock);
  for (const [name, image] of Object.entries(options.images ?? {})) containerInstances.images.set(name, image);

  const [faults, requests, router, throttling] = [new Faults(), new RequestLog(), new Router(), new Throttling()];
  const allowedActions = allowedActionsOf(options.allowedActions);
  const callers = new Callers(entra, audiences, clock, options.issuerCa);
  const machineLearning = new MachineLearning(mlOptions, callers, allowedActions, {
    clock: fastClock,
    tokenClock: clock,
  });
  await machineLearning.start();
  const parts = { router, callers, groups, allowedActions, throttling };
  const { server, url } = await listen(
    {
      answer: (received, trace) => answerRequest(parts, received, trace),
      errorBody,
      faults,
      requests,
      ...(options.tls && { tls: options.tls }),
      ...(options.logsBodies && { logsBodies: true }),
    },
    options.port ?? 0,
  );
  const common = { groups, url, pageSize };
  addResourceGroupRoutes(router, groups);
  addWorkspaceRoutes(router, workspaces, common);
  addClusterRoutes(router, { ...common, clusters, callers, clock: fastClock });
  addGroupRoutes(router, { ...common, instances: containerInstances, clock: fastClock });
  addMachineLearningRoutes(router, { ...common, ml: machineLearning });
  return {
    url,
    allowedActions,
    clusters,
    containerInstances,
    machineLearning,
    throttling,
    faults,
    requests,
    urlOf: (host, port) => machineLearning.urlOf(host) ?? containerInstances.urlOf(host, port),
    close: async () => {
      await machineLearning.close();
      await containerInstances.close();
      await closeServer(server);
    },
  };
}
