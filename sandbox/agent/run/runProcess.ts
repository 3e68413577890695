import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Clock } from '../../clock';
import type { ProcessTimings } from './runState';

export interface ProcessOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  readonly onStart: (processId: number) => void;
  /** Asks the process to end: SIGINT, then SIGTERM, then a kill of its whole tree. */
  readonly signal: AbortSignal;
  /** Kills its whole tree at once. */
  readonly kill: AbortSignal;
  readonly clock: Clock;
  readonly timings: ProcessTimings;
}

/**
 * Runs a process with stdin closed and hands over its output line by line. Gives its exit code: 128 and the signal's number
 * when a signal ended it. Rejects when it can't be started.
 */
export async function runProcess(options: ProcessOptions): Promise<number> {
  const { file, args, cwd, environment, onLine, clock, timings } = options;
  const child = spawn(file, args, {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that its children can be ended with it and a Ctrl+C in the terminal reaches only the agent.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  for (const stream of ['stdout', 'stderr'] as const) {
    createInterface({ input: child[stream], crlfDelay: Infinity }).on('line', (line) => onLine(line, stream));
  }
  const ended = new AbortController();
  const { pid } = child;
  if (pid !== undefined) {
    options.onStart(pid);
    const kill = (): void => killTree(pid);
    // The process is in a group of its own: nothing else would end it when this one exits before it.
    process.once('exit', kill);
    ended.signal.addEventListener('abort', () => process.off('exit', kill), { once: true });
    const interrupt = (): void => void interruptProcess((signal) => child.kill(signal), kill, options, ended.signal);
    options.signal.addEventListener('abort', interrupt, { once: true, signal: ended.signal });
    options.kill.addEventListener('abort', kill, { once: true, signal: ended.signal });
  }
  try {
    const end = await exit;
    await Promise.race([closed, clock.sleep(timings.outputMilliseconds, ended.signal)]);
    return end;
  } finally {
    ended.abort();
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

async function interruptProcess(
  send: (signal: NodeJS.Signals) => void,
  kill: () => void,
  { clock, timings }: ProcessOptions,
  ended: AbortSignal,
): Promise<void> {
  try {
    send('SIGINT');
    await clock.sleep(timings.interruptMilliseconds, ended);
    send('SIGTERM');
    await clock.sleep(timings.terminateMilliseconds, ended);
    kill();
  } catch (error) {
    if (!ended.aborted) throw error;
  }
}

/** Ends a process and everything it started. One that is gone already is fine; its id may then be another user's. */
export function killTree(processId: number): void {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(processId), '/t', '/f'], { windowsHide: true });
    return;
  }
  try {
    process.kill(-processId, 'SIGKILL');
  } catch (error) {
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
