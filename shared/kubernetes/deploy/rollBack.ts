import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import { isDeepStrictEqual } from 'node:util';
import { TaskError } from '../../errors';
import { deployments, isOf, services, titleOf, type KubernetesObject } from '../client/resource';
import { deleteObject } from '../rollout/untilDeleted';
import type { Workload } from '../strategies/plan';
import { pointingAt, slotOf } from '../strategies/slots';
import { switchTraffic } from '../strategies/switchTraffic';
import { addressOf } from './address';
import type { GoodVersion } from './goodVersion';
import type { DeployRun } from './request';
import { SmokeFailure, smokeTestService } from './smokeTest';
import { park, reapply, restore } from './undo';

/** How the rollback of one Deployment ended. */
interface RollbackEnd {
  readonly isDone: boolean;
  readonly sentence: string;
}

/**
 * Restores the version that served before, or leaves everything as it is, as requested; returns sentences that say what
 * was done. Throws a SupersededError when somebody else has deployed meanwhile.
 */
export async function rollBack(run: DeployRun): Promise<string> {
  const { client, plan, request, context, onFacts } = run;
  const { goods, applied, replaced, hasMoved } = run.progress;
  onFacts({ rolledBack: 'false', resultState: 'Failed' });
  if (applied.size === 0) return 'Nothing was changed.';
  if (request.onFailure === 'leave') return 'Everything is left as it is, for inspection.';

  const back = hasMoved && plan.move ? { from: plan.move.to, to: plan.move.from } : plan.fallback;
  const said: string[] = [];
  if (back && plan.service) {
    await switchTraffic(client, plan.service.metadata?.name ?? '', back, undefined);
    said.push(`Traffic was switched back to ${back.to}.`);
  }
  // A Service that an earlier attempt had already switched must not return to the slot of that attempt.
  for (const object of replaced)
    await reapply(client, back && isService(object) && slotOf(object) ? pointingAt(object, back.to) : object);
  const isInPlace = !back && !plan.move && !plan.isCanary;
  // One that was applied as it was has nothing to return to.
  const isAsItWas = (workload: Workload): boolean => workload.live !== undefined && !workload.isChanged;
  const isMixed = !plan.workloads.every(isAsItWas);
  let servesAgain = !isInPlace;
  for (const workload of plan.workloads) {
    const name = workload.wanted.metadata?.name ?? '';
    const present = applied.get(name);
    const good = goods.get(name);
    if (!present || (isMixed && isAsItWas(workload))) continue;
    if (isInPlace && good) {
      const end =
        replaced.length > 0 && !workload.isChanged && runsGood(present, good)
          ? { isDone: true, sentence: `Restored ${replaced.map(titleOf).join(', ')}; ${good.image} still runs.` }
          : await rollBackInPlace(run, workload, present, good);
      servesAgain ||= end.isDone;
      said.push(end.sentence);
    } else said.push(await endWorkload(run, present, good));
  }
  if (servesAgain) onFacts({ rolledBack: 'true', resultState: 'RolledBack' });
  if (!isInPlace) said.push('The previous version still serves.');
  for (const sentence of said) context.agent.log(sentence);
  return said.join(' ');
}

async function rollBackInPlace(
  run: DeployRun,
  { wanted }: Workload,
  present: Deployment,
  good: GoodVersion,
): Promise<RollbackEnd> {
  const version = `${good.image} (revision ${good.revision})`;
  if (runsGood(present, good))
    return { isDone: false, sentence: `There is no version to roll back to other than ${version}.` };
  run.context.agent.log(`Rolling back to ${version}`);
  const { outcome, message } = await restore(run.client, present, wanted, good, run.context);
  if (outcome !== 'done') return { isDone: false, sentence: `The rollback to ${version} did not complete: ${message}` };
  await smokeTestAfterRollback(run, version);
  return { isDone: true, sentence: `Rolled back to ${version}, which serves.` };
}

function runsGood({ spec }: Deployment, { template }: GoodVersion): boolean {
  return isDeepStrictEqual(spec?.template, template);
}

function isService(object: KubernetesObject): object is Service {
  return isOf(object, services);
}

/** Warns only: the sample may be one that only the new version understands. */
async function smokeTestAfterRollback(run: DeployRun, version: string): Promise<void> {
  const { client, plan, request, context } = run;
  const service = plan.service && (await client.get(services, plan.service.metadata?.name ?? ''));
  const address = service && addressOf(service, client.namespace, plan.names.port);
  if (!request.smoke || !address) return;
  try {
    await smokeTestService(run, request.smoke, service, address);
  } catch (error) {
    if (!(error instanceof SmokeFailure)) throw error;
    context.agent.warning(`${version} runs again, but does not answer the sample as expected. ${error.message}`);
  }
}

/** Removes a workload that does not serve. */
async function endWorkload(
  { client, plan, request, context }: DeployRun,
  applied: Deployment,
  good: GoodVersion | undefined,
): Promise<string> {
  const name = applied.metadata?.name ?? '';
  const isDeleted = plan.isCanary || (request.onFailure === 'delete' && !good);
  try {
    // Not until the deadline of the deployment: what its users see does not depend on it.
    if (isDeleted)
      await deleteObject(
        client,
        { resource: deployments, object: applied },
        { ...context, deadline: context.clock.now() },
      );
    else await park(client, name);
  } catch (error) {
    if (context.signal.aborted || !(error instanceof TaskError)) throw error;
    const [what, advice] = isDeleted
      ? ['deleted', 'delete it in the cluster']
      : ['scaled to 0', 'scale it to 0 in the cluster'];
    return `It is not confirmed that the Deployment ${name} was ${what}: ${error.message} Check it, and ${advice} if its pods still run.`;
  }
  return `The Deployment ${name} was ${isDeleted ? 'deleted' : 'scaled to 0'}.`;
}
