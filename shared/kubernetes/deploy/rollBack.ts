import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import { isDeepStrictEqual } from 'node:util';
import type { KubernetesClient } from '../client/client';
import { addressOf } from './address';
import type { DeployRequest, DeploySurroundings } from './request';
import type { GoodVersion } from './goodVersion';
import { SmokeFailure, smokeTestService } from './smokeTest';
import { park, reapply, restore } from './undo';
import { deployments, services } from '../client/resource';
import type { Plan, Workload } from '../strategies/plan';
import { pointingAt, slotOf } from '../strategies/slots';
import { switchTraffic } from '../strategies/switchTraffic';

/** What a deployment has done so far, for the way back. */
export interface Progress {
  /** By the names of their Deployments: what one can go back to. */
  readonly goods: Map<string, GoodVersion>;
  /** As the API server answered. */
  readonly applied: Map<string, Deployment>;
  /** Services that were there, as they were. */
  readonly replaced: Service[];
  hasMoved: boolean;
}

/**
 * Has what served before serve again, or leaves all as it is, as asked; says in sentences what was done. Throws a
 * SupersededError when somebody else deployed meanwhile.
 */
export async function rollBack(
  client: KubernetesClient,
  plan: Plan,
  { onFailure, smoke, scoringPath }: Pick<DeployRequest, 'onFailure' | 'smoke' | 'scoringPath'>,
  { goods, applied, replaced, hasMoved }: Progress,
  surroundings: DeploySurroundings,
): Promise<string> {
  const { report, onFacts } = surroundings;
  onFacts({ rolledBack: 'false', resultState: 'Failed' });
  if (applied.size === 0) return 'Nothing was changed.';
  if (onFailure === 'leave') return 'All is left as it is.';

  const back = hasMoved && plan.move ? { from: plan.move.to, to: plan.move.from } : plan.fallback;
  const said: string[] = [];
  if (back && plan.service) {
    await switchTraffic(client, plan.service.metadata?.name ?? '', back, undefined);
    said.push(`The requests go to ${back.to} again.`);
  }
  // One that an earlier try had moved already must not go where that one moved it.
  for (const object of replaced) await reapply(client, back && slotOf(object) ? pointingAt(object, back.to) : object);
  const isInPlace = !back && !plan.move && !plan.isCanary;
  let servesAgain = !isInPlace;
  for (const workload of plan.workloads) {
    const name = workload.wanted.metadata?.name ?? '';
    const present = applied.get(name);
    const good = goods.get(name);
    if (!present) continue;
    if (isInPlace && good) {
      const end = await goBack(workload, present, good);
      servesAgain ||= end.isDone;
      said.push(end.sentence);
    } else said.push(await end(name, good));
  }
  if (servesAgain) onFacts({ rolledBack: 'true', resultState: 'RolledBack' });
  if (!isInPlace) said.push('What served before still serves.');
  for (const sentence of said) report.log(sentence);
  return said.join(' ');

  async function goBack({ wanted }: Workload, present: Deployment, good: GoodVersion) {
    const version = `${good.image} (revision ${good.revision})`;
    if (isDeepStrictEqual(present.spec?.template, good.template))
      return { isDone: false, sentence: `There is no other version to go back to than ${version}.` };
    report.log(`Rolling back to ${version}`);
    const { outcome, message } = await restore(client, present, wanted, good, surroundings);
    if (outcome !== 'done')
      return { isDone: false, sentence: `The rollback to ${version} has not come to its end: ${message}` };
    await tryOut(version);
    return { isDone: true, sentence: `It was rolled back to ${version}, which serves.` };
  }

  /** The sample may be one that only the new version knows: that is no failure of the rollback. */
  async function tryOut(version: string): Promise<void> {
    const service = plan.service && (await client.get(services, plan.service.metadata?.name ?? ''));
    const address = service && addressOf(service, client.namespace);
    if (!smoke || !address) return;
    try {
      await smokeTestService(client, service, address, scoringPath, smoke, surroundings);
    } catch (error) {
      if (!(error instanceof SmokeFailure)) throw error;
      report.warning(`${version} runs again, but does not answer the sample as expected. ${error.message}`);
    }
  }

  /** Takes away what does not serve. */
  async function end(name: string, good: GoodVersion | undefined): Promise<string> {
    if (plan.isCanary || (onFailure === 'delete' && !good)) {
      await client.delete(deployments, name);
      return `The Deployment ${name} was deleted.`;
    }
    await park(client, name);
    return `The Deployment ${name} was scaled to 0.`;
  }
}
