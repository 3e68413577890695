import { resourceNotFound } from '../armError';
import type { Callers } from '../callers';
import { pageOf } from '../pages';
import type { ResourceGroups } from '../resourceGroups';
import { nameOf, partOf, sameText } from '../resourceId';
import { type ArmReply, type ArmRequest, ok, type Router } from '../router';
import { badRequest, localAccountsDisabled } from './clusterError';
import { ClusterCommands, commandNotFound } from './clusterCommands';
import { clusterKubeconfig } from './clusterKubeconfig';
import { clusterBody, type ManagedCluster } from './managedCluster';

const type = 'Microsoft.ContainerService/managedClusters';
/** Those that clients use most, of the many that there are. */
const apiVersions = [
  '2021-08-01',
  '2022-04-01',
  '2023-10-01',
  '2024-05-01',
  '2024-09-01',
  '2025-09-01',
  '2025-10-01',
  '2026-01-01',
  '2026-04-01',
  '2026-06-01',
];
const oldApiVersions = ['2017-08-31', ...apiVersions];

export interface ClusterParts {
  readonly clusters: readonly ManagedCluster[];
  readonly groups: ResourceGroups;
  readonly callers: Callers;
  readonly clock: { now(): number };
  /** Of the Resource Manager. */
  readonly url: string;
  readonly pageSize: number;
}

/** Clusters of AKS: get, list, credentials in three ways, and commands that are run in the cluster. */
export function addClusterRoutes(router: Router, { clusters, groups, callers, clock, ...pages }: ClusterParts): void {
  const commands = new ClusterCommands(callers, clock);
  const subscription = '/subscriptions/{subscriptionId}';
  const group = `${subscription}/resourceGroups/{resourceGroup}`;
  const one = `${group}/providers/${type}/{name}`;

  const inSubscription = ({ parameters: { subscriptionId = '' } }: ArmRequest) =>
    clusters.filter(({ id }) => sameText(partOf(id, 'subscriptions'), subscriptionId));
  const inGroup = (request: ArmRequest) => {
    const { subscriptionId = '', resourceGroup = '' } = request.parameters;
    groups.get(subscriptionId, resourceGroup);
    return inSubscription(request).filter(({ id }) => sameText(partOf(id, 'resourceGroups'), resourceGroup));
  };
  const clusterOf = (request: ArmRequest): ManagedCluster => {
    const { resourceGroup = '', name = '' } = request.parameters;
    const cluster = inGroup(request).find(({ id }) => sameText(nameOf(id), name));
    if (!cluster) throw resourceNotFound(type, name, resourceGroup);
    return cluster;
  };

  const list = (path: string, find: (request: ArmRequest) => readonly ManagedCluster[]): void =>
    router.add({
      method: 'GET',
      path: `${path}/providers/${type}`,
      action: `${type}/read`,
      apiVersions,
      handle: (request) => ok(pageOf(find(request).map(clusterBody), request, pages)),
    });
  list(subscription, inSubscription);
  list(group, inGroup);

  const add = (
    method: string,
    [path, action, versions = apiVersions]: readonly [string, string, (readonly string[])?],
    handle: (cluster: ManagedCluster, request: ArmRequest) => ArmReply | Promise<ArmReply>,
  ): void =>
    router.add({
      method,
      path: one + path,
      action: `${type}/${action}`,
      apiVersions: versions,
      handle: (request) => handle(clusterOf(request), request),
    });

  add('GET', ['', 'read'], (cluster) => ok(clusterBody(cluster)));
  for (const kind of ['User', 'Admin']) {
    const action = `listCluster${kind}Credential`;
    add('POST', [`/${action}`, `${action}/action`], (cluster, { query }) =>
      ok({ kubeconfigs: [{ name: `cluster${kind}`, value: credential(cluster, `cluster${kind}`, query) }] }),
    );
  }
  const profile = (cluster: ManagedCluster, { parameters: { role = '' }, query }: ArmRequest): ArmReply =>
    ok({
      id: `${cluster.id}/accessProfiles/${role}`,
      name: role,
      type: `${type}/AccessProfiles`,
      location: cluster.location,
      properties: { kubeConfig: credential(cluster, role, query) },
    });
  // The permission of both is that of the POST: so say those who lack it.
  const listCredential = 'accessProfiles/listCredential/action';
  add('GET', ['/accessProfiles/{role}', listCredential, oldApiVersions], profile);
  add('POST', ['/accessProfiles/{role}/listCredential', listCredential, oldApiVersions], profile);

  const locationOf = (cluster: ManagedCluster, id: string, query: URLSearchParams) => ({
    location: `${pages.url}${cluster.id.replace('managedClusters', 'managedclusters')}/commandResults/${id}?api-version=${query.get('api-version')}`,
  });
  add('POST', ['/runCommand', 'runcommand/action'], async (cluster, { body, query }) => ({
    status: 202,
    headers: locationOf(cluster, await commands.start(cluster, body), query),
  }));
  add('GET', ['/commandResults/{commandId}', 'commandResults/read'], (cluster, { parameters, query }) => {
    const { commandId = '' } = parameters;
    const result = commands.result(cluster, commandId);
    if (!result) throw commandNotFound(commandId);
    return result.isFinished
      ? ok(result.body)
      : { status: 202, headers: locationOf(cluster, commandId, query), body: result.body };
  });
}

function credential(cluster: ManagedCluster, role: string, query: URLSearchParams): string {
  const isAdmin = sameText(role, 'clusterAdmin');
  if (!isAdmin && !sameText(role, 'clusterUser')) throw badRequest(`The access profile '${role}' is not valid.`);
  // A user that isn't one of Entra has a static credential too.
  if (cluster.disableLocalAccounts && (isAdmin || !cluster.aadProfile)) throw localAccountsDisabled();
  const format = query.get('format') ?? undefined;
  if (format !== undefined && !['azure', 'exec'].includes(format)) {
    throw badRequest(`The format '${format}' is not valid. Valid values are 'azure' and 'exec'.`);
  }
  const choice = { isAdmin, format, serverFqdn: query.get('server-fqdn') ?? undefined };
  return Buffer.from(clusterKubeconfig(cluster, choice)).toString('base64');
}
