import type { PipelineReport, RunEvent } from '../../sandbox/agent/report';

/** Where runs are shown. */
export interface RunView {
  pipeline(title: string, file: string): void;
  event(event: RunEvent): void;
  line(text: string): void;
  report(report: PipelineReport): void;
}

/** Tells of one run. */
export interface RunTeller {
  event(event: RunEvent): void;
  line(text: string): void;
  /** The run has ended; without a report when it could not be run as it is written. */
  end(report?: PipelineReport): void;
}

/** Shows runs one after the other, in the order in which they start, although they overlap. */
export class RunSequence {
  /** The runs that have started and are not shown in full; the first one is shown as it runs. */
  readonly #open: { readonly held: (() => void)[]; isEnded: boolean }[] = [];

  constructor(private readonly view: RunView) {}

  start(title: string, file: string): RunTeller {
    const run = { held: [] as (() => void)[], isEnded: false };
    this.#open.push(run);
    const show = (action: () => void): void => {
      if (this.#open[0] === run) action();
      else run.held.push(action);
    };
    show(() => this.view.pipeline(title, file));
    return {
      event: (event) => show(() => this.view.event(event)),
      line: (text) => show(() => this.view.line(text)),
      end: (report) => {
        if (report) show(() => this.view.report(report));
        run.isEnded = true;
        this.#next();
      },
    };
  }

  /** Goes on to the next run, with what was held back of it, for as long as the first one has ended. */
  #next(): void {
    while (this.#open[0]?.isEnded === true) {
      this.#open.shift();
      const next = this.#open.at(0);
      if (next) for (const action of next.held.splice(0)) action();
    }
  }
}
