import type { Service } from 'kubernetes-types/core/v1';
import { TaskError } from '../../errors';
import { isTransient } from '../../http/errors';
import type { KubernetesClient } from '../client/client';
import type { DeployRequest, DeploySurroundings } from './request';
import { explainFailure, NotServing } from './failure';
import { deleteStaleGuards, endOtherSlots, tidy } from './finish';
import { imageOf, markGood, recordGood } from './goodVersion';
import { prepare, type Prepared } from './prepare';
import { provePods, proveRollout, proveService, tellAddress } from './prove';
import { rollBack, type Progress } from './rollBack';
import { annotations, marked } from '../manifest/labels';
import { isRoute, objectsOf } from '../manifest/release';
import {
  autoscalers,
  deployments,
  disruptionBudgets,
  services,
  titleOf,
  type KubernetesObject,
} from '../client/resource';
import { isSettled, type Plan, type Workload } from '../strategies/plan';
import { SupersededError, switchTraffic } from '../strategies/switchTraffic';
import type { RolloutSnapshot } from '../rollout/watchRollout';

export type DeployChange = 'deployed' | 'unchanged';

/** Brings a plan about, as `deployService` promises. */
export async function carryOut(
  client: KubernetesClient,
  plan: Plan,
  request: Pick<DeployRequest, 'onFailure' | 'scoringPath' | 'smoke' | 'isForced'>,
  surroundings: DeploySurroundings,
): Promise<DeployChange> {
  const { release, workloads, service, move } = plan;
  const { report, onFacts, signal } = surroundings;
  const objects = objectsOf({ ...release, deployments: workloads.map(({ wanted }) => wanted) });
  const prepared = await prepare(client, plan.preview ? [...objects, plan.preview] : objects, request.isForced);
  const isUnchanged = !move && workloads.every(isSettled);
  const progress: Progress = { goods: new Map(), applied: new Map(), replaced: [], hasMoved: false };
  const [first] = workloads;
  onFacts({ deploymentName: nameOf(first?.wanted), image: imageOf(first?.wanted.spec?.template) });

  try {
    await begin();
    if (!isUnchanged) await prove();
    else await tellAddress(client, plan, request.scoringPath, surroundings);
  } catch (error) {
    throw await failed(error);
  }
  await finish();
  onFacts({ rolledBack: 'false', resultState: plan.isCanary ? 'Canary' : isUnchanged ? 'Unchanged' : 'Deployed' });
  return isUnchanged ? 'unchanged' : 'deployed';

  /** Notes what one can go back to, and applies all that changes nothing for those who are served now. */
  async function begin(): Promise<void> {
    if (plan.recovery) await switchTraffic(client, nameOf(service), plan.recovery, undefined);
    for (const { live } of workloads) {
      const good = live && (await recordGood(client, live));
      if (good) progress.goods.set(nameOf(live), good);
    }
    await applyAll(prepared.filter(isEarly));
    for (const workload of workloads) await applyWorkload(workload);
  }

  async function applyWorkload({ wanted, live, isChanged }: Workload): Promise<void> {
    const name = nameOf(wanted);
    if (live && !isChanged) {
      progress.applied.set(name, live);
      return;
    }
    report.log(`Applying Deployment ${name} with the image ${imageOf(wanted.spec?.template)}`);
    const object = {
      ...wanted,
      metadata: marked(wanted.metadata, { annotations: { [annotations.unproven]: 'true' } }),
    };
    const isForced = prepared.some((each) => each.object === wanted && each.isForced);
    progress.applied.set(name, (await client.apply(deployments, object, { isForced })).object);
  }

  /** Follows the new pods, puts them to the test, and gives them the requests. */
  async function prove(): Promise<void> {
    const snapshots: RolloutSnapshot[] = [];
    for (const applied of progress.applied.values()) snapshots.push(await proveRollout(client, applied, surroundings));
    const [snapshot] = snapshots;
    if (!snapshot) return;
    if (move ?? plan.preview ?? plan.isCanary) await provePods(client, plan, request, snapshot, surroundings);
    if (plan.isCanary) return;
    const traffic = prepared.filter((each) => isTraffic(each) && !isEarly(each));
    progress.replaced.push(...traffic.flatMap(({ live }) => (live?.kind === services.kind ? (live as Service) : [])));
    await applyAll(traffic);
    if (move) {
      report.log(`Service ${nameOf(service)}: moving from ${move.from} to ${move.to}`);
      await switchTraffic(client, nameOf(service), move, move.from);
      progress.hasMoved = true;
    }
    await proveService(client, plan, request, snapshot, surroundings);
  }

  async function finish(): Promise<void> {
    await applyAll(prepared.filter(isGuard));
    if (!plan.isCanary && (await deleteStaleGuards(client, release, surroundings)))
      // The replicas were the autoscaler's business until now.
      for (const { wanted } of workloads) await client.apply(deployments, wanted, { isForced: true });
    for (const { wanted } of workloads) await markGood(client, nameOf(wanted), surroundings);
    if (plan.isCanary) return;
    if (plan.keptSlots) await endOtherSlots(client, plan.names.deployment, plan.keptSlots, surroundings);
    await tidy(client, release, surroundings);
  }

  /** What pods need, and what leads nobody astray who is served now. */
  function isEarly(each: Prepared): boolean {
    if (isGuard(each) || each.object.kind === deployments.kind) return false;
    return !isTraffic(each) || !each.live || each.object === plan.preview;
  }

  async function applyAll(all: readonly Prepared[]): Promise<void> {
    for (const { resource, object, isForced = false } of all) {
      const { isNew } = await client.apply(resource, object, { isForced });
      if (isNew) report.log(`${titleOf(object)} was created`);
    }
  }

  /** What to throw, when all is done that follows from it. */
  async function failed(error: unknown): Promise<unknown> {
    if (signal.aborted || isTransient(error) || !(error instanceof TaskError)) return error;
    try {
      if (error instanceof SupersededError) throw error;
      if (!(error instanceof NotServing)) report.error(error.message);
      const cause = error instanceof NotServing ? await explainFailure(client, error, surroundings) : error.message;
      const end = await rollBack(client, plan, request, progress, surroundings);
      return new TaskError(`The deployment of ${release.name} failed. ${cause} ${end}`, { cause: error });
    } catch (another) {
      if (another instanceof SupersededError) onFacts({ rolledBack: 'false', resultState: 'Superseded' });
      return another;
    }
  }
}

function isGuard({ object }: Prepared): boolean {
  return object.kind === autoscalers.kind || object.kind === disruptionBudgets.kind;
}

function isTraffic({ object }: Prepared): boolean {
  return object.kind === services.kind || isRoute(object);
}

function nameOf(object: KubernetesObject | undefined): string {
  return object?.metadata?.name ?? '';
}
