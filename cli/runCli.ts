import { CommanderError } from 'commander';
import type { Readable } from 'node:stream';
import { internalError } from '../shared/agent/internalError';
import { CancelledError, InputError, TaskError } from '../shared/errors';
import { terminalWords } from './agent/terminalWords';
import { exitCodes } from './exitCodes';
import type { Interruption } from './interruption';
import type { LocalCommandCall } from './local/runLocal';
import type { CliManifest } from './manifest';
import { readGlobalOptions } from './options/globalOptions';
import { endAsJson, outputLines, showEnd, type CommandEnd, type OutputFormat } from './output/report';
import type { Terminal } from './output/terminal';
import { createProgram, isCompletion, namedCommand } from './program';
import { commandName, type CommandCall } from './run/commandCall';
import { optionProblems, terminalMessage } from './run/nameProblems';
import { usageErrorOf } from './parserError';
import { UsageError } from './usageError';

export interface CliSurroundings {
  readonly args: readonly string[];
  readonly readManifest: () => CliManifest;
  readonly terminal: Terminal;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly interruption: Interruption;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Ends the process. */
  readonly exit: (code: number) => void;
}

type Ended = Omit<CommandEnd, 'command' | 'durationSeconds'> & {
  readonly exitCode: number;
  readonly text?: string;
  /** What goes on after the report, until it is interrupted. */
  readonly serve?: () => Promise<void>;
};

/**
 * One call of the command line, reported exactly once, whatever happens: with `-o json` one object on standard output, also
 * for a command line that cannot be parsed, an internal error and an interruption.
 */
export class CliCall {
  readonly #surroundings: CliSurroundings;
  readonly #startedAt: number;
  #format: OutputFormat;
  #command: string;
  #call: CommandCall | LocalCommandCall | undefined;
  #isReported = false;
  #isServing = false;

  constructor(surroundings: CliSurroundings) {
    this.#surroundings = surroundings;
    this.#startedAt = surroundings.now();
    const { args, environment, interruption, terminal } = surroundings;
    // What is known before anything is parsed.
    this.#format = roughFormat(args, environment);
    this.#command = namedCommand(args);
    interruption.handle(
      () => terminal.say('Cancelling. Press Ctrl+C again to end at once.', 'yellow'),
      () => this.#endAtOnce(),
    );
  }

  /** Runs the call and ends the process. Never rejects. */
  async run(): Promise<void> {
    try {
      await this.#report(await this.#carryOut());
    } catch (error) {
      await this.fail(error);
    }
  }

  /** Reports an error that nothing else caught, and ends the process. */
  async fail(error: unknown): Promise<void> {
    if (this.#isServing) return this.#endServing(error);
    await this.#report(this.#failure(error));
  }

  async #carryOut(): Promise<Ended | undefined> {
    const { args, readManifest, terminal, environment, interruption } = this.#surroundings;
    let printed = '';
    const output = { helpWidth: terminal.helpWidth, print: (text: string) => void (printed += text) };
    const program = createProgram({ readManifest, args, output });
    if (isCompletion(args)) {
      const { completions } = await import('./local/complete/completions');
      return this.#print(completions(program.command, args.slice(2)));
    }
    const call = program.parse(args);
    if (!call) return this.#print(printed);
    this.#call = call;
    this.#command = 'local' in call ? call.local.name : commandName(call.row);
    const options = readGlobalOptions(call.parsed, environment);
    this.#format = options.output;
    terminal.show(options);
    interruption.signal.throwIfAborted();
    if ('local' in call) {
      const { runLocal } = await import('./local/runLocal');
      return runLocal(call, { ...this.#surroundings, signal: interruption.signal });
    }
    if (options.isAsYaml) {
      const { pipelineStep } = await import('./run/pipelineStep');
      return this.#print(await pipelineStep(call, { ...this.#surroundings, signal: interruption.signal }));
    }
    if (environment['TF_BUILD'] !== undefined)
      terminal.say(
        `In a pipeline, the task ${call.task.name}@${call.task.majorVersion} does the same; --as-yaml prints its step.`,
        'dim',
      );
    const { runCommand } = await import('./run/runCommand');
    return runCommand(call, options, { ...this.#surroundings, signal: interruption.signal });
  }

  /** Text that was asked for, such as help, instead of work. */
  async #print(text: string): Promise<Ended | undefined> {
    if (this.#format === 'json') return { ...nothing, result: 'Succeeded', message: text.trim(), exitCode: 0 };
    await this.#surroundings.terminal.data(text);
    return undefined;
  }

  #failure(error: unknown): Ended {
    if (error instanceof CommanderError) return this.#failure(usageErrorOf(error));
    const { interruption, terminal } = this.#surroundings;
    if (error instanceof Error && terminal.isDebugging) terminal.say(error.stack ?? error.message, 'dim');
    const inputs = this.#call && 'task' in this.#call ? this.#call.task.inputs : [];
    const isCancelled = error instanceof CancelledError || interruption.signal.aborted;
    const message = error instanceof TaskError ? error.message : internalError(error, terminalWords);
    const isUsage = error instanceof UsageError || error instanceof InputError;
    const result = isCancelled ? 'Canceled' : 'Failed';
    return {
      ...nothing,
      result,
      message: terminalMessage(isCancelled && !(error instanceof TaskError) ? 'Cancelled.' : message, error, inputs),
      problems: optionProblems(error, inputs),
      exitCode: isCancelled ? exitCodes.interrupted : isUsage ? exitCodes.usage : exitCodes.failed,
    };
  }

  async #report(ended: Ended | undefined): Promise<void> {
    if (this.#isReported) return;
    this.#isReported = true;
    const { terminal, exit } = this.#surroundings;
    let exitCode = ended?.exitCode ?? exitCodes.succeeded;
    if (ended) {
      const end = this.#complete(ended);
      showEnd(end, terminal, this.#format);
      const data = this.#format === 'json' ? endAsJson(end, terminal) : textOf(end, ended.text, terminal);
      try {
        await this.#unlessBlocked(terminal.data(data));
      } catch {
        // The reader is gone, such as `head`. Who reads the exit code must not take this for a success.
        const { aborted } = this.#surroundings.interruption.signal;
        if (exitCode === exitCodes.succeeded) exitCode = aborted ? exitCodes.interrupted : exitCodes.failed;
      }
    }
    if (ended?.serve) {
      this.#isServing = true;
      await ended.serve();
      this.#isServing = false;
    }
    await this.#unlessBlocked(terminal.flushed()).catch(() => undefined);
    exit(exitCode);
  }

  /** What is written, as long as somebody reads it or nobody interrupts: a reader that does not read is not waited for then. */
  async #unlessBlocked(writing: Promise<void>): Promise<void> {
    const { signal } = this.#surroundings.interruption;
    let stop = (): void => undefined;
    const isBlocked = new Promise<never>((_, reject) => {
      const wait = (): void => void setTimeout(() => reject(new Error('nobody reads the output')), millisecondsToRead);
      if (signal.aborted) wait();
      else signal.addEventListener('abort', wait, { once: true });
      stop = () => signal.removeEventListener('abort', wait);
    });
    await Promise.race([writing, isBlocked]).finally(stop);
  }

  /** What goes on after the report has failed: that it succeeded was already said. */
  async #endServing(error: unknown): Promise<void> {
    const { terminal, exit } = this.#surroundings;
    terminal.conclude(`Failed: ${this.#failure(error).message}`, 'red');
    await terminal.flushed();
    exit(exitCodes.failed);
  }

  #endAtOnce(): void {
    const { terminal, exit } = this.#surroundings;
    if (!this.#isReported && this.#format === 'json') {
      const message = 'Ended at once: work that was started may continue.';
      const ended: Ended = { ...nothing, result: 'Canceled', message, exitCode: exitCodes.interrupted };
      this.#isReported = true;
      terminal.dataAtOnce(endAsJson(this.#complete(ended), terminal));
    }
    exit(exitCodes.interrupted);
  }

  #complete(ended: Ended): CommandEnd {
    const milliseconds = this.#surroundings.now() - this.#startedAt;
    return { ...ended, command: this.#command, durationSeconds: Math.round(milliseconds / 100) / 10 };
  }
}

/** What was asked for as it is, such as a schema, or the outputs. */
function textOf(end: CommandEnd, text: string | undefined, terminal: Terminal): string {
  return text === undefined ? outputLines(end, terminal) : terminal.redactor.redact(text);
}

/** After an interruption. */
const millisecondsToRead = 2000;

const nothing = { problems: [], outputs: {}, summary: '' } as const;

function roughFormat(args: readonly string[], environment: CliSurroundings['environment']): OutputFormat {
  let format = environment['MLOCCLI_OUTPUT'] === 'json' ? 'json' : 'text';
  for (const [index, arg] of args.entries()) {
    const [, value = /^(-o|--output)$/.test(arg) ? args[index + 1] : undefined] =
      /^(?:-o|--output=)(.+)$/.exec(arg) ?? [];
    if (value === 'json' || value === 'text') format = value;
  }
  return format === 'json' ? 'json' : 'text';
}
