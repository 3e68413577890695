import { resourceNotFound } from '../../armError';
import { pageOf } from '../../pages';
import { type ArmReply, type ArmRequest, ok } from '../../router';
import { nameForm } from '../endpoints/endpointBody';
import { endpointOf, endpointType } from '../endpoints/endpointRoutes';
import { numberAt, objectAt, textAt, textsAt } from '../json';
import { inferencingRefusal, requestInvalid } from '../mlError';
import type { MlOperations, Subject } from '../mlOperations';
import { bodyOf, checkLegacyMode, type MlRouter } from '../mlRouter';
import type { MlWorkspace } from '../workspace';
import { readDeployment } from './deploymentBody';
import { checkEndpoint, checkKnown, checkSize, checkThrottling } from './deploymentChecks';
import { OnlineDeployment } from './onlineDeployment';
import { planRollOut } from './planRollOut';

const type = `${endpointType}/deployments`;

interface Pages {
  readonly url: string;
  readonly pageSize: number;
}

/** Deployments of online endpoints: put, get, list, tags and capacity, delete, logs and capacities. */
export function addDeploymentRoutes(routes: MlRouter, operations: MlOperations, pages: Pages): void {
  const { ml } = routes;
  const all = '/onlineEndpoints/{endpoint}/deployments';
  const one = `${all}/{deployment}`;
  const action = (word: string) => `onlineEndpoints/deployments/${word}`;
  const addFor = (
    [method, path, word]: readonly [string, string, string],
    handle: (deployment: OnlineDeployment, request: ArmRequest, workspace: MlWorkspace) => ArmReply,
  ): void =>
    routes.add([method, one + path, action(word)], (workspace, request) => {
      const { deployment: name = '', resourceGroup = '' } = request.parameters;
      const deployment = endpointOf(routes, workspace, request).deployment(name);
      if (!deployment) throw resourceNotFound(type, name, resourceGroup);
      return handle(deployment, request, workspace);
    });

  routes.add(['GET', all, action('read')], (workspace, request) => {
    const { deployments } = endpointOf(routes, workspace, request);
    return ok(
      pageOf(
        deployments.map((each) => each.describe()),
        request,
        pages,
      ),
    );
  });
  routes.add(['PUT', one, action('write')], (workspace, request) =>
    putDeployment(routes, operations, workspace, request),
  );
  addFor(['GET', '', 'read'], (deployment) => ok(deployment.describe()));
  addFor(['PATCH', '', 'write'], (deployment, request, workspace) => {
    const body = bodyOf(request, workspace.location);
    if (body['tags'] !== undefined) deployment.body = { ...deployment.body, tags: textsAt(body, 'tags') };
    const capacity = numberAt(objectAt(body, 'sku'), 'capacity');
    if (capacity === undefined || capacity === deployment.body.capacity) return ok(deployment.describe());
    checkKnown(deployment, deployment.body, workspace.location);
    checkSize(routes, workspace, { ...deployment.body, capacity }, deployment);
    const change = deployment.scale(capacity, ml.settings.durations.scale);
    const headers = operations.beginPatch(subjectOf(workspace, deployment, request), change);
    return { status: 202, headers, body: deployment.describe() };
  });
  routes.add(['DELETE', one, action('delete')], (workspace, request) =>
    deleteDeployment(routes, operations, workspace, request),
  );
  addFor(['POST', '/getLogs', 'getLogs/action'], (deployment, request, { location }) => {
    const body = bodyOf(request, location);
    const containerType = textAt(body, 'containerType') ?? 'InferenceServer';
    if (containerType !== 'InferenceServer' && containerType !== 'StorageInitializer') {
      throw requestInvalid(location, `ContainerType: '${containerType}' is not InferenceServer or StorageInitializer.`);
    }
    const tail = numberAt(body, 'tail') ?? 5000;
    return ok({ content: deployment.logOf(containerType, tail, ml.settings.durations.logsDelay) });
  });
  addFor(['GET', '/skus', 'skus/read'], ({ body: { capacity } }) =>
    ok({
      value: [
        {
          resourceType: type,
          sku: { name: 'Default', tier: 'Standard' },
          capacity: { minimum: 1, maximum: ml.settings.limits.instances, default: capacity, scaleType: 'Manual' },
        },
      ],
    }),
  );
}

function subjectOf(workspace: MlWorkspace, { id, changes }: OnlineDeployment, { query }: ArmRequest): Subject {
  return { workspace, kind: 'od', resourceId: id, changes, apiVersion: query.get('api-version') ?? '' };
}

/** @throws ArmError */
async function putDeployment(
  routes: MlRouter,
  operations: MlOperations,
  workspace: MlWorkspace,
  request: ArmRequest,
): Promise<ArmReply> {
  const { ml } = routes;
  checkLegacyMode(workspace);
  const { location } = workspace;
  const endpoint = endpointOf(routes, workspace, request);
  const { deployment: name = '' } = request.parameters;
  if (!nameForm.test(name) || name.length < 3 || name.length > 32) {
    throw requestInvalid(location, `Name: the deployment name '${name}' is invalid.`);
  }
  const body = readDeployment(bodyOf(request, location), location, request.query.get('api-version') ?? '');
  checkThrottling(ml.settings);
  const known = endpoint.deployment(name);
  checkEndpoint(routes, endpoint, body, location);
  if (known) checkKnown(known, body, location);
  else if (endpoint.deployments.length >= ml.settings.limits.deploymentsOfEndpoint) {
    throw inferencingRefusal(location, { '': ['The limit of deployments for the endpoint has been reached.'] });
  }
  checkSize(routes, workspace, body, known);
  const rollOut = await planRollOut({ ml, workspace, endpoint, body }, !known);
  // Another request may have been faster.
  const meanwhile = endpoint.deployment(name);
  if (meanwhile && (meanwhile !== known || meanwhile.changes.running)) {
    await rollOut.model?.close();
    checkKnown(meanwhile, body, location);
  }
  const deployment =
    known ?? new OnlineDeployment(`${endpoint.id}/deployments/${name}`, name, location, body, ml.clocks.clock);
  endpoint.add(deployment);
  const change = deployment.rollOut(known ? 'update' : 'create', rollOut);
  const headers = operations.beginPut(subjectOf(workspace, deployment, request), change);
  return {
    status: 201,
    headers: { ...headers, 'x-ms-ratelimit-remaining-subscription-resource-requests': '24' },
    body: deployment.describe(),
  };
}

/** @throws ArmError */
function deleteDeployment(
  routes: MlRouter,
  operations: MlOperations,
  workspace: MlWorkspace,
  request: ArmRequest,
): ArmReply {
  const { ml } = routes;
  const endpoint = endpointOf(routes, workspace, request);
  const deployment = endpoint.deployment(request.parameters['deployment'] ?? '');
  if (!deployment) return { status: 204 };
  const { name } = deployment;
  if ((endpoint.traffic[name] ?? 0) > 0) {
    throw inferencingRefusal(workspace.location, {
      '': [`Specified deployment [${name}] has live traffic and cannot be deleted. Please set its traffic to 0 first.`],
    });
  }
  const { changes } = deployment;
  const change =
    changes.deletion ?? changes.begin('delete', ml.settings.durations.deploymentDeletion, { apply: () => undefined });
  return {
    status: 202,
    headers: operations.beginDelete(subjectOf(workspace, deployment, request), change),
    body: null,
  };
}
