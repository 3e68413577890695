import type { Context } from '../../agent/context';
import type { KubernetesClient } from '../client/client';
import { carryOut, type DeployChange } from './carryOut';
import { untilKnown, type DeployRequest, type OnFacts } from './request';
import { imageOf } from './goodVersion';
import { checkAccess } from './prepare';
import { objectsOf, type Release } from '../manifest/release';
import { titleOf } from '../client/resource';
import { planBlueGreen } from '../strategies/blueGreen';
import { planCanary } from '../strategies/canary';
import { readLive, serving, type ServiceNames } from '../strategies/liveService';
import type { Plan, PlanSource } from '../strategies/plan';
import { planRolling } from '../strategies/rolling';
import { readOtherAutoscalers } from '../strategies/scalers';

/**
 * Deploys a service as described. First the cluster checks that everything is allowed. Then the version to roll back to
 * is recorded, the new one is applied, followed and smoke-tested, and receives traffic when it has passed. When it fails,
 * the cause is reported, and then the previous version is restored (or not, as requested). Unchanged objects are left
 * alone. A step that was interrupted is continued by the next one. Throws a TaskError; a SupersededError when somebody
 * else has deployed meanwhile: their version is not touched.
 */
export async function deployService(
  client: KubernetesClient,
  request: DeployRequest,
  context: Context,
  onFacts: OnFacts,
): Promise<DeployChange> {
  const { release } = request;
  onFacts(untilKnown);
  await checkAccess(client, objectsOf(release), { isProxied: request.smoke !== undefined, isForced: request.isForced });
  const live = await readLive(client, namesOf(release));
  const previousImage = imageOf(serving(live)?.spec?.template, live.names.container);
  if (previousImage) onFacts({ previousImage });
  const otherAutoscalers = await readOtherAutoscalers(client, release.name, context);
  const plan = await planOf(request, { client, release, live, otherAutoscalers, isForced: request.isForced });
  if (plan.note !== undefined) context.agent.log(plan.note);
  if (plan.leftOut.length > 0)
    context.agent.warning(
      `A canary does not change what the stable version uses: ${plan.leftOut.map(titleOf).join(', ')}. To apply that, deploy the version again after its promotion.`,
    );
  return await carryOut(client, plan, request, context, onFacts);
}

/** The names by which a service is found in the cluster. */
export function namesOf(release: Release): ServiceNames {
  const { serving: { service, container, port } = {} } = release;
  return { deployment: release.deployments[0]?.metadata?.name ?? release.name, service, container, port };
}

function planOf({ strategy, canaryPercent }: DeployRequest, source: PlanSource): Promise<Plan> {
  if (strategy === 'canary') return planCanary(source, canaryPercent);
  return strategy === 'blueGreen' ? planBlueGreen(source) : planRolling(source);
}
