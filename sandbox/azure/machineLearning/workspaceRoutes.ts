import { resourceNotFound } from '../armError';
import { pageOf } from '../pages';
import { partOf, sameText } from '../resourceId';
import { type ArmRequest, ok } from '../router';
import { families } from './deployments/skus';
import { type MlRouter, groupPath } from './mlRouter';
import { computeBody, type MlWorkspace, namespace, workspaceBody, workspaceType } from './workspace';

interface Pages {
  readonly url: string;
  readonly pageSize: number;
}

/** Workspaces: get and list; their computes; what is used of the quotas of a region. */
export function addMlWorkspaceRoutes(routes: MlRouter, pages: Pages): void {
  const { ml } = routes;
  const describe = (workspace: MlWorkspace): object => {
    const hasImage = [...ml.builtImages].some((id) => id.toLowerCase().startsWith(`${workspace.id.toLowerCase()}/`));
    return workspaceBody(workspace, { hasRegistry: (workspace.hasRegistry ?? true) || hasImage });
  };
  routes.add(['GET', '', 'read'], (workspace) => ok(describe(workspace)));
  routes.addAny(['GET', `${groupPath}/workspaces`, 'workspaces/read'], (request) =>
    ok(pageOf(routes.workspacesIn(request).map(describe), request, pages)),
  );
  routes.addAny(
    ['GET', `/subscriptions/{subscriptionId}/providers/${namespace}/workspaces`, 'workspaces/read'],
    (request) => {
      const { subscriptionId = '' } = request.parameters;
      const all = ml.workspaces.filter(({ id }) => sameText(partOf(id, 'subscriptions'), subscriptionId));
      return ok(pageOf(all.map(describe), request, pages));
    },
  );
  routes.add(['GET', '/computes', 'computes/read'], (workspace, request) =>
    ok(
      pageOf(
        (workspace.computes ?? []).map((compute) => computeBody(workspace, compute)),
        request,
        pages,
      ),
    ),
  );
  routes.add(
    ['GET', '/computes/{name}', 'computes/read'],
    (workspace, { parameters: { name = '', resourceGroup = '' } }) => {
      const compute = workspace.computes?.find((each) => sameText(each.name, name));
      if (!compute) throw resourceNotFound(`${workspaceType}/computes`, name, resourceGroup);
      return ok(computeBody(workspace, compute));
    },
  );
  const region = `/subscriptions/{subscriptionId}/providers/${namespace}/locations/{location}`;
  routes.addAny(['GET', `${region}/usages`, 'locations/usages/read'], (request: ArmRequest) => {
    const { subscriptionId = '', location = '' } = request.parameters;
    const value = families.map((family) => ({
      id: `/subscriptions/${subscriptionId}/providers/${namespace}/locations/${location}/usages/${family}`,
      type: `${namespace}/usages`,
      unit: 'Count',
      currentValue: ml.coresInUse(location, family),
      limit: ml.coresAllowed(family),
      name: { value: family, localizedValue: `${family} Cluster Dedicated vCPUs` },
    }));
    return ok(pageOf(value, request, pages));
  });
  routes.addAny(['GET', `${region}/quotas`, 'locations/quotas/read'], (request: ArmRequest) => {
    const { subscriptionId = '', location = '' } = request.parameters;
    const value = families.map((family) => ({
      id: `/subscriptions/${subscriptionId}/providers/${namespace}/locations/${location}/quotas/${family}`,
      type: `${namespace}/quotas`,
      unit: 'Count',
      limit: ml.coresAllowed(family),
      name: { value: family, localizedValue: `${family} Cluster Dedicated vCPUs` },
    }));
    return ok(pageOf(value, request, pages));
  });
}
