import type { AllowedActions } from '../allowedActions';
import type { Callers } from '../callers';
import { sameText } from '../resourceId';
import { AssetStore, type AssetKind } from './assets/assetStore';
import { BlobHost } from './blobs/blobHost';
import type { DeploymentBehaviour } from './deployments/behaviours';
import { coresNeeded, vmSizeOf } from './deployments/skus';
import type { OnlineEndpoint } from './endpoints/onlineEndpoint';
import type { Json } from './json';
import { datastoresOf } from './scoring/modelFiles';
import type { StartModel } from './scoring/runningModel';
import { ScoringHost } from './scoring/scoringHost';
import { MlSettings } from './settings';
import { type MlWorkspace, namespace, partsOf } from './workspace';

export interface MachineLearningOptions {
  readonly workspaces?: readonly MlWorkspace[];
  /** The ids of registries: `…/providers/Microsoft.MachineLearningServices/registries/…`. */
  readonly registries?: readonly string[];
  readonly behaviours?: Readonly<Record<string, DeploymentBehaviour>>;
  /** Runs the code of deployments; they answer with a short text without it. */
  readonly startModel?: StartModel;
}

export interface MlClocks {
  /** Of everything that takes time. */
  readonly clock: { now(): number };
  /** Of tokens and signatures. */
  readonly tokenClock: { now(): number };
}

/** All of Azure Machine Learning: workspaces, assets, endpoints, and the hosts of blobs and endpoints. */
export class MachineLearning {
  /** They can be changed at any time. */
  readonly workspaces: MlWorkspace[];
  readonly registries: string[];
  readonly settings = new MlSettings();
  readonly assets = new AssetStore();
  readonly blobs: BlobHost;
  readonly scoring: ScoringHost;
  /** Ids of the environments whose image is there already. */
  readonly builtImages = new Set<string>();
  readonly #endpoints = new Map<string, OnlineEndpoint>();

  constructor(
    { workspaces = [], registries = [], behaviours = {}, startModel }: MachineLearningOptions,
    callers: Callers,
    allowedActions: AllowedActions,
    readonly clocks: MlClocks,
  ) {
    this.workspaces = [...workspaces];
    this.registries = [...registries];
    for (const [name, behaviour] of Object.entries(behaviours)) this.settings.behaviours.set(name, behaviour);
    this.settings.startModel = startModel;
    this.blobs = new BlobHost(callers, allowedActions, clocks.tokenClock);
    this.scoring = new ScoringHost({
      endpointAt: (host) => this.endpoints.find((endpoint) => endpoint.host === host),
      callers,
      allowedActions,
      settings: this.settings,
      clock: clocks.clock,
    });
  }

  async start(): Promise<void> {
    for (const workspace of this.workspaces) this.#addStorage(workspace);
    await Promise.all([this.blobs.start(), this.scoring.start()]);
  }

  /** Those that there are now. */
  get endpoints(): readonly OnlineEndpoint[] {
    for (const [key, endpoint] of this.#endpoints) {
      if (!endpoint.isGone) continue;
      this.#endpoints.delete(key);
      void endpoint.close();
    }
    return [...this.#endpoints.values()];
  }

  endpoint(id: string): OnlineEndpoint | undefined {
    return this.endpoints.find((endpoint) => sameText(endpoint.id, id));
  }

  add(endpoint: OnlineEndpoint): void {
    this.#endpoints.set(endpoint.id.toLowerCase(), endpoint);
  }

  /** By subscription, resource group and name. */
  workspace(id: string): MlWorkspace | undefined {
    return this.workspaces.find((workspace) => sameText(workspace.id, id));
  }

  /** Where a host of a storage account or of an endpoint really is to be reached; undefined for any other. */
  urlOf(host: string): string | undefined {
    const account = /^([^.]+)\.blob\.core\.windows\.net$/i.exec(host)?.[1];
    if (account !== undefined) return this.blobs.store.hasAccount(account) ? this.blobs.url : undefined;
    return this.endpoints.some((endpoint) => sameText(endpoint.host, host)) ? this.scoring.url : undefined;
  }

  /** Cores of a family in use in a region: a deletion frees them only when it has ended. */
  coresInUse(location: string, family: string): number {
    return this.endpoints
      .flatMap(({ deployments }) => deployments)
      .filter(
        (deployment) => sameText(deployment.location, location) && deployment.body.endpointComputeType === 'Managed',
      )
      .reduce((sum, { body }) => {
        const size = vmSizeOf(body.instanceType);
        return size?.family === family ? sum + coresNeeded(size, body.capacity) : sum;
      }, 0);
  }

  coresAllowed(family: string): number {
    return this.settings.quotas.get(family) ?? 100;
  }

  /** Puts a version into a workspace or registry, as somebody else would have done it. */
  addAsset(kind: AssetKind, scopeId: string, [name, version]: readonly [string, string], properties: Json): void {
    const now = this.clocks.clock.now();
    const id = `${scopeId}/${kind}/${name}/versions/${version}`;
    const common = { tags: {}, properties: {}, description: null, isArchived: false, isAnonymous: false };
    const all = { ...common, ...properties };
    this.assets.add({ kind, scopeId, name, version, id, properties: all, createdAt: now, modifiedAt: now });
  }

  /** The id of a registry by its name. */
  registryNamed(name: string): string | undefined {
    return this.registries.find((id) => sameText(id.slice(id.lastIndexOf('/') + 1), name));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#endpoints.values()].map((endpoint) => endpoint.close()));
    await Promise.all([this.blobs.close(), this.scoring.close()]);
  }

  #addStorage(workspace: MlWorkspace): void {
    for (const { account, container } of Object.values(datastoresOf(workspace))) {
      this.blobs.store.addContainer(account, container);
    }
    if (workspace.systemDatastoresAuthMode === 'Identity') this.blobs.withoutKeys.add(partsOf(workspace).account);
  }
}

export const registryType = `${namespace}/registries`;
