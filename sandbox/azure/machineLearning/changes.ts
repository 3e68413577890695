import type { OperationFailure, OperationState } from '../operations';
import { additionalInfo } from './mlError';

export type ChangeKind = 'create' | 'update' | 'scale' | 'delete';

/** Something that is being done with a resource, from one time to another. */
export interface Change {
  readonly kind: ChangeKind;
  /** In epoch milliseconds. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly failure?: OperationFailure;
  readonly isApplied: boolean;
}

/** What is done with one resource, one thing after another: a deletion waits for what runs. */
export class Changes {
  readonly #all: (Change & { isApplied: boolean; readonly apply: () => void })[] = [];

  constructor(private readonly clock: { now(): number }) {}

  /** Begins a change, after those that run, but not before a time. `apply` is called when it has succeeded. */
  begin(
    kind: ChangeKind,
    seconds: number,
    { apply, failure, notBefore = 0 }: { apply: () => void; failure?: OperationFailure; notBefore?: number },
  ): Change {
    const startsAt = Math.max(this.clock.now(), this.endsAt, notBefore);
    const change = {
      kind,
      startsAt,
      endsAt: startsAt + seconds * 1000,
      apply,
      isApplied: false,
      ...(failure && { failure }),
    };
    this.#all.push(change);
    return change;
  }

  /** When everything that has begun is over; 0 before anything. */
  get endsAt(): number {
    return Math.max(0, ...this.#all.map((change) => change.endsAt));
  }

  /** The one that runs now, or the next to run. */
  get running(): Change | undefined {
    this.settle();
    return this.#all.find(({ endsAt }) => endsAt > this.clock.now());
  }

  /** The last one that is over. */
  get last(): Change | undefined {
    this.settle();
    return this.#all.filter(({ endsAt }) => endsAt <= this.clock.now()).at(-1);
  }

  get deletion(): Change | undefined {
    return this.#all.find(({ kind }) => kind === 'delete');
  }

  /** Whether anything that made or changed the resource has succeeded. */
  get hasSucceeded(): boolean {
    this.settle();
    return this.#all.some(({ isApplied, kind }) => isApplied && kind !== 'delete');
  }

  /** `Creating`, `Updating`, `Scaling`, `Deleting`, `Succeeded` or `Failed`. */
  get provisioningState(): string {
    const { running } = this;
    if (running) return words[running.kind];
    return this.last?.failure ? 'Failed' : 'Succeeded';
  }

  /** How the operation of a change stands: its word for running is always the same. */
  stateOf({ endsAt, failure }: Change, location: string): OperationState {
    this.settle();
    if (endsAt > this.clock.now()) return { status: 'Updating' };
    if (!failure) return { status: 'Succeeded' };
    return { status: 'Failed', error: { ...failure, details: [], additionalInfo: additionalInfo(location) } };
  }

  /** Lets what has ended take effect; nothing else does it while time passes. */
  settle(): void {
    for (const change of this.#all) {
      if (change.isApplied || change.failure || change.endsAt > this.clock.now()) continue;
      change.isApplied = true;
      change.apply();
    }
  }
}

const words: Readonly<Record<ChangeKind, string>> = {
  create: 'Creating',
  update: 'Updating',
  scale: 'Scaling',
  delete: 'Deleting',
};
