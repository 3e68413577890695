import { resourceNotFound } from './armError';
import { pageOf } from './pages';
import type { ResourceGroups } from './resourceGroups';
import { partOf, sameText } from './resourceId';
import { type ArmRequest, ok, type Router } from './router';

/** A Databricks workspace as Resource Manager has it. */
export interface WorkspaceResource {
  /** `/subscriptions/…/resourceGroups/…/providers/Microsoft.Databricks/workspaces/…`. */
  readonly id: string;
  readonly name: string;
  readonly location: string;
  /** Azure gives the host, without a scheme. */
  readonly workspaceUrl: string;
  readonly workspaceId: string;
}

const type = 'Microsoft.Databricks/workspaces';
/** The stable ones. */
const apiVersions = ['2018-04-01', '2023-02-01', '2024-05-01', '2026-01-01'];

/** Workspaces of Microsoft.Databricks: get, list by subscription, list by resource group. */
export function addWorkspaceRoutes(
  router: Router,
  workspaces: readonly WorkspaceResource[],
  { groups, ...pages }: { readonly groups: ResourceGroups; readonly url: string; readonly pageSize: number },
): void {
  const add = (path: string, body: (request: ArmRequest) => object): void =>
    router.add({ method: 'GET', path, action: `${type}/read`, apiVersions, handle: (request) => ok(body(request)) });
  const subscription = '/subscriptions/{subscriptionId}';
  const group = `${subscription}/resourceGroups/{resourceGroup}`;
  const inSubscription = ({ parameters: { subscriptionId = '' } }: ArmRequest) =>
    workspaces.filter(({ id }) => sameText(partOf(id, 'subscriptions'), subscriptionId));
  const inGroup = (request: ArmRequest) => {
    const { subscriptionId = '', resourceGroup = '' } = request.parameters;
    groups.get(subscriptionId, resourceGroup);
    return inSubscription(request).filter(({ id }) => sameText(partOf(id, 'resourceGroups'), resourceGroup));
  };
  add(`${group}/providers/${type}/{name}`, (request) => {
    const { resourceGroup = '', name = '' } = request.parameters;
    const workspace = inGroup(request).find((each) => sameText(each.name, name));
    if (!workspace) throw resourceNotFound(type, name, resourceGroup);
    return workspaceBody(workspace);
  });
  add(`${group}/providers/${type}`, (request) => pageOf(inGroup(request).map(workspaceBody), request, pages));
  add(`${subscription}/providers/${type}`, (request) =>
    pageOf(inSubscription(request).map(workspaceBody), request, pages),
  );
}

const nobody = '00000000-0000-0000-0000-000000000000';

/** All properties that the specification has for a workspace without a network of its own. */
function workspaceBody({ id, name, location, workspaceUrl, workspaceId }: WorkspaceResource): object {
  const author = { oid: nobody, puid: '1003BFFD00000000', applicationId: nobody };
  return {
    properties: {
      managedResourceGroupId: `/subscriptions/${partOf(id, 'subscriptions')}/resourceGroups/databricks-rg-${name}`,
      parameters: { enableNoPublicIp: { type: 'Bool', value: true } },
      provisioningState: 'Succeeded',
      authorizations: [{ principalId: nobody, roleDefinitionId: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635' }],
      createdBy: author,
      updatedBy: author,
      workspaceId,
      workspaceUrl,
      createdDateTime: '2024-01-15T09:30:00.0000000Z',
    },
    id,
    name,
    type,
    sku: { name: 'premium' },
    location,
    tags: {},
  };
}
