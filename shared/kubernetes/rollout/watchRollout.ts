import type { Deployment, ReplicaSet } from 'kubernetes-types/apps/v1';
import type { Pod } from 'kubernetes-types/core/v1';
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import type { Agent } from '../../agent/agent';
import type { Clock } from '../../clock';
import { isTransient } from '../../http/errors';
import type { KubernetesClient } from '../client/client';
import { deployments, pods, replicaSets } from '../client/resource';
import { newReplicaSet, podsOf, restartsOf, rolloutVerdict, type RolloutGoal, type RolloutVerdict } from './rollout';
import { keyOf, rolloutTroubles, type Trouble } from './trouble';
import { untilChange, type Watched } from '../client/watch';

export interface RolloutSurroundings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: Pick<Agent, 'log' | 'progress'>;
}

export interface WatchRolloutOptions extends RolloutGoal {
  /** When to give up, in milliseconds since 1970. */
  readonly deadline: number;
  /** How long it must have been done, without a restart, to count. Default 0. */
  readonly minStableSeconds?: number;
}

/** A Deployment and what belongs to its present template, at one moment. */
export interface RolloutSnapshot {
  readonly deployment: Deployment | undefined;
  readonly replicaSet: ReplicaSet | undefined;
  readonly pods: readonly Pod[];
  readonly troubles: readonly Trouble[];
}

export interface RolloutEnd {
  /** `failed` for good, `timedOut` at our own deadline; `superseded` also when it was deleted: then it is not ours any more. */
  readonly outcome: 'done' | 'failed' | 'timedOut' | 'superseded';
  /** One sentence: `Deployment score: 2 of 3 new pods: CrashLoopBackOff: exit 1.` */
  readonly message: string;
  readonly snapshot: RolloutSnapshot;
}

/** Between two looks, so that a burst of changes is one. */
const settleMilliseconds = 500;
/** Without any change: for what a watch may have missed. */
const secondsBetweenLooks = 15;
/** Where there is no watch: this share of the time waited so far, as `poll` does. */
const pauseShare = 0.05;
/** For a look, so that one that hangs doesn't outlast the deadline. */
const leastBudgetSeconds = 5;
const mostBudgetSeconds = 60;

/**
 * Follows a rollout to its end, or until it is clear that it will not come to a good one. Looks first and watches then,
 * for a deployment that changes nothing has no events. Tells each change in a line. Passing faults don't end the wait.
 * Rejects with the signal's reason, or with the error of a call that is refused.
 */
export async function watchRollout(
  client: KubernetesClient,
  options: WatchRolloutOptions,
  { clock, signal, report }: RolloutSurroundings,
): Promise<RolloutEnd> {
  const { applied, deadline, minStableSeconds = 0 } = options;
  const name = applied.metadata?.name ?? '';
  const title = `Deployment ${name}`;
  const fieldSelector = `metadata.name=${name}`;
  const labelSelector = selectorText(applied.spec?.selector);
  const startedAt = clock.now();
  const troubledSince = new Map<string, number>();
  let stable: { readonly since: number; readonly restarts: number } | undefined;
  let snapshot: RolloutSnapshot = { deployment: applied, replicaSet: undefined, pods: [], troubles: [] };
  let said = '';

  for (;;) {
    let watched: readonly Watched[] = [];
    try {
      watched = await look();
      const end = judge();
      if (end) return end;
    } catch (error) {
      if (!isTransient(error)) throw error;
      tell(`Still waiting for ${title}. ${error.message}`);
    }
    const now = clock.now();
    if (now >= deadline) return ended('timedOut', `not done in time: ${situation()}`);
    const secondsLeft = Math.min(deadline - now, stabilityLeft(now)) / 1000;
    const pauseSeconds = Math.min(
      Math.max(((now - startedAt) / 1000) * pauseShare, 1),
      secondsBetweenLooks,
      secondsLeft,
    );
    if (watched.length === 0) await clock.sleep(pauseSeconds * 1000, signal);
    else {
      const seconds = Math.min(secondsBetweenLooks, secondsLeft);
      await untilChange(client, watched, { clock, signal, seconds, pauseSeconds });
      await clock.sleep(settleMilliseconds, signal);
    }
  }

  async function look(): Promise<readonly Watched[]> {
    const budgetSeconds = Math.min(Math.max((deadline - clock.now()) / 1000, leastBudgetSeconds), mostBudgetSeconds);
    const [found, sets, all] = await Promise.all([
      client.list(deployments, { fieldSelector, budgetSeconds }),
      client.list(replicaSets, { labelSelector, budgetSeconds }),
      client.list(pods, { labelSelector, budgetSeconds }),
    ]);
    const [deployment] = found.items;
    const replicaSet = deployment && newReplicaSet(deployment, sets.items);
    const own = podsOf(replicaSet, all.items);
    snapshot = { deployment, replicaSet, pods: own, troubles: rolloutTroubles(replicaSet, own) };
    return [
      { resource: deployments, fieldSelector, resourceVersion: found.resourceVersion },
      { resource: pods, labelSelector, resourceVersion: all.resourceVersion },
    ];
  }

  /** The end, if this is one. */
  function judge(): RolloutEnd | undefined {
    const verdict = rolloutVerdict(snapshot.deployment, options);
    const { state } = verdict;
    if (state === 'superseded' || state === 'deleted') return ended('superseded', verdict.message);
    if (state === 'paused' || state === 'empty') return ended('failed', verdict.message);
    if (state === 'done') return judgeStability();
    stable = undefined;
    if (state === 'deadlineExceeded') return ended('failed', `${verdict.message}: ${situation()}`);
    const final = finalTrouble();
    if (final) return ended('failed', troubleText(final));
    tellProgress(verdict);
    return undefined;
  }

  function judgeStability(): RolloutEnd | undefined {
    const restarts = restartsOf(snapshot.pods);
    if (!stable || restarts > stable.restarts) {
      if (stable) tell(`${title}: a container was restarted; waiting again for ${minStableSeconds} s without`);
      stable = { since: clock.now(), restarts };
    }
    const replicas = snapshot.deployment?.status?.readyReplicas ?? 0;
    if (stabilityLeft(clock.now()) <= 0)
      return ended('done', `successfully rolled out (${replicas} ${replicas === 1 ? 'replica' : 'replicas'})`);
    tell(`${title}: all replicas are available; watching for ${minStableSeconds} s that they stay so`);
    return undefined;
  }

  function stabilityLeft(now: number): number {
    return stable ? stable.since + minStableSeconds * 1000 - now : Infinity;
  }

  /** The trouble that has lasted longer than it may. */
  function finalTrouble(): Trouble | undefined {
    const now = clock.now();
    const present = new Set(snapshot.troubles.map(keyOf));
    for (const key of troubledSince.keys()) if (!present.has(key)) troubledSince.delete(key);
    for (const key of present) if (!troubledSince.has(key)) troubledSince.set(key, now);
    return snapshot.troubles.find(
      (trouble) => now - (troubledSince.get(keyOf(trouble)) ?? now) >= trouble.graceSeconds * 1000,
    );
  }

  function tellProgress({ message }: RolloutVerdict): void {
    const { status = {}, spec } = snapshot.deployment ?? {};
    tell([`${title}: ${message}`, ...snapshot.troubles.map(troubleText)].join('; '));
    const wanted = Math.max(1, spec?.replicas ?? 1);
    const done = (status.updatedReplicas ?? 0) + Math.min(status.availableReplicas ?? 0, status.updatedReplicas ?? 0);
    report.progress(Math.min(99, Math.floor((50 * done) / wanted)), `${title}: ${message}`);
  }

  function tell(line: string): void {
    if (line !== said) report.log(line);
    said = line;
  }

  function situation(): string {
    const verdict = rolloutVerdict(snapshot.deployment, options);
    const [worst] = snapshot.troubles;
    return worst ? troubleText(worst) : verdict.message;
  }

  function troubleText({ text, pods: at }: Trouble): string {
    return at.length === 0 ? text : `${at.length} of ${snapshot.pods.length} new pods: ${text}`;
  }

  function ended(outcome: RolloutEnd['outcome'], message: string): RolloutEnd {
    return { outcome, message: `${title}: ${message.replace(/\.$/, '')}.`, snapshot };
  }
}

/** As selectors are written in queries (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api). */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): string {
  return [
    ...Object.entries(matchLabels).map(([label, value]) => `${label}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      if (operator === 'Exists') return key;
      if (operator === 'DoesNotExist') return `!${key}`;
      return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
    }),
  ].join(',');
}
