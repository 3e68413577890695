import { resourceNotFound } from '../armError';
import { Operations, type OperationState } from '../operations';
import { pageOf } from '../pages';
import type { ResourceGroups } from '../resourceGroups';
import { partOf, sameText } from '../resourceId';
import { type ArmReply, type ArmRequest, ok, type Router } from '../router';
import { type ContainerGroup, groupType } from './containerGroup';
import type { ContainerInstances, GroupShapes } from './containerInstances';
import { containerNotFound, groupNotReady, groupTransitioning } from './groupError';
import { readGroup } from './validateGroup';

const apiVersions = [
  '2018-10-01',
  '2019-12-01',
  '2021-03-01',
  '2021-07-01',
  '2021-09-01',
  '2021-10-01',
  '2022-09-01',
  '2023-05-01',
  '2024-05-01-preview',
  '2025-09-01',
];
/** What an answer has of a log at most. */
const logBytes = 4 * 1024 * 1024;

export interface GroupParts {
  readonly instances: ContainerInstances;
  readonly groups: ResourceGroups;
  readonly clock: { now(): number };
  /** Of the Resource Manager. */
  readonly url: string;
  readonly pageSize: number;
}

/** Container groups: put, get, list, tags, delete, start, stop, restart and logs. */
export function addGroupRoutes(router: Router, { instances, groups, clock, ...pages }: GroupParts): void {
  const operations = new Operations('Microsoft.ContainerInstance', pages.url, clock);
  operations.addRoutes(router);
  const subscription = '/subscriptions/{subscriptionId}';
  const inGroup = `${subscription}/resourceGroups/{resourceGroup}`;
  const one = `${inGroup}/providers/${groupType}/{name}`;

  const begin = (group: ContainerGroup, kind: 'put' | 'start' | 'delete', state: () => OperationState) => {
    const { retryAfterSeconds, ...shapes }: GroupShapes = instances.shapes;
    return operations.begin({
      resourceId: group.id,
      subscriptionId: partOf(group.id, 'subscriptions'),
      location: group.body.location,
      shape: shapes[kind],
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      state,
    });
  };
  const idOf = ({ parameters: { subscriptionId = '', resourceGroup = '', name = '' } }: ArmRequest) =>
    `${groups.get(subscriptionId, resourceGroup).id}/providers/${groupType}/${name}`;

  const add = (
    [method, path, action]: readonly [string, string, string],
    handle: (request: ArmRequest) => ArmReply | Promise<ArmReply>,
  ): void => router.add({ method, path, action: `${groupType}/${action}`, apiVersions, handle });
  const addFor = (
    [method, path, action]: readonly [string, string, string],
    handle: (group: ContainerGroup, request: ArmRequest) => ArmReply,
  ): void =>
    add([method, one + path, action], (request) => {
      const group = instances.find(idOf(request));
      const { resourceGroup = '', name = '' } = request.parameters;
      if (!group) throw resourceNotFound(groupType, name, resourceGroup);
      return handle(group, request);
    });

  const list = (request: ArmRequest, isIn: (group: ContainerGroup) => boolean): ArmReply => {
    const bodies = instances.groups.filter(isIn).map((group) => group.describe({ hasInstanceView: false }));
    return ok(pageOf(bodies, request, pages));
  };
  add(['GET', `${subscription}/providers/${groupType}`, 'read'], (request) => {
    const { subscriptionId = '' } = request.parameters;
    return list(request, ({ id }) => sameText(partOf(id, 'subscriptions'), subscriptionId));
  });
  add(['GET', `${inGroup}/providers/${groupType}`, 'read'], (request) => {
    const { subscriptionId = '', resourceGroup = '' } = request.parameters;
    const { id: group } = groups.get(subscriptionId, resourceGroup);
    return list(request, ({ id }) => id.startsWith(`${group}/`));
  });

  add(['PUT', one, 'write'], async (request) => {
    const id = idOf(request);
    const body = readGroup(request.parameters['name'] ?? '', request.body);
    const { group, isNew, isChanged } = await instances.put(id, body, request.query.get('api-version') ?? '');
    if (!isChanged) return ok(group.describe());
    return {
      status: isNew ? 201 : 200,
      headers: begin(group, 'put', () => group.operationState()),
      body: group.describe(),
    };
  });
  addFor(['GET', '', 'read'], (group) => ok(group.describe()));
  addFor(['PATCH', '', 'write'], (group, { body }) => {
    const { tags } = (body ?? {}) as { readonly tags?: Readonly<Record<string, string>> };
    if (tags) group.setTags(tags);
    return ok(group.describe());
  });
  add(['DELETE', one, 'delete'], async (request) => {
    const group = instances.find(idOf(request));
    if (!group) return { status: 204 };
    const body = group.describe();
    await instances.delete(group);
    if (instances.shapes.delete === 'neither') return ok(body);
    const state = () => ({ status: instances.groups.includes(group) ? 'Deleting' : 'Succeeded' });
    return { status: 202, headers: begin(group, 'delete', state), body };
  });

  const settled = (group: ContainerGroup): void => {
    if (group.isTransitioning) throw groupTransitioning(group.name);
  };
  addFor(['POST', '/start', 'start/action'], (group) => {
    settled(group);
    if (!group.isStopped && !group.isTerminated) return { status: 204 };
    group.deploy();
    const headers = begin(group, 'start', () => group.operationState());
    return instances.shapes.start === 'neither' ? { status: 204 } : { status: 202, headers };
  });
  addFor(['POST', '/restart', 'restart/action'], (group) => {
    settled(group);
    group.deploy();
    return { status: 204 };
  });
  addFor(['POST', '/stop', 'stop/action'], (group) => {
    settled(group);
    group.stop();
    return { status: 204 };
  });

  addFor(['GET', '/containers/{container}/logs', 'containers/logs/read'], (group, { parameters, query }) => {
    const { container = '' } = parameters;
    if (!group.body.properties.containers.some(({ name }) => name === container)) {
      throw containerNotFound(container, group.name);
    }
    const log = group.log(container);
    if (!log) throw groupNotReady();
    const tail = Number(query.get('tail') ?? log.length);
    const hasTimes = query.get('timestamps') === 'true';
    const lines = log
      .slice(Math.max(0, log.length - tail))
      .map(({ time, text }) => `${hasTimes ? `${new Date(time).toISOString()} ` : ''}${text}\n`);
    return ok({ content: Buffer.from(lines.join('')).subarray(-logBytes).toString() });
  });
}
