import { TaskError } from '../errors';
import { hostAndPort } from '../http/transport/address';
import type { HttpClient } from '../http/httpClient';
import { pathSegments } from '../pathSegment';
import * as shape from '../http/shape';

const resourceId =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Databricks\/workspaces\/[^/]+\/?$/i;

export function isWorkspaceResourceId(text: string): boolean {
  return resourceId.test(text);
}

const workspaceResource = shape.object({
  properties: shape.maybe(shape.object({ workspaceUrl: shape.blankable(hostAndPort) })),
});

/** The URL of an Azure Databricks workspace, by its resource id (Microsoft.Databricks/workspaces, 2018-04-01). */
export async function workspaceUrlOf(resourceManager: HttpClient, id: string): Promise<string> {
  const workspace = await resourceManager.json(
    {
      method: 'GET',
      path: pathSegments(id.replace(/\/$/, '')),
      query: { 'api-version': '2018-04-01' },
      purpose: `look up the URL of the workspace ${id}`,
    },
    workspaceResource,
  );
  const host = workspace.properties?.workspaceUrl;
  if (!host) throw new TaskError(`The workspace ${id} has no URL yet. It may still be being created.`);
  return `https://${host}`;
}
