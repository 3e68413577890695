import type { SandboxClock } from '../../clock';

export interface LogLine {
  readonly time: number;
  readonly text: string;
}

/** What one run of a container wrote. */
export class ContainerLog {
  readonly lines: LogLine[] = [];
  readonly #listeners = new Set<(line: LogLine) => void>();
  readonly #ended = new AbortController();

  constructor(readonly clock: SandboxClock) {}

  write(text: string): void {
    const line = { time: this.clock.now(), text };
    this.lines.push(line);
    for (const listener of this.#listeners) listener(line);
  }

  end(): void {
    this.#ended.abort();
  }

  /** Passes on new lines until the container has ended or the reader is gone. */
  follow(listener: (line: LogLine) => void, gone: AbortSignal): Promise<void> {
    const over = AbortSignal.any([this.#ended.signal, gone]);
    this.#listeners.add(listener);
    return new Promise((resolve) => {
      const finish = () => {
        this.#listeners.delete(listener);
        resolve();
      };
      if (over.aborted) finish();
      else over.addEventListener('abort', finish, { once: true });
    });
  }
}
