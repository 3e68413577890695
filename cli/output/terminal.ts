import { harmless } from '../../shared/agent/harmless';
import { Redactor } from '../../shared/agent/redactor';

/** The codes of ECMA-48 that begin a style. `styleText` of Node looks at standard output, which is another stream. */
const styles = { red: 31, yellow: 33, green: 32, dim: 2, bold: 1 } as const;

type Style = keyof typeof styles;

/** The part of a stream of Node that is used. */
export interface TerminalStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string, done: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

export interface TerminalOptions {
  /** Called when the stream is used for the first time: to open one takes time. */
  readonly openStdout: () => TerminalStream;
  readonly openStderr: () => TerminalStream;
  /** Of the terminal that standard output is; undefined where it is none. */
  readonly columns: () => number | undefined;
  /** Writes to standard output before it returns, and throws where it cannot. Returns how many bytes were written. */
  readonly writeAtOnce: (bytes: Uint8Array) => number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How much is shown: `quiet` is the last line only. */
export interface Verbosity {
  readonly isQuiet: boolean;
  readonly isDebugging: boolean;
  readonly hasColor: boolean;
}

/**
 * The only way from the command line to its streams: data goes to standard output, everything else to standard error. No
 * secret that is known leaves it, and no control character, with which a text from outside could change what the terminal shows.
 */
export class Terminal {
  readonly redactor: Redactor;
  readonly #options: TerminalOptions;
  readonly #environment: TerminalOptions['environment'];
  #openedStdout: TerminalStream | undefined;
  #openedStderr: TerminalStream | undefined;
  #verbosity: Verbosity = { isQuiet: false, isDebugging: false, hasColor: true };
  #hasStatusLine = false;
  /** Why a stream does not take anything any more, such as a closed pipe. */
  readonly #broken = new Map<TerminalStream, Error>();

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#environment = options.environment;
    this.redactor = new Redactor(secretsOf(options.environment));
  }

  show(verbosity: Verbosity): void {
    this.#verbosity = verbosity;
  }

  get isDebugging(): boolean {
    return this.#verbosity.isDebugging;
  }

  /** The width of help: as wide as the terminal, but not so wide that lines are hard to read. */
  get helpWidth(): number {
    return Math.min(widthOf(this.#options.columns()), 110);
  }

  /** Whether a person can be asked. */
  get canAsk(): boolean {
    return this.#stderr.isTTY === true;
  }

  /** A text as it may be shown: without secrets and control characters. */
  safe(text: string): string {
    const visible = this.redactor.redact(text).replaceAll(controls, escaped);
    // In a script step of a pipeline the agent would execute what looks like a command.
    return this.#environment['TF_BUILD'] === undefined ? visible : harmless(visible);
  }

  /** A line for people; nothing with `--quiet`. */
  say(text: string, style?: Style): void {
    if (!this.#verbosity.isQuiet) this.#line(text, style);
  }

  /** The line that is shown in any case. */
  conclude(text: string, style?: Style): void {
    this.#line(text, style);
  }

  /** Shows how far the work is, in one line that is replaced; only where it can be replaced. */
  status(text: string): void {
    if (this.#stderr.isTTY !== true || this.#verbosity.isQuiet || this.#environment['TERM'] === 'dumb') return;
    const width = Math.max(widthOf(this.#stderr.columns) - 1, 10);
    const [line = ''] = this.safe(text).split('\n');
    this.#write(this.#stderr, `\r\u001b[K${Array.from(line).slice(0, width).join('')}`);
    this.#hasStatusLine = true;
  }

  clearStatus(): void {
    if (this.#hasStatusLine) this.#write(this.#stderr, '\r\u001b[K');
    this.#hasStatusLine = false;
  }

  /** Data: resolves when the reader has it. Rejects when it cannot be written any more, such as to a closed pipe. */
  async data(text: string): Promise<void> {
    if (!this.#openedStdout && text.length <= mostAtOnce && this.#tryAtOnce(text)) return;
    await new Promise<void>((resolve, reject) => {
      const stdout = this.#stdout;
      const broken = this.#broken.get(stdout);
      const settle = (error?: Error | null): void => {
        if (error) reject(error);
        else resolve();
      };
      if (broken) settle(broken);
      else stdout.write(text, settle);
    });
  }

  /**
   * As `data`, before it returns, for a process that ends at once. A reader that is gone, or does not read for a second, gets
   * nothing.
   */
  dataAtOnce(text: string): void {
    const bytes = Buffer.from(text);
    let waits = 0;
    for (let written = 0; written < bytes.length && waits < mostWaits;) {
      try {
        written += this.#options.writeAtOnce(bytes.subarray(written));
      } catch (error) {
        if (!isFull(error)) return;
        waits++;
        pause(waitMilliseconds);
      }
    }
  }

  /** Whether it was written. A part is never written: the system takes so short a text as a whole. */
  #tryAtOnce(text: string): boolean {
    const bytes = Buffer.from(text);
    if (bytes.length > mostAtOnce) return false;
    try {
      return this.#options.writeAtOnce(bytes) === bytes.length;
    } catch (error) {
      if (isFull(error)) return false;
      throw error;
    }
  }

  /** Resolves when standard error has taken everything. */
  flushed(): Promise<void> {
    this.clearStatus();
    const stderr = this.#openedStderr;
    return new Promise((resolve) => (stderr ? stderr.write('', () => resolve()) : resolve()));
  }

  get #stdout(): TerminalStream {
    return (this.#openedStdout ??= this.#watched(this.#options.openStdout()));
  }

  get #stderr(): TerminalStream {
    return (this.#openedStderr ??= this.#watched(this.#options.openStderr()));
  }

  #watched(stream: TerminalStream): TerminalStream {
    stream.on('error', (error) => this.#broken.set(stream, error));
    return stream;
  }

  #line(text: string, style?: Style): void {
    this.clearStatus();
    const safe = this.safe(text);
    this.#write(this.#stderr, `${style && this.#isColored ? `\u001b[${styles[style]}m${safe}\u001b[0m` : safe}\n`);
  }

  get #isColored(): boolean {
    const { NO_COLOR: noColor, TERM: term } = this.#environment;
    return this.#verbosity.hasColor && this.#stderr.isTTY === true && !noColor && term !== 'dumb';
  }

  #write(stream: TerminalStream, text: string): void {
    // Nobody reads it any more, but the work goes on.
    if (!this.#broken.has(stream)) stream.write(text, () => undefined);
  }
}

/** Some terminals do not know theirs, and say 0. */
function widthOf(columns: number | undefined): number {
  return columns !== undefined && columns > 0 ? columns : 80;
}

/** PIPE_BUF of Linux: a pipe takes as many bytes as a whole or not at all. */
const mostAtOnce = 4096;
const [waitMilliseconds, mostWaits] = [10, 100];

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}

/** Blocks the process. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** All but line ends and tabs: C0, DEL, C1, and the marks that reverse the direction of a text. */
// eslint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

function escaped(character: string): string {
  if (character === '\r') return '';
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const secretNames = /(TOKEN|SECRET|PASSWORD|PASSWD|_PAT|APIKEY|API_KEY|ACCESS_KEY)$/i;

/** The secrets in the environment of a person: those by which programs sign in. */
function secretsOf(environment: TerminalOptions['environment']): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) => (value && secretNames.test(name) ? [value] : []));
}
