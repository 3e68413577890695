import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { isTransient } from '../../http/errors';
import type { KubernetesClient } from '../client/client';
import {
  autoscalers,
  deployments,
  disruptionBudgets,
  isOf,
  services,
  titleOf,
  type KubernetesObject,
} from '../client/resource';
import { annotations, marked } from '../manifest/labels';
import { isRoute, objectsOf } from '../manifest/release';
import { applyObject } from '../ownership/applyObject';
import { refuseOtherImages } from '../ownership/confirmApply';
import type { RolloutSnapshot } from '../rollout/snapshot';
import { isUnproven } from '../strategies/liveService';
import { isKept, isSettled, type Plan, type Workload } from '../strategies/plan';
import { SupersededError, switchTraffic } from '../strategies/switchTraffic';
import { explainFailure, NotServing } from './failure';
import { deleteStaleGuards, endOtherSlots, tidy } from './finish';
import { imageOf, markGood, markUntested, recordGood } from './goodVersion';
import { prepare, type Prepared } from './prepare';
import { provePods, proveRollout, proveService, tellPresent } from './prove';
import type { DeployRun, OnFacts, VersionRequest } from './request';
import { rollBack } from './rollBack';

/** To read why a deployment failed and to roll it back, or to clean up. */
const minutesToEnd = 15;

export type DeployChange = 'deployed' | 'unchanged';

/** Carries out a plan, as `deployService` documents it. */
export async function carryOut(
  client: KubernetesClient,
  plan: Plan,
  request: VersionRequest,
  context: Context,
  onFacts: OnFacts,
): Promise<DeployChange> {
  const progress = { goods: new Map(), applied: new Map(), replaced: [], hasMoved: false };
  const run: DeployRun = { client, plan, request, context, onFacts, progress };
  const objects = objectsOf({ ...plan.release, deployments: plan.workloads.map(({ wanted }) => wanted) });
  const prepared = await prepare(client, plan.preview ? [...objects, plan.preview] : objects, request.isForced);
  for (const { wanted } of plan.workloads)
    refuseOtherImages(wanted, prepared.find(({ object }) => object === wanted)?.planned);
  const isUnchanged = !plan.move && plan.workloads.every(isKept) && !prepared.some(isAltered);
  for (const { note } of plan.workloads) if (note !== undefined) context.agent.log(note);
  const wanted = plan.workloads[0]?.wanted;
  onFacts({ deploymentName: nameOf(wanted), image: imageOf(wanted?.spec?.template, plan.names.container) });

  try {
    await begin(run, prepared);
    if (isUnchanged && plan.workloads.every(isSettled)) await tellPresent(run);
    else await prove(run, prepared);
  } catch (error) {
    throw await failureAfter(afterDeadline(run), error);
  }
  const isSame = !(await finish(afterDeadline(run), prepared)) && isUnchanged;
  onFacts({ rolledBack: 'false', resultState: plan.isCanary ? 'Canary' : isSame ? 'Unchanged' : 'Deployed' });
  return isSame ? 'unchanged' : 'deployed';
}

/** The same deployment for what follows its proof or its failure, which may come at the deadline. */
function afterDeadline(run: DeployRun): DeployRun {
  return { ...run, client: run.client.until(run.context.clock.now() + minutesToEnd * 60_000) };
}

/** Records the version to roll back to, and applies everything that changes nothing for present users. */
async function begin(run: DeployRun, prepared: readonly Prepared[]): Promise<void> {
  const { client, plan, progress } = run;
  if (plan.recovery) await switchTraffic(client, nameOf(plan.service), plan.recovery, undefined);
  for (const { live } of plan.workloads) {
    const good = live && (await recordGood(client, live, plan.names.container));
    if (good) progress.goods.set(nameOf(live), good);
  }
  const [main] = plan.workloads;
  if (main?.live && !main.isChanged && prepared.some(isAltered)) await markUntested(client, main.live);
  await applyAll(
    run,
    prepared.filter((each) => isEarly(each, plan)),
  );
  for (const workload of plan.workloads) await applyWorkload(run, workload, prepared);
}

async function applyWorkload(
  { client, plan, context, progress }: DeployRun,
  { wanted, live, isChanged, hasNewPods }: Workload,
  prepared: readonly Prepared[],
): Promise<void> {
  const name = nameOf(wanted);
  if (live && !isChanged) {
    progress.applied.set(name, live);
    return;
  }
  context.agent.log(
    `Applying Deployment ${name} with the image ${imageOf(wanted.spec?.template, plan.names.container)}`,
  );
  const isProven = live && !hasNewPods && !isUnproven(live);
  const mark = isProven ? annotations.untested : annotations.unproven;
  const object = { ...wanted, metadata: marked(wanted.metadata, { annotations: { [mark]: 'true' } }) };
  const { isForced = false, planned } = prepared.find((each) => each.object === wanted) ?? {};
  const applied = await applyObject(client, deployments, object, { live, isForced, planned }, context);
  progress.applied.set(name, applied.object);
}

/** Follows the new pods, tests them, and switches the traffic to them. */
async function prove(run: DeployRun, prepared: readonly Prepared[]): Promise<void> {
  const { client, plan, context, progress } = run;
  const { move, service } = plan;
  const snapshots: RolloutSnapshot[] = [];
  for (const applied of progress.applied.values()) snapshots.push(await proveRollout(run, applied));
  const [snapshot] = snapshots;
  if (!snapshot) return;
  if (move ?? plan.preview ?? plan.isCanary) await provePods(run, snapshot);
  if (plan.isCanary) return;
  const traffic = prepared.filter((each) => isTraffic(each) && !isEarly(each, plan));
  progress.replaced.push(...traffic.flatMap(({ live, isChanged }) => (live && isChanged ? live : [])));
  await applyAll(run, traffic);
  if (move) {
    context.agent.log(`Service ${nameOf(service)}: switching from ${move.from} to ${move.to}`);
    await switchTraffic(client, nameOf(service), move, move.from);
    progress.hasMoved = true;
  }
  await proveService(run, snapshot);
}

/** What follows when the version is proven. Returns whether the autoscaler of an earlier release was deleted. */
async function finish(run: DeployRun, prepared: readonly Prepared[]): Promise<boolean> {
  const { client, plan, context } = run;
  await applyAll(run, prepared.filter(isGuard));
  const hadAutoscaler = !plan.isPartial && (await deleteStaleGuards(client, plan.release, context));
  // Until now the autoscaler managed the replicas.
  if (hadAutoscaler)
    for (const { wanted } of plan.workloads) await client.apply(deployments, wanted, { isForced: true });
  for (const { wanted } of plan.workloads) await markGood(client, nameOf(wanted), context);
  if (plan.isCanary) return false;
  if (plan.keptSlots) await endOtherSlots(client, plan.names.deployment, plan.keptSlots, context);
  await tidy(client, plan.release, context);
  return hadAutoscaler;
}

/** Explains and rolls back a deployment that failed; returns the error to throw. */
async function failureAfter(run: DeployRun, error: unknown): Promise<unknown> {
  const { client, plan, context, onFacts } = run;
  if (context.signal.aborted || isTransient(error) || !(error instanceof TaskError)) return error;
  try {
    if (error instanceof SupersededError) throw error;
    if (!(error instanceof NotServing)) context.agent.error(error.message);
    const cause = error instanceof NotServing ? await explainFailure(client, error, context) : error.message;
    const end = await rollBack(run).catch((another: unknown) => unconfirmed(another, context));
    return new TaskError(`The deployment of ${plan.release.name} failed. ${cause} ${end}`, { cause: error });
  } catch (another) {
    if (another instanceof SupersededError) onFacts({ rolledBack: 'false', resultState: 'Superseded' });
    return another;
  }
}

/** What to say of a rollback that ended with an error; throws the error that is about something else. */
function unconfirmed(error: unknown, { agent, signal }: Context): string {
  if (signal.aborted || error instanceof SupersededError || !(error instanceof TaskError)) throw error;
  const end = `The rollback is not confirmed: ${error.message} Check which version serves; to restore the previous one, deploy it.`;
  agent.log(end);
  return end;
}

/** Applies what differs from what is there. */
async function applyAll({ client, context }: DeployRun, all: readonly Prepared[]): Promise<void> {
  for (const each of all) {
    if (!each.isChanged) continue;
    const { isNew } = await applyObject(client, each.resource, each.object, each, context);
    context.agent.log(`${titleOf(each.object)} was ${isNew ? 'created' : 'updated'}`);
  }
}

/** Whether an object other than a Deployment is to be changed. */
function isAltered({ object, isChanged }: Prepared): boolean {
  return isChanged && !isOf(object, deployments);
}

/** What the pods need, and what changes nothing for present users. */
function isEarly(each: Prepared, plan: Plan): boolean {
  if (isGuard(each) || isOf(each.object, deployments)) return false;
  return !isTraffic(each) || !each.live || each.object === plan.preview;
}

function isGuard({ object }: Prepared): boolean {
  return isOf(object, autoscalers) || isOf(object, disruptionBudgets);
}

function isTraffic({ object }: Prepared): boolean {
  return isOf(object, services) || isRoute(object);
}

function nameOf(object: KubernetesObject | undefined): string {
  return object?.metadata?.name ?? '';
}
