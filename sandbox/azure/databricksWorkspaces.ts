import { resourceGroupNotFound, resourceNotFound, skipTokenInvalid } from './armError';
import type { ArmRequest, Router } from './router';

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
  { url, pageSize }: { readonly url: string; readonly pageSize: number },
): void {
  const add = (path: string, handle: (request: ArmRequest) => object): void =>
    router.add({ method: 'GET', path, action: `${type}/read`, apiVersions, handle });
  const subscription = '/subscriptions/{subscriptionId}';
  const group = `${subscription}/resourceGroups/{resourceGroup}`;
  const inGroup = (name: string): readonly WorkspaceResource[] => {
    const found = workspaces.filter(({ id }) => sameText(partOf(id, 'resourceGroups'), name));
    if (found.length === 0) throw resourceGroupNotFound(name);
    return found;
  };
  add(`${group}/providers/${type}/{name}`, ({ parameters: { resourceGroup = '', name = '' } }) => {
    const workspace = inGroup(resourceGroup).find((each) => sameText(each.name, name));
    if (!workspace) throw resourceNotFound(type, name, resourceGroup);
    return workspaceBody(workspace);
  });
  add(`${group}/providers/${type}`, (request) =>
    listBody(inSubscription(inGroup(request.parameters['resourceGroup'] ?? ''), request), request),
  );
  add(`${subscription}/providers/${type}`, (request) => listBody(inSubscription(workspaces, request), request));

  function listBody(list: readonly WorkspaceResource[], { path, query }: ArmRequest): object {
    const token = query.get('$skiptoken') ?? '0';
    if (!/^\d+$/.test(token)) throw skipTokenInvalid(token);
    const end = Number(token) + pageSize;
    const next = new URLSearchParams({ 'api-version': query.get('api-version') ?? '', $skiptoken: String(end) });
    return {
      value: list.slice(Number(token), end).map(workspaceBody),
      ...(end < list.length && { nextLink: `${url}${path}?${next.toString()}` }),
    };
  }
}

function inSubscription(list: readonly WorkspaceResource[], { parameters }: ArmRequest): readonly WorkspaceResource[] {
  return list.filter(({ id }) => sameText(partOf(id, 'subscriptions'), parameters['subscriptionId'] ?? ''));
}

/** The part of a resource id that follows a word. */
export function partOf(id: string, word: string): string {
  const parts = id.split('/');
  return parts[parts.findIndex((part) => sameText(part, word)) + 1] ?? '';
}

const sameText = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

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
