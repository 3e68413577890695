import type { Endpoint } from '../api/endpoints';
import { hasSucceeded, isInTransition, refused, type Seen, type Step, type Wanted } from './step';
import { isOurs } from './tags';
import { shareOf, trafficOf } from './traffic';

/** What to do to have the endpoint itself as it is wanted; undefined when it is. */
export function endpointStep(seen: Seen & { readonly endpoint: Endpoint }, wanted: Wanted): Step | undefined {
  const { endpoint, deployments } = seen;
  const { name, properties } = endpoint;
  if (isInTransition(endpoint)) return { kind: 'waitForEndpoint' };
  const traffic = trafficOf(endpoint);
  const serves = deployments.some((each) => hasSucceeded(each) && shareOf(traffic, each.name) > 0);
  if (!hasSucceeded(endpoint) && !serves) {
    const foreign = [endpoint, ...deployments].find((each) => !isOurs(each));
    if (!foreign) return { kind: 'deleteEndpoint', reason: 'was never created completely' };
    return refused(
      'foreignEndpoint',
      `The endpoint '${name}' is ${properties.provisioningState} and serves nothing, and ${foreign === endpoint ? 'it' : `its deployment '${foreign.name}'`} was not created by this task. Nothing was changed.`,
    );
  }
  const found = properties.compute;
  if (found?.toLowerCase() !== wanted.computeId?.toLowerCase())
    return refused(
      'compute',
      `The endpoint '${name}' ${found === undefined ? 'is managed by Azure' : `runs on the compute ${found}`}, but ${wanted.computeId === undefined ? 'no compute is asked for' : `the compute ${wanted.computeId} is asked for`}. An endpoint cannot be moved. Nothing was changed.`,
    );
  const { authMode, identityId, publicNetworkAccess } = wanted;
  if (authMode !== undefined && authMode.toLowerCase() !== properties.authMode.toLowerCase())
    return refused(
      'authMode',
      `The endpoint '${name}' authenticates its callers with ${properties.authMode}, and ${authMode} is asked for, which all callers would have to follow. Nothing was changed.`,
    );
  const identities = Object.keys(endpoint.identity?.userAssignedIdentities ?? {}).map((id) => id.toLowerCase());
  if (identityId !== undefined && !identities.includes(identityId.toLowerCase()))
    return refused(
      'identity',
      `The endpoint '${name}' does not have the managed identity ${identityId}, and the identity of an endpoint is fixed when it is created. Nothing was changed.`,
    );
  const isReachable = publicNetworkAccess ?? properties.publicNetworkAccess;
  return isReachable?.toLowerCase() === properties.publicNetworkAccess?.toLowerCase()
    ? undefined
    : { kind: 'changeEndpoint' };
}
