import { doesNotExist, invalidParameter } from '../apiError';
import type { Ids } from '../ids';
import { type JsonObject, textOf, without } from '../json';
import type { ApiRequest, Router } from '../router';
import { nodeTypeIds } from './clusterCatalog';

export interface InstancePool {
  readonly id: string;
  readonly creator: string;
  settings: JsonObject;
}

export class InstancePools {
  readonly #pools = new Map<string, InstancePool>();

  constructor(
    private readonly ids: Ids,
    private readonly changed: () => void,
  ) {}

  find(id: string): InstancePool | undefined {
    return this.#pools.get(id);
  }

  /** @throws ApiError */
  get(id: string): InstancePool {
    const pool = this.#pools.get(id);
    if (!pool) throw doesNotExist(`Can't find an instance pool with id: ${id}.`);
    return pool;
  }

  list(): InstancePool[] {
    return [...this.#pools.values()];
  }

  create(settings: JsonObject, creator: string): InstancePool {
    checkPool(settings);
    const pool = { id: `1101-120000-pool${this.ids.next().slice(-6)}-pool-s`, creator, settings };
    this.#pools.set(pool.id, pool);
    this.changed();
    return pool;
  }

  edit(pool: InstancePool, settings: JsonObject): void {
    checkPool(settings);
    pool.settings = settings;
    this.changed();
  }

  remove(pool: InstancePool): void {
    this.#pools.delete(pool.id);
    this.changed();
  }

  restore(pools: readonly InstancePool[]): void {
    for (const pool of pools) this.#pools.set(pool.id, pool);
  }
}

function checkPool(settings: JsonObject): void {
  for (const name of ['instance_pool_name', 'node_type_id'])
    if (!settings[name]) throw invalidParameter(`Missing required field: ${name}`);
  const type = textOf(settings.node_type_id) ?? '';
  if (!nodeTypeIds.includes(type))
    throw invalidParameter(`Node type ${type} is not supported. Supported node types: ${nodeTypeIds.join(', ')}`);
}

/** Instance Pools API 2.0 (https://docs.databricks.com/api/workspace/instancepools). */
export function addInstancePoolRoutes(router: Router, pools: InstancePools): void {
  const base = '/api/2.0/instance-pools/';
  const find = (request: ApiRequest) => pools.get(request.required('instance_pool_id'));

  router.add('POST', `${base}create`, (request) => ({
    instance_pool_id: pools.create(request.json, request.user.userName).id,
  }));
  router.add('GET', `${base}get`, (request) => view(find(request)));
  router.add('GET', `${base}list`, () => {
    const found = pools.list();
    return found.length > 0 ? { instance_pools: found.map(view) } : {};
  });
  router.add('POST', `${base}edit`, (request) => {
    pools.edit(find(request), without(request.json, 'instance_pool_id'));
    return {};
  });
  router.add('POST', `${base}delete`, (request) => {
    pools.remove(find(request));
    return {};
  });
}

function view({ id, creator, settings }: InstancePool): JsonObject {
  return {
    min_idle_instances: 0,
    enable_elastic_disk: true,
    azure_attributes: { availability: 'ON_DEMAND_AZURE' },
    ...settings,
    instance_pool_id: id,
    default_tags: {
      Vendor: 'Databricks',
      DatabricksInstancePoolCreatorId: creator,
      DatabricksInstancePoolId: id,
      DatabricksInstancePoolName: settings.instance_pool_name,
    },
    state: 'ACTIVE',
    stats: { used_count: 0, idle_count: 0, pending_used_count: 0, pending_idle_count: 0 },
    status: {},
  };
}
