import type { Context } from '../../agent/context';
import { isTransient } from '../../http/errors';
import type { KubernetesClient } from '../client/client';
import { untilChange, type Watched } from '../client/watch';
import { RolloutJudge, type Judgement } from './judge';
import type { RolloutGoal } from './rollout';
import { lookAt, type RolloutSnapshot } from './snapshot';
import { troubleText } from './trouble';

export interface WatchRolloutOptions extends RolloutGoal {
  /** How long all replicas must be available, without a restart, before the rollout is done. Default 0. */
  readonly minStableSeconds?: number;
}

export interface RolloutEnd {
  /** `failed` when waiting is useless, `timedOut` at our own deadline, which waits for the last seconds of a rollout that is complete; `superseded` when somebody else has deployed or deleted it. */
  readonly outcome: 'done' | 'failed' | 'timedOut' | 'superseded';
  /** One sentence: `Deployment score: 2 of 3 new pods: CrashLoopBackOff: exit 1.` */
  readonly message: string;
  readonly snapshot: RolloutSnapshot;
}

/** Between two looks, so that a burst of changes is one. */
const settleMilliseconds = 500;
/** The longest time without a look, in case a watch misses a change. */
const secondsBetweenLooks = 15;
/** Without a watch: this share of the time waited so far, as in `poll`. */
const pauseShare = 0.05;
/** The budget of the calls of one look, so that a call that hangs doesn't outlast the deadline. */
const minBudgetSeconds = 5;
const maxBudgetSeconds = 60;

/**
 * Follows a rollout until it is done, has failed permanently, or the deadline passes. Looks first and watches then, because
 * a deployment that changes nothing causes no events. Logs each change in a line. Survives transient faults. Rejects with
 * the signal's reason, or with the error of a call that is refused.
 */
export async function watchRollout(
  client: KubernetesClient,
  options: WatchRolloutOptions,
  context: Context,
): Promise<RolloutEnd> {
  const { clock, deadline } = context;
  const title = `Deployment ${options.applied.metadata?.name ?? ''}`;
  const judge = new RolloutJudge(options, options.minStableSeconds ?? 0);
  const tell = tellChanges(title, context);
  const startedAt = clock.now();
  let snapshot: RolloutSnapshot = { deployment: options.applied, replicaSet: undefined, pods: [], troubles: [] };
  const ended = (outcome: RolloutEnd['outcome'], message: string): RolloutEnd => ({
    outcome,
    message: `${title}: ${message.replace(/\.$/, '')}.`,
    snapshot,
  });

  for (;;) {
    let watched: readonly Watched[] = [];
    let fault = '';
    try {
      const secondsLeft = (deadline - clock.now()) / 1000;
      const budgetSeconds = Math.min(Math.max(secondsLeft, minBudgetSeconds), maxBudgetSeconds);
      ({ snapshot, watched } = await lookAt(client, options.applied, { budgetSeconds, date: clock.date() }));
      const judgement = judge.judge(snapshot, clock.now());
      if (judgement.outcome) return ended(judgement.outcome, judgement.message);
      tell.judgement(judgement, snapshot);
    } catch (error) {
      if (!isTransient(error)) throw error;
      fault = ` The last attempt to read it failed: ${error.message}`;
      tell.line(`Still waiting for ${title}. ${error.message}`);
    }
    const now = clock.now();
    const isNearlyDone = judge.isNearlyDone(now);
    if (now >= deadline && !isNearlyDone)
      return ended('timedOut', `not done in time: ${judge.situation(snapshot)}${fault && `.${fault}`}`);
    const stabilityLeft = judge.stabilityLeft(now);
    const secondsLeft =
      Math.min(isNearlyDone ? Infinity : deadline - now, stabilityLeft > 0 ? stabilityLeft : Infinity) / 1000;
    await pause(client, watched, { waitedSeconds: (now - startedAt) / 1000, secondsLeft }, context);
  }
}

/** Waits for a change of these lists; without lists, for some time. */
async function pause(
  client: KubernetesClient,
  watched: readonly Watched[],
  { waitedSeconds, secondsLeft }: { readonly waitedSeconds: number; readonly secondsLeft: number },
  { clock, signal }: Context,
): Promise<void> {
  const pauseSeconds = Math.min(Math.max(waitedSeconds * pauseShare, 1), secondsBetweenLooks, secondsLeft);
  if (watched.length === 0) {
    await clock.sleep(pauseSeconds * 1000, signal);
    return;
  }
  const seconds = Math.min(secondsBetweenLooks, secondsLeft);
  await untilChange(client, watched, { clock, signal, seconds, pauseSeconds });
  await clock.sleep(settleMilliseconds, signal);
}

/** Logs what differs from what was logged last. */
function tellChanges(title: string, { agent }: Context) {
  let logged = '';
  const line = (text: string): void => {
    if (text !== logged) agent.log(text);
    logged = text;
  };
  return {
    line,
    judgement: ({ message, percent }: Judgement & { readonly outcome: undefined }, snapshot: RolloutSnapshot): void => {
      const troubles =
        percent === undefined ? [] : snapshot.troubles.map((each) => troubleText(each, snapshot.pods.length));
      line([`${title}: ${message}`, ...troubles].join('; '));
      if (percent !== undefined) agent.progress(percent, `${title}: ${message}`);
    },
  };
}
