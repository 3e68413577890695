import { ArmError, resourceNotFound } from '../../armError';
import { pageOf } from '../../pages';
import { partOf, sameText } from '../../resourceId';
import { type ArmReply, type ArmRequest, ok } from '../../router';
import { endpointBusy, endpointUnusable } from '../endpoints/endpointError';
import { nameForm } from '../endpoints/endpointBody';
import { endpointOf, endpointType, isStillBusy } from '../endpoints/endpointRoutes';
import type { OnlineEndpoint } from '../endpoints/onlineEndpoint';
import { numberAt, objectAt, textAt, textsAt } from '../json';
import { inferencingRefusal, requestInvalid } from '../mlError';
import type { MlOperations, Subject } from '../mlOperations';
import { bodyOf, checkLegacyMode, type MlRouter } from '../mlRouter';
import type { MlWorkspace } from '../workspace';
import { type DeploymentBody, readDeployment } from './deploymentBody';
import { OnlineDeployment } from './onlineDeployment';
import { planRollOut } from './planRollOut';
import { coresNeeded, vmSizeOf } from './skus';

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
  routes.add(['PUT', one, action('write')], async (workspace, request) => {
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
    const meanwhile = known ? undefined : endpoint.deployment(name);
    if (meanwhile) {
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
  });
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
  routes.add(['DELETE', one, action('delete')], (workspace, request) => {
    const endpoint = endpointOf(routes, workspace, request);
    const deployment = endpoint.deployment(request.parameters['deployment'] ?? '');
    if (!deployment) return { status: 204 };
    const { name } = deployment;
    if ((endpoint.traffic[name] ?? 0) > 0) {
      throw inferencingRefusal(workspace.location, {
        '': [
          `Specified deployment [${name}] has live traffic and cannot be deleted. Please set its traffic to 0 first.`,
        ],
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
  });
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

/** The provider has a limit of its own for the PUT of a deployment. @throws ArmError */
function checkThrottling(settings: MlRouter['ml']['settings']): void {
  if (settings.throttledDeployments <= 0) return;
  settings.throttledDeployments -= 1;
  throw new ArmError(429, 'TooManyRequests', 'The request is throttled. Please try again later.', {
    headers: { 'retry-after': '30', 'x-ms-ratelimit-remaining-subscription-resource-requests': '0' },
  });
}

/** @throws ArmError when the endpoint can't have the deployment, or not now */
function checkEndpoint({ ml }: MlRouter, endpoint: OnlineEndpoint, body: DeploymentBody, location: string): void {
  const { changes, name } = endpoint;
  if (changes.deletion || (!changes.running && !endpoint.hasSucceeded)) throw endpointUnusable(location);
  if (changes.running || isStillBusy(ml, endpoint)) {
    const state = changes.running ? changes.provisioningState : 'Updating';
    throw endpointBusy(location, name, state, 'create a deployment in');
  }
  const isKubernetes = endpoint.body.compute !== undefined;
  if (isKubernetes !== (body.endpointComputeType === 'Kubernetes')) {
    throw requestInvalid(location, `EndpointComputeType: '${body.endpointComputeType}' does not fit the endpoint.`);
  }
  const isInUse = endpoint.deployments.some((each) => each.changes.running !== undefined);
  if (isKubernetes && isInUse) throw endpointBusy(location, name, 'Updating', 'create a deployment in');
}

/** @throws ArmError when a deployment that is there can't be changed so, or not now */
function checkKnown(known: OnlineDeployment, body: DeploymentBody, location: string): void {
  const { name, changes } = known;
  if (changes.running) {
    const message = `Cannot update deployment ${name} because it is in ${changes.provisioningState} provisioning state`;
    throw inferencingRefusal(location, { '': [message] }, { status: 409 });
  }
  if (known.isUnrecoverable) {
    throw inferencingRefusal(location, {
      '': [
        `Specified deployment [${name}] failed during initial provisioning and is in an unrecoverable state. Delete and re-create.`,
      ],
    });
  }
  if (!sameText(known.body.instanceType, body.instanceType)) {
    throw inferencingRefusal(location, { InstanceType: ['The instance type of a deployment cannot be changed.'] });
  }
}

/** @throws ArmError when the size isn't there, or too much of it is asked for */
function checkSize(
  { ml }: MlRouter,
  { id, location }: MlWorkspace,
  { endpointComputeType, instanceType, capacity }: DeploymentBody,
  known: OnlineDeployment | undefined,
): void {
  const refused = (message: string): ArmError =>
    inferencingRefusal(location, { VmSize: [message] }, { code: 'InferencingClientCreateDeploymentFailed' });
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > ml.settings.limits.instances) {
    throw requestInvalid(location, `Capacity: it must be between 1 and ${ml.settings.limits.instances}.`);
  }
  if (endpointComputeType === 'Kubernetes') return;
  const size = vmSizeOf(instanceType);
  if (!size) throw refused(`The VM size ${instanceType} is not supported for managed online endpoints.`);
  const own = known ? coresNeeded(size, known.body.capacity) : 0;
  const needed = coresNeeded(size, capacity) - own;
  const [used, limit] = [ml.coresInUse(location, size.family), ml.coresAllowed(size.family)];
  if (needed <= 0 || used + needed <= limit) return;
  throw refused(
    `Not enough quota available for ${instanceType} in SubscriptionId ${partOf(id, 'subscriptions')}. Current usage/limit: ${used}/${limit}. Additional needed: ${needed}`,
  );
}
