import type { Readable } from 'node:stream';
import type { TaskResult } from '../../shared/agent/agent';
import type { Terminal } from '../output/terminal';

/** A command that does not run a task. Its help and its completion need this description only; `load` brings its code. */
export interface LocalCommand {
  /** `init`, or the group and the verb: `variables set`. */
  readonly name: string;
  /** What it does, in one sentence without a full stop. */
  readonly summary: string;
  /** What help says besides. */
  readonly details?: string;
  readonly arguments?: readonly LocalArgument[];
  readonly options?: readonly LocalOption[];
  /** Complete command lines, without the name of the program. */
  readonly examples: readonly string[];
  readonly load: () => Promise<LocalRun>;
}

export interface LocalArgument {
  /** `folder`; what follows all others can be repeated. */
  readonly name: string;
  readonly help: string;
  readonly isOptional?: true;
  readonly isRepeatable?: true;
  readonly choices?: readonly string[];
}

export interface LocalOption {
  /** As commander takes it: `--environment <name>`. */
  readonly flags: string;
  readonly help: string;
  readonly choices?: readonly string[];
  readonly isRepeatable?: true;
}

/** What was parsed: arguments in their order, options by their camelCase names. */
export interface LocalCall {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where the command runs. */
export interface LocalSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder in which it was called; absolute. */
  readonly workingFolder: string;
  readonly signal: AbortSignal;
  /** What the agent of tasks writes to. */
  readonly terminal: Terminal;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Whether people are shown the last line only. */
  readonly isQuiet: boolean;
  readonly hasColor: boolean;
  /** Shows people a line, on standard error. */
  readonly say: (text: string) => void;
  /** Is told each secret before anything else can see it. */
  readonly setSecret: (value: string) => void;
}

/** How it ended. A command throws a TaskError where it fails for a reason that is not its result. */
export interface LocalEnd {
  readonly result: TaskResult;
  readonly message: string;
  /** `name=value` lines of standard output, and the `outputs` of JSON. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** What standard output gets as it is, instead of the lines of the outputs; not with JSON. */
  readonly text?: string;
  /** What JSON has besides, as `details`. */
  readonly details?: DetailsMap;
  /** By its result, if undefined. */
  readonly exitCode?: number;
  /** What goes on after the end was reported, such as a server: the process ends when it resolves, which it does when it is interrupted. */
  readonly serve?: () => Promise<void>;
}

export type Details = string | number | boolean | null | readonly Details[] | DetailsMap;
export interface DetailsMap {
  readonly [name: string]: Details | undefined;
}

export type LocalRun = (call: LocalCall, surroundings: LocalSurroundings) => Promise<LocalEnd>;
