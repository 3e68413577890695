import type { SandboxClock } from '../../databricks/clock';
import { StatusError } from '../status';
import type { Store } from '../store';

/** Brings one kind of thing closer to what is wished; called again and again until nothing changes. */
export type Reconcile = (wakeAt: (time: number) => void) => void;

const mostRounds = 500;

/** Runs all controllers after every change, and at the times that they ask for. */
export class ControlLoop {
  readonly #store: Store;
  readonly #clock: SandboxClock;
  readonly #controllers: readonly Reconcile[];
  readonly #wakes = new Set<number>();
  readonly #stop: () => void;
  #isDue = false;

  constructor(store: Store, clock: SandboxClock, controllers: readonly Reconcile[]) {
    this.#store = store;
    this.#clock = clock;
    this.#controllers = controllers;
    this.#stop = store.onChange(({ plural }) => {
      if (plural !== 'events') this.#schedule();
    });
    this.#schedule();
  }

  close(): void {
    this.#stop();
    this.#isDue = true;
  }

  /** Looks at everything once more, for a change that no object shows. */
  run(): void {
    this.#schedule();
  }

  /** After what is going on now, so that a client first gets the answer to its change. */
  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.#run());
  }

  #run(): void {
    for (let round = 0, before = -1; before !== this.#store.revision; round++) {
      if (round === mostRounds) throw new Error('The controllers do not come to rest');
      before = this.#store.revision;
      for (const reconcile of this.#controllers) this.#try(reconcile);
    }
    this.#isDue = false;
  }

  /** What the API refuses is tried again later, as controllers do. */
  #try(reconcile: Reconcile): void {
    try {
      reconcile((time) => this.#wakeAt(time));
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.#wakeAt(this.#clock.now() + 1000);
    }
  }

  #wakeAt(time: number): void {
    if (this.#wakes.has(time)) return;
    this.#wakes.add(time);
    void this.#clock.sleep(time - this.#clock.now()).then(() => {
      this.#wakes.delete(time);
      this.#schedule();
    });
  }
}
