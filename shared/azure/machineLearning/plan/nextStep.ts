import type { Deployment } from '../api/deployments';
import type { Endpoint, Traffic } from '../api/endpoints';
import { endpointStep } from './endpointStep';
import { hasSucceeded, isInTransition, refused, type Seen, type Step, type Wanted } from './step';
import { generationOf, hasDigest, isOurs, replacedBy } from './tags';
import { isSameName, mainOf, mirrorOf, shareOf, trafficOf, trafficText } from './traffic';

const slots = ['blue', 'green'] as const;

/** What to do next to have an endpoint serve a deployment as it is wanted. */
export function nextStep(seen: Seen, wanted: Wanted): Step {
  const { endpoint } = seen;
  if (!endpoint) return { kind: 'createEndpoint' };
  return endpointStep({ ...seen, endpoint }, wanted) ?? deploymentStep({ ...seen, endpoint }, wanted);
}

function deploymentStep(seen: Seen & { readonly endpoint: Endpoint }, wanted: Wanted): Step {
  const traffic = trafficOf(seen.endpoint);
  const found = bestOf(seen.deployments, traffic, wanted);
  if (!found) return slotStep(seen, traffic, wanted);
  const { name } = found;
  const share = shareOf(traffic, name);
  if (isInTransition(found)) return { kind: 'follow', name };
  if (!hasSucceeded(found))
    return share > 0
      ? slotStep(seen, traffic, wanted)
      : { kind: 'deleteDeployment', name, reason: 'failed in an earlier run' };
  if (wanted.capacity !== undefined && found.sku?.capacity !== wanted.capacity)
    return { kind: 'scale', name, capacity: wanted.capacity };

  const main = mainOf(traffic);
  const isBeside = main !== undefined && share < 100;
  if (wanted.strategy === 'canary' && isBeside) {
    // A canary that serves the larger part came so far by hand.
    if (isSameName(main, name) || share === wanted.canaryPercent) return { kind: 'done', name, isCanary: true };
    return { kind: 'switch', name, traffic: { [main]: 100 - wanted.canaryPercent, [name]: wanted.canaryPercent } };
  }
  if (share < 100) return { kind: 'switch', name, traffic: { [name]: 100 } };
  return oldStep(seen, found, wanted) ?? { kind: 'done', name, isCanary: false };
}

/** The deployment with the wanted settings that is nearest to serving. */
function bestOf(deployments: readonly Deployment[], traffic: Traffic, wanted: Wanted): Deployment | undefined {
  const { digest, deploymentName } = wanted;
  const rank = (each: Deployment): number =>
    shareOf(traffic, each.name) * 10 + (hasSucceeded(each) ? 2 : isInTransition(each) ? 1 : 0);
  return deployments
    .filter((each) => hasDigest(each, digest) && !/^deleting$/i.test(each.properties.provisioningState))
    .filter(({ name }) => deploymentName === undefined || isSameName(name, deploymentName))
    .sort((a, b) => rank(b) - rank(a))[0];
}

/** Where a new deployment goes: beside the one that serves; when it rolls, it is that one. */
function slotStep(
  { endpoint, deployments }: Seen & { readonly endpoint: Endpoint },
  traffic: Traffic,
  wanted: Wanted,
): Step {
  const main = mainOf(traffic);
  const rolls = wanted.strategy === 'rolling';
  const name =
    wanted.deploymentName ??
    (rolls ? main : undefined) ??
    slots.find((slot) => !isSameName(slot, main ?? '')) ??
    'blue';
  const holder = deployments.find((each) => isSameName(each.name, name));
  if (!holder) return { kind: 'createDeployment', name, replaces: main };
  if (isInTransition(holder)) return { kind: 'waitForDeployment', name };
  if (!isOurs(holder))
    return refused(
      'foreignSlot',
      `The endpoint has a deployment '${name}' that was not created by this task: it lacks the tag 'model-pipeline-settings'. Nothing was changed.`,
    );
  if (rolls && hasSucceeded(holder)) return { kind: 'updateDeployment', name };
  const [share, mirrored] = [shareOf(traffic, name), shareOf(mirrorOf(endpoint), name)];
  if (share > 0 && main !== undefined && isSameName(main, name))
    return refused(
      'liveSlot',
      `The deployment '${name}' answers the requests of the endpoint (${trafficText(traffic)}), so that it cannot be replaced.`,
    );
  if (share > 0 || mirrored > 0)
    return refused(
      'slotWithTraffic',
      `The deployment '${name}' has ${share > 0 ? `${share} % of the requests` : `a copy of ${mirrored} % of the requests`} of the endpoint, so that it cannot be replaced.`,
    );
  const reason = hasSucceeded(holder) ? 'is of an earlier version and has no traffic' : 'failed in an earlier run';
  return { kind: 'deleteDeployment', name, reason };
}

/** The deployment that was replaced, which costs as much as the one that serves. */
export function oldStep(
  seen: Seen & { readonly endpoint: Endpoint },
  current: Deployment,
  { keepsOld }: Pick<Wanted, 'keepsOld'>,
): Step | undefined {
  const old = keepsOld ? undefined : replacedOf(seen, current);
  if (!old || !isOurs(old)) return undefined;
  if (isInTransition(old)) return { kind: 'waitForDeployment', name: old.name };
  return { kind: 'deleteDeployment', name: old.name, reason: `was replaced by ${current.name}` };
}

/** The older deployment that a deployment has replaced, if it has no traffic. A newer one of its name is that of another run. */
function replacedOf(
  { endpoint, deployments }: Seen & { readonly endpoint: Endpoint },
  current: Deployment,
): Deployment | undefined {
  const replaced = replacedBy(current) ?? '';
  const [traffic, mirror] = [trafficOf(endpoint), mirrorOf(endpoint)];
  return deployments.find(
    (each) =>
      isSameName(each.name, replaced) &&
      generationOf(each) < generationOf(current) &&
      shareOf(traffic, each.name) + shareOf(mirror, each.name) === 0,
  );
}
