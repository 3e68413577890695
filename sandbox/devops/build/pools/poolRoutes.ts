import { pageOf } from '../../rest/paging';
import { listOf, location, ok, type DevopsRequest, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import type { OrganizationState } from '../../organizationState';
import { poolNotFound, queueNotFound } from '../buildErrors';
import { pools, type Pool } from './pools';
import { Queues, type Queue } from './queues';

const released = (minVersion: string) => [1, minVersion, '7.2', '7.1'] as const;

/** Pools of agents, and the queues that projects have for them. */
export function addPoolRoutes(router: Router, state: OrganizationState): void {
  state.of(Queues);
  router.add({
    location: location(
      '900fa995-c559-4923-aae7-f8424fe4fbea',
      'distributedtask',
      'queues',
      '{project}/_apis/{area}/{resource}/{queueId}',
      released('2.0'),
    ),
    handlers: { GET: readQueues },
    scopes: { GET: 'vso.agentpools' },
  });
  router.add({
    location: location(
      'a8c47e17-4d56-4a56-92bb-de7ea7dc65be',
      'distributedtask',
      'pools',
      '_apis/{area}/{resource}/{poolId}',
      released('1.0'),
    ),
    handlers: { GET: readPools },
    scopes: { GET: 'vso.agentpools' },
  });
  router.add({
    location: location(
      'e298ef32-5878-4cab-993c-043836571f42',
      'distributedtask',
      'agents',
      '_apis/{area}/pools/{poolId}/{resource}/{agentId}',
      released('1.0'),
    ),
    handlers: { GET: readAgents },
    scopes: { GET: 'vso.agentpools' },
  });
}

/** Names with `*`, without regard to case, as lists of names. */
const namesIn = (query: URLSearchParams, ...keys: readonly string[]): readonly string[] | undefined =>
  keys
    .map((key) => query.get(key))
    .find((text) => text !== null)
    ?.toLowerCase()
    .split(',');

function readQueues({ organization, project, caller, query, parameters: { queueId } }: DevopsRequest): Reply {
  const [projectId, queues] = [project?.id ?? '', organization.of(Queues)];
  if (queueId !== undefined) {
    const queue = queues.byId(projectId, Number(queueId));
    if (!queue || !queues.isSeen(caller, queue)) throw queueNotFound(queueId);
    return ok(queueView(organization, queue));
  }
  const names = namesIn(query, 'queueName', 'queueNames');
  const ids = query.get('queueIds')?.split(',').map(Number);
  const poolIds = query.get('poolIds')?.split(',').map(Number);
  const seen = queues
    .ofProject(projectId)
    .filter((queue) => queues.isSeen(caller, queue))
    .filter(({ name }) => names?.includes(name.toLowerCase()) ?? true)
    .filter(({ id }) => ids?.includes(id) ?? true)
    .filter(({ pool }) => poolIds?.includes(pool.id) ?? true);
  const { page, headers } = pageOf(seen, query);
  return listOf(
    page.map((queue) => queueView(organization, queue)),
    headers,
  );
}

const queueView = (state: OrganizationState, { id, projectId, name, pool }: Queue): object => ({
  id,
  projectId,
  name,
  pool: poolReference(state, pool),
});

const poolReference = ({ collectionId }: OrganizationState, { id, name, isHosted, isLegacy, size }: Pool): object => ({
  id,
  scope: collectionId,
  name,
  isHosted,
  poolType: 'automation',
  size,
  isLegacy,
  options: 'none',
});

function readPools({ organization, caller, query, parameters: { poolId } }: DevopsRequest): Reply {
  const queues = organization.of(Queues);
  const seen = pools.filter((pool) => queues.isPoolSeen(caller, pool));
  if (poolId !== undefined) {
    const pool = seen.find(({ id }) => id === Number(poolId));
    if (!pool) throw poolNotFound(poolId);
    return ok(poolView(organization, pool, null));
  }
  const name = query.get('poolName')?.toLowerCase();
  const ids = query.get('poolIds')?.split(',').map(Number);
  return listOf(
    seen
      .filter((pool) => name === undefined || pool.name.toLowerCase() === name)
      .filter(({ id }) => ids?.includes(id) ?? true)
      .map((pool) => poolView(organization, pool, true)),
  );
}

/** The service that made the pools has a name instead of a GUID. */
function poolView(state: OrganizationState, pool: Pool, autoSize: true | null): object {
  const descriptor = `s2s.${Buffer.from(`pools@${state.tenantId}`).toString('base64url')}`;
  const avatar = state.url(`_apis/GraphProfile/MemberAvatars/${descriptor}`);
  const service = {
    displayName: 'Microsoft.VisualStudio.Services.TFS',
    url: state.url('_apis/Identities/pools', 'vssps'),
    _links: { avatar: { href: avatar } },
    id: 'pools',
    uniqueName: `pools@${state.tenantId}`,
    imageUrl: avatar,
    descriptor,
  };
  return {
    createdOn: poolsCreatedOn,
    autoProvision: true,
    autoUpdate: true,
    autoSize,
    targetSize: 1,
    agentCloudId: pool.isHosted ? 1 : null,
    createdBy: service,
    owner: service,
    ...poolReference(state, pool),
  };
}

/** Before every organisation of the stand-in. */
const poolsCreatedOn = '2020-01-01T00:00:00.000Z';

/** A pool of Microsoft has one agent, which stands for all. */
function readAgents({ organization, caller, parameters: { poolId = '', agentId } }: DevopsRequest): Reply {
  const pool = pools.find(({ id }) => id === Number(poolId));
  if (!pool || !organization.of(Queues).isPoolSeen(caller, pool)) throw poolNotFound(poolId);
  const agent = {
    _links: {
      self: { href: organization.url(`_apis/distributedtask/pools/${poolId}/agents/1`) },
      web: { href: organization.url(`_settings/agentpools?view=jobs&poolId=${poolId}&agentId=1`) },
    },
    maxParallelism: 1,
    createdOn: poolsCreatedOn,
    authorization: { clientId: organization.collectionId },
    id: 1,
    name: 'Hosted Agent',
    version: '4.260.0',
    enabled: true,
    status: 'offline',
    provisioningState: 'Deallocated',
  };
  const agents = pool.isHosted ? [agent] : [];
  if (agentId === undefined) return listOf(agents);
  return ok(agents.find(({ id }) => id === Number(agentId)) ?? null);
}
