import { CancelledError } from '../shared/errors';

/** The signals by which a person or a system ends a program. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What the signals of the process mean: the first one cancels the work, the second one ends the process at once. */
export class Interruption {
  readonly #controller = new AbortController();
  #onFirst: () => void = () => undefined;
  #onSecond: () => void = () => process.exit(130);

  constructor(events: Pick<NodeJS.Process, 'on'> = process) {
    for (const signal of signals) events.on(signal, () => this.#interrupt());
  }

  /** Aborts at the first signal, with a CancelledError. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What is done besides; the second callback ends the process. */
  handle(onFirst: () => void, onSecond: () => void): void {
    this.#onFirst = onFirst;
    this.#onSecond = onSecond;
  }

  #interrupt(): void {
    if (this.signal.aborted) {
      this.#onSecond();
      return;
    }
    this.#onFirst();
    this.#controller.abort(new CancelledError());
  }
}
