import type { SandboxClock } from '../../clock';
import { StatusError } from '../status';
import type { Store } from '../store';

/** Brings one kind of thing closer to what is wished; called again and again until nothing changes. */
export type Reconcile = (wakeAt: (time: number) => void) => void;

const mostRounds = 500;

/** Runs all controllers after every change, at once or after some sandbox time, and at the times that they ask for. */
export class ControlLoop {
  readonly #store: Store;
  readonly #clock: SandboxClock;
  readonly #controllers: readonly Reconcile[];
  readonly #delayMilliseconds: number;
  readonly #wakes = new Set<number>();
  readonly #stop: () => void;
  #isDue = false;
  #isClosed = false;

  constructor(store: Store, clock: SandboxClock, controllers: readonly Reconcile[], delayMilliseconds: number) {
    this.#store = store;
    this.#clock = clock;
    this.#controllers = controllers;
    this.#delayMilliseconds = delayMilliseconds;
    this.#stop = store.onChange(({ plural }) => {
      if (plural !== 'events') this.#schedule();
    });
    this.#schedule();
  }

  close(): void {
    this.#stop();
    this.#isClosed = true;
  }

  /** Looks at everything once more, for a change that no object shows. */
  run(): void {
    this.#schedule();
  }

  /** After what is going on now, so that a client first gets the answer to its change. */
  #schedule(): void {
    if (this.#isDue || this.#isClosed) return;
    this.#isDue = true;
    if (this.#delayMilliseconds === 0) queueMicrotask(() => this.#run());
    else void this.#clock.sleep(this.#delayMilliseconds).then(() => this.#run());
  }

  #run(): void {
    if (this.#isClosed) return;
    for (let round = 0, before = -1; before !== this.#store.revision; round++) {
      if (round === mostRounds) throw new Error('The controllers did not settle');
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
