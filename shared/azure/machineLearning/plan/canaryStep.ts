import type { Deployment } from '../api/deployments';
import type { Endpoint } from '../api/endpoints';
import { oldStep } from './nextStep';
import { hasSucceeded, isInTransition, refused, type Seen, type Step } from './step';
import { generationOf, isOurs, replacedBy } from './tags';
import { isSameName, mainOf, shareOf, trafficOf, trafficText } from './traffic';

interface Choice {
  /** By default the one that a canary deployment made. */
  readonly deploymentName?: string | undefined;
  readonly keepsOld: boolean;
}

/** What to do next to give all requests to the canary. */
export function promotionStep(seen: Seen, choice: Choice): Step {
  const { endpoint } = seen;
  if (!endpoint) return noEndpoint;
  const busy = waitStep(seen);
  if (busy) return busy;
  const traffic = trafficOf(endpoint);
  const canary = canaryOf({ ...seen, endpoint }, choice);
  if (canary && hasSucceeded(canary) && shareOf(traffic, canary.name) < 100)
    return { kind: 'switch', name: canary.name, traffic: { [canary.name]: 100 } };
  const main = seen.deployments.find(({ name }) => shareOf(traffic, name) === 100);
  if (main && isOurs(main) && isChosen(main, choice))
    return oldStep({ ...seen, endpoint }, main, choice) ?? { kind: 'done', name: main.name, isCanary: false };
  return nothingToDo('promote', endpoint);
}

/**
 * What to do next to take all requests from the canary, and to delete it; or from the deployment that has replaced another
 * one, which was kept.
 */
export function rejectionStep(seen: Seen, choice: Choice): Step {
  const { endpoint } = seen;
  if (!endpoint) return noEndpoint;
  const busy = waitStep(seen);
  if (busy) return busy;
  const traffic = trafficOf(endpoint);
  const canary = canaryOf({ ...seen, endpoint }, choice);
  if (!canary) {
    const main = seen.deployments.find(({ name }) => shareOf(traffic, name) === 100);
    if (!main) return nothingToDo('reject', endpoint);
    const kept = isChosen(main, choice) ? keptBy(main, seen) : undefined;
    return kept
      ? { kind: 'switch', name: kept.name, traffic: { [kept.name]: 100 } }
      : { kind: 'done', name: main.name, isCanary: false };
  }
  const share = shareOf(traffic, canary.name);
  if (share === 0) return { kind: 'deleteDeployment', name: canary.name, reason: 'was rejected' };
  const before = seen.deployments.find(({ name }) => isSameName(name, replacedBy(canary) ?? ''));
  if (!before || !hasSucceeded(before))
    return refused(
      'nothingBefore',
      `The deployment '${canary.name}' has ${share} % of the requests, and the deployment that it replaces no longer exists or does not run. Nothing was changed.`,
    );
  return { kind: 'switch', name: before.name, traffic: { [before.name]: 100 } };
}

function isChosen({ name }: Deployment, { deploymentName }: Choice): boolean {
  return deploymentName === undefined || isSameName(deploymentName, name);
}

/** The older deployment that a deployment of ours has replaced, where it still runs. */
function keptBy(current: Deployment, { deployments }: Seen): Deployment | undefined {
  const replaced = isOurs(current) ? replacedBy(current) : undefined;
  return deployments.find(
    (each) => isSameName(each.name, replaced ?? '') && hasSucceeded(each) && generationOf(each) < generationOf(current),
  );
}

/** The deployment that is on trial: newer than the one that it stands beside, which still answers requests. */
function canaryOf(
  { endpoint, deployments }: Seen & { readonly endpoint: Endpoint },
  choice: Choice,
): Deployment | undefined {
  const traffic = trafficOf(endpoint);
  const main = deployments.find(({ name }) => isSameName(name, mainOf(traffic) ?? ''));
  return deployments
    .filter((each) => isOurs(each) && shareOf(traffic, each.name) < 100)
    .filter((each) => isChosen(each, choice))
    .filter((each) => {
      const replaced = replacedBy(each);
      if (replaced === undefined) return false;
      const other = deployments.find(({ name }) => isSameName(name, replaced));
      return (other ?? main) !== undefined && generationOf(each) > (other ? generationOf(other) : 0);
    })
    .sort((a, b) => generationOf(b) - generationOf(a))[0];
}

function waitStep({ endpoint, deployments }: Seen): Step | undefined {
  if (endpoint && isInTransition(endpoint)) return { kind: 'waitForEndpoint' };
  const busy = deployments.find(isInTransition);
  return busy && { kind: 'waitForDeployment', name: busy.name };
}

const noEndpoint = refused('noEndpoint', 'There is no such endpoint in the workspace.');

function nothingToDo(verb: string, endpoint: Endpoint): Step {
  return refused('noCanary', `There is no canary to ${verb}: the endpoint has ${trafficText(trafficOf(endpoint))}.`);
}
