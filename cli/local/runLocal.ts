import type { Readable } from 'node:stream';
import type { TaskResult } from '../../shared/agent/agent';
import { exitCodes } from '../exitCodes';
import type { CommandEnd } from '../output/report';
import type { Terminal } from '../output/terminal';
import { exitCodeOf } from '../run/exitCodeOf';
import { plainMessage } from '../run/nameProblems';
import type { Details, DetailsMap, LocalCall, LocalCommand, LocalEnd, LocalRun } from './localCommand';

/** A command that does not run a task, as it was called. */
export interface LocalCommandCall {
  readonly local: LocalCommand;
  readonly call: LocalCall;
  /** All that was parsed, with the options of all commands. */
  readonly parsed: Readonly<Record<string, unknown>>;
}

interface Surroundings {
  readonly terminal: Terminal;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly signal: AbortSignal;
}

type Ended = Omit<CommandEnd, 'command' | 'durationSeconds'> & {
  readonly exitCode: number;
  readonly text?: string;
  readonly serve?: () => Promise<void>;
};

/** Runs the command. Rejects as it does. */
export async function runLocal({ local, call, parsed }: LocalCommandCall, surroundings: Surroundings): Promise<Ended> {
  const { terminal } = surroundings;
  const run = await local.load();
  const end = await orSignInRefused(run, call, {
    ...surroundings,
    isQuiet: parsed['quiet'] === true,
    hasColor: parsed['color'] !== false,
    say: (text) => terminal.say(text),
    setSecret: (value) => terminal.redactor.add(value),
  });
  const { result, message, outputs = {}, text, details, serve, exitCode = codeOf(result) } = end;
  return {
    result,
    message,
    problems: [],
    outputs,
    summary: '',
    ...(text !== undefined && { text }),
    ...(serve && { serve }),
    ...(details && { details: safeDetails(details, terminal) }),
    exitCode,
  };
}

/** Missing or refused credentials have an exit code of their own. */
async function orSignInRefused(...[run, call, surroundings]: [LocalRun, ...Parameters<LocalRun>]): Promise<LocalEnd> {
  try {
    return await run(call, surroundings);
  } catch (error) {
    const exitCode = exitCodeOf('Failed', error, false);
    if (surroundings.signal.aborted || exitCode !== exitCodes.signInRefused) throw error;
    return { result: 'Failed', message: plainMessage(error), exitCode };
  }
}

function codeOf(result: TaskResult): number {
  if (result === 'Canceled') return exitCodes.interrupted;
  return result === 'Failed' ? exitCodes.failed : exitCodes.succeeded;
}

/** Without secrets. */
function safeDetails(details: DetailsMap, { redactor }: Terminal): DetailsMap {
  const safe = (value: Details | undefined): Details | undefined => {
    if (typeof value === 'string') return redactor.redact(value);
    if (isDetailsList(value)) return value.map((item) => safe(item) ?? null);
    return typeof value === 'object' && value !== null ? safeMap(value) : value;
  };
  const safeMap = (map: DetailsMap): DetailsMap =>
    Object.fromEntries(Object.entries(map).map(([name, value]) => [name, safe(value)]));
  return safeMap(details);
}

function isDetailsList(value: Details | undefined): value is readonly Details[] {
  return Array.isArray(value);
}
