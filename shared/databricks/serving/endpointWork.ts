import type { Context } from '../../agent/context';
import { pathSegment } from '../../pathSegment';
import { invocationPath, ServingEndpointsApi } from '../api/servingEndpoints';
import type { OpenWorkspace } from '../connect';
import type { EndpointWork, OnFacts } from './request';

/** The work on one endpoint of a workspace. */
export function endpointWork(workspace: OpenWorkspace, name: string, context: Context, onFacts: OnFacts): EndpointWork {
  onFacts({
    scoringUri: `${workspace.url}${invocationPath(name)}`,
    endpointUrl: endpointPage(workspace.url, name, workspace.id),
  });
  return { workspace, api: new ServingEndpointsApi(workspace.http), name, context, onFacts };
}

/** The page of an endpoint in the workspace. */
function endpointPage(workspaceUrl: string, name: string, workspaceId?: string): string {
  const id = workspaceId ?? /^https:\/\/adb-(\d+)\./.exec(workspaceUrl)?.[1];
  return `${workspaceUrl}/ml/endpoints/${pathSegment(name)}${id === undefined ? '' : `?o=${id}`}`;
}
