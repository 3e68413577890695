import { ArmError } from '../../armError';
import { partOf, sameText } from '../../resourceId';
import { endpointBusy, endpointUnusable } from '../endpoints/endpointError';
import { isStillBusy } from '../endpoints/endpointRoutes';
import type { OnlineEndpoint } from '../endpoints/onlineEndpoint';
import { inferencingRefusal, requestInvalid } from '../mlError';
import type { MlRouter } from '../mlRouter';
import type { MlWorkspace } from '../workspace';
import type { DeploymentBody } from './deploymentBody';
import type { OnlineDeployment } from './onlineDeployment';
import { coresNeeded, vmSizeOf } from './skus';

/** The provider has a limit of its own for the PUT of a deployment. @throws ArmError */
export function checkThrottling(settings: MlRouter['ml']['settings']): void {
  if (settings.throttledDeployments <= 0) return;
  settings.throttledDeployments -= 1;
  throw new ArmError(429, 'TooManyRequests', 'The request is throttled. Please try again later.', {
    headers: { 'retry-after': '30', 'x-ms-ratelimit-remaining-subscription-resource-requests': '0' },
  });
}

/** @throws ArmError when the endpoint can't have the deployment, or not now */
export function checkEndpoint(
  { ml }: MlRouter,
  endpoint: OnlineEndpoint,
  body: DeploymentBody,
  location: string,
): void {
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
export function checkKnown(known: OnlineDeployment, body: DeploymentBody, location: string): void {
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
export function checkSize(
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
