import { restartsOf, rolloutVerdict, type RolloutGoal } from './rollout';
import type { RolloutSnapshot } from './snapshot';
import { keyOf, troubleText, type Trouble } from './trouble';

/** How a rollout stands: it has ended, or goes on, in a phrase that follows the name of its Deployment. */
export type Judgement =
  | { readonly outcome: 'done' | 'failed' | 'superseded'; readonly message: string }
  | {
      readonly outcome: undefined;
      readonly message: string;
      /** Undefined where all replicas are available, and only time has to pass. */
      readonly percent: number | undefined;
    };

/** Judges the snapshots of one rollout, in order: some troubles are final only when they last, and so is success. */
export class RolloutJudge {
  readonly #troubledSince = new Map<string, number>();
  #stable: { readonly since: number; readonly restarts: number; readonly hasRestarted: boolean } | undefined;
  #seen = 'it was not read yet';

  constructor(
    private readonly goal: RolloutGoal,
    /** How long all replicas must be available, without a restart, before the rollout is done. */
    private readonly minStableSeconds: number,
  ) {}

  judge(snapshot: RolloutSnapshot, now: number): Judgement {
    const judgement = this.#judge(snapshot, now);
    this.#seen = judgement.message;
    return judgement;
  }

  #judge(snapshot: RolloutSnapshot, now: number): Judgement {
    const { state, message } = rolloutVerdict(snapshot.deployment, this.goal);
    if (state === 'superseded' || state === 'deleted') return { outcome: 'superseded', message };
    if (state === 'paused' || state === 'empty') return { outcome: 'failed', message };
    if (state === 'done') return this.#judgeStability(snapshot, now);
    this.#stable = undefined;
    if (state === 'deadlineExceeded') {
      const reason = worstOf(snapshot);
      return { outcome: 'failed', message: reason === undefined ? message : `${message}: ${reason}` };
    }
    const final = this.#finalTrouble(snapshot, now);
    if (final) return { outcome: 'failed', message: troubleText(final, snapshot.pods.length) };
    return { outcome: undefined, message, percent: percentOf(snapshot) };
  }

  /** What keeps the rollout from being done: its gravest trouble, or what was judged last. */
  situation(snapshot: RolloutSnapshot): string {
    return worstOf(snapshot) ?? this.#seen;
  }

  /** How many milliseconds are left until the rollout is done, if nothing changes; Infinity while it isn't complete. */
  stabilityLeft(now: number): number {
    return this.#stable ? this.#stable.since + this.minStableSeconds * 1000 - now : Infinity;
  }

  /** Whether only seconds are missing: all replicas are available, and none was restarted since. */
  isNearlyDone(now: number): boolean {
    const left = this.stabilityLeft(now);
    return left > 0 && left < Infinity && this.#stable?.hasRestarted === false;
  }

  #judgeStability({ deployment, pods }: RolloutSnapshot, now: number): Judgement {
    const restarts = restartsOf(pods);
    const hasRestarted = this.#stable !== undefined && restarts > this.#stable.restarts;
    if (!this.#stable || hasRestarted) this.#stable = { since: now, restarts, hasRestarted };
    const replicas = deployment?.status?.readyReplicas ?? 0;
    if (this.stabilityLeft(now) <= 0) {
      const count = `${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`;
      return { outcome: 'done', message: `successfully rolled out (${count})` };
    }
    const wait = `${this.minStableSeconds} s`;
    const message = hasRestarted
      ? `a container was restarted; waiting again for ${wait} without a restart`
      : `all replicas are available; waiting ${wait} without a restart`;
    return { outcome: undefined, message, percent: undefined };
  }

  /** The trouble that has lasted longer than its grace period. */
  #finalTrouble({ troubles }: RolloutSnapshot, now: number): Trouble | undefined {
    const present = new Set(troubles.map(keyOf));
    for (const key of this.#troubledSince.keys()) if (!present.has(key)) this.#troubledSince.delete(key);
    for (const key of present) if (!this.#troubledSince.has(key)) this.#troubledSince.set(key, now);
    return troubles.find(
      (trouble) => now - (this.#troubledSince.get(keyOf(trouble)) ?? now) >= trouble.graceSeconds * 1000,
    );
  }
}

function worstOf({ troubles, pods }: RolloutSnapshot): string | undefined {
  const [worst] = troubles;
  return worst && troubleText(worst, pods.length);
}

/** Half for each replica that is updated, half for each that is available. */
function percentOf({ deployment }: RolloutSnapshot): number {
  const { status = {}, spec } = deployment ?? {};
  const wanted = Math.max(1, spec?.replicas ?? 1);
  const { updatedReplicas = 0, availableReplicas = 0 } = status;
  const done = updatedReplicas + Math.min(availableReplicas, updatedReplicas);
  return Math.min(99, Math.floor((50 * done) / wanted));
}
