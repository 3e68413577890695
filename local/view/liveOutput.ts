import type { Activity, TextStream, ViewOutput } from './output';
import { renderRow } from './rows';
import { duration, type Paint } from './terminalText';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMilliseconds = 100;
const [hideCursor, showCursor] = ['\u001B[?25l', '\u001B[?25h'];
/** Clears what is right of the text, and what a line that a smaller window has broken left below. */
const clearRest = '\u001B[J';

/** A terminal: the last line is drawn again and again, with a spinner and the time that has passed. */
export class LiveOutput implements ViewOutput {
  #activity: (Activity & { readonly started: number; readonly detail: string }) | undefined;
  #frame = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly stream: TextStream,
    private readonly paint: Paint,
    private readonly now: () => number = Date.now,
  ) {
    this.stream.write(hideCursor);
    this.#timer = setInterval(() => {
      this.#frame += 1;
      if (this.#activity) this.#draw('');
    }, frameMilliseconds);
    this.#timer.unref();
  }

  get columns(): number {
    return this.stream.columns ?? 80;
  }

  print(text: string): void {
    this.#draw(`${text}\n`);
  }

  start(activity: Activity): void {
    this.#activity = { ...activity, started: this.now(), detail: '' };
    this.#draw('');
  }

  tell(detail: string): void {
    // Drawn with the next frame: a step may say a thousand lines a second.
    if (this.#activity) this.#activity = { ...this.#activity, detail };
  }

  stop(): void {
    this.#activity = undefined; // what is printed next takes its place
  }

  close(): void {
    clearInterval(this.#timer);
    this.#activity = undefined;
    this.#draw('');
    this.stream.write(showCursor);
  }

  /** In one write, and over what is there, so that nothing flickers. The cursor stays in the last line. */
  #draw(lines: string): void {
    // What a line leaves of the one it is written over is cleared line by line.
    const kept = lines.replaceAll('\n', '\u001B[K\n');
    this.stream.write(`\r${kept}${this.#activityLine()}${clearRest}\r`);
  }

  #activityLine(): string {
    if (!this.#activity) return '';
    const { started, ...activity } = this.#activity;
    const mark = frames[this.#frame % frames.length] ?? '';
    const time = duration(this.now() - started);
    return renderRow({ ...activity, mark, style: 'cyan', time }, this.columns, this.paint);
  }
}
