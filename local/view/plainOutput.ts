import type { Activity, TextStream, ViewOutput } from './output';
import { duration } from './terminalText';

/** A log that is silent for longer looks as if nothing went on. */
const silenceMilliseconds = 30_000;

/** A file, a pipe or the log of a build: lines only. What takes long is named now and then. */
export class PlainOutput implements ViewOutput {
  readonly columns = undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly stream: TextStream,
    private readonly now: () => number = Date.now,
  ) {}

  print(text: string): void {
    this.stream.write(`${text}\n`);
  }

  start({ depth, title }: Activity): void {
    this.stop();
    const started = this.now();
    this.#timer = setInterval(() => {
      this.print(`${'  '.repeat(depth)}… ${title}: running for ${duration(this.now() - started)}`);
    }, silenceMilliseconds);
    this.#timer.unref();
  }

  tell(): void {
    // The log has it.
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  close(): void {
    this.stop();
  }
}
