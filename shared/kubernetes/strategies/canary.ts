import { TaskError } from '../../errors';
import type { KubernetesObject } from '../client/resource';
import type { Release } from '../manifest/release';
import { changeBy } from '../ownership/change';
import { canaryShare, stableReplicasFor } from './canaryShare';
import { isRunning, serving } from './liveService';
import { mainService, plain, theDeployment, workloadOf, type Plan, type PlanSource } from './plan';
import { planRolling } from './rolling';
import { asCanary, inSlot } from './slots';

/**
 * Deploys a few pods of the new version beside the serving ones, under the same Service. When nothing serves yet, it is a
 * rolling deployment. Throws a TaskError when a whole number of pods can't make the requested share.
 */
export async function planCanary(source: PlanSource, percent: number): Promise<Plan> {
  const { release, live } = source;
  const deployment = theDeployment(release, 'canary');
  const stable = serving(live);
  if (!isRunning(stable)) return { ...(await planRolling(source)), note: 'Nothing serves yet; no canary is needed.' };

  const isStable = live.slot ? inSlot(release, live.slot, live.slot) : release;
  const [same = deployment] = isStable.deployments;
  const asItIs = await workloadOf(source, isStable, same, stable, stable);
  if (!asItIs.hasNewPods && !live.canary)
    return {
      ...plain,
      release: isStable,
      names: live.names,
      workloads: [asItIs],
      service: mainService(isStable),
      note: 'This version already serves; no canary is needed.',
    };

  const stableReplicas = stable.spec?.replicas ?? 1;
  const { replicas, actualPercent, isWithinTolerance } = canaryShare(percent, stableReplicas);
  const share = `${replicas} of ${stableReplicas + replicas} pods are the canary, which receives ${Math.round(actualPercent)} % of new connections`;
  if (!isWithinTolerance)
    throw new TaskError(
      `A share of ${percent} % is not possible beside ${count(stableReplicas)}: ${share}. Request ${Math.round(actualPercent)} %, or run ${stableReplicasFor(percent)} replicas.`,
    );
  const canary = asCanary(deployment, live.slot, replicas);
  const alone = {
    ...release,
    deployments: [canary],
    services: [],
    routes: [],
    autoscalers: [],
    disruptionBudgets: [],
  };
  return {
    ...plain,
    release: alone,
    names: live.names,
    workloads: [await workloadOf(source, alone, canary, live.canary, undefined)],
    service: live.service,
    isCanary: true,
    isPartial: true,
    leftOut: await differing(source, isStable),
    note: `${share} (requested: ${percent} %).`,
  };
}

/** The objects that route to the stable version or guard it, and that are not as described. */
async function differing({ client }: PlanSource, release: Release): Promise<readonly KubernetesObject[]> {
  const { services, routes, autoscalers, disruptionBudgets } = release;
  const shared = [...services, ...routes, ...autoscalers, ...disruptionBudgets];
  const differs = await Promise.all(
    shared.map(async (object) => {
      const resource = await client.resourceOf(object.apiVersion ?? '', object.kind ?? '');
      const live = await client.get(resource, object.metadata?.name ?? '');
      return !live || (await changeBy(client, resource, object, true, live)) !== undefined;
    }),
  );
  return shared.filter((_, index) => differs[index]);
}

function count(replicas: number): string {
  return replicas === 1 ? 'one replica' : `${replicas} replicas`;
}
