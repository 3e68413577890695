import type { KubernetesClient } from '../client/client';
import { carryOut, type DeployChange } from './carryOut';
import { untilKnown, type DeployRequest, type DeploySurroundings } from './request';
import { imageOf } from './goodVersion';
import { checkAccess } from './prepare';
import { objectsOf, type Release } from '../manifest/release';
import { planBlueGreen } from '../strategies/blueGreen';
import { planCanary } from '../strategies/canary';
import { readLive, serving, type ServiceNames } from '../strategies/liveService';
import { mainService, type Plan, type PlanContext } from '../strategies/plan';
import { planRolling } from '../strategies/rolling';

/**
 * Has a service run as described. Before anything is touched, the cluster says whether it may be done; then what one can
 * go back to is noted, what is new is applied, followed and put to the test, and gets the requests when it has passed.
 * Where it fails, the cause is shown first, and then what served before serves again (or not, as asked). What is as it
 * should be is left alone. A step that was ended on its way is taken up by the next. Throws a TaskError; a
 * SupersededError when somebody else deployed meanwhile, of which nothing is touched.
 */
export async function deployService(
  client: KubernetesClient,
  request: DeployRequest,
  surroundings: DeploySurroundings,
): Promise<DeployChange> {
  const { release } = request;
  surroundings.onFacts(untilKnown);
  await checkAccess(client, objectsOf(release), request.smoke !== undefined);
  const live = await readLive(client, namesOf(release));
  const previousImage = imageOf(serving(live)?.spec?.template);
  if (previousImage) surroundings.onFacts({ previousImage });
  const plan = await planOf(request, { client, release, live });
  if (plan.note !== undefined) surroundings.report.log(plan.note);
  return await carryOut(client, plan, request, surroundings);
}

/** By which a service is found in the cluster. */
export function namesOf(release: Release): ServiceNames {
  return {
    deployment: release.deployments[0]?.metadata?.name ?? release.name,
    service: mainService(release)?.metadata?.name,
  };
}

function planOf({ strategy, canaryPercent }: DeployRequest, context: PlanContext): Promise<Plan> {
  if (strategy === 'canary') return planCanary(context, canaryPercent);
  return strategy === 'blueGreen' ? planBlueGreen(context) : planRolling(context);
}
