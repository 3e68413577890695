import { spawn } from 'node:child_process';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { builtCli } from '../support/builtCli';

export interface CliEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProcess {
  readonly end: Promise<CliEnd>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves as soon as standard error holds the text; rejects when the process ends without it. */
  saw(text: string): Promise<void>;
  /** Closes our end of standard output, as `head` does when it has enough. */
  closeStdout(): void;
}

export interface CliOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly workingFolder?: string;
}

/** Starts the built command line with nothing of our own environment but the path. */
export async function startCli(args: readonly string[], options: CliOptions = {}): Promise<CliProcess> {
  const { environment = {}, input, workingFolder } = options;
  const child = spawn(process.execPath, [join(await builtCli(), 'main.cjs'), ...args], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...environment },
    ...(workingFolder !== undefined && { cwd: workingFolder }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    for (const watch of watchers) watch();
  });
  // A program that does not read its input closes it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const end = new Promise<CliEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  const saw = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const watch = (): void => {
        if (!stderr.includes(text)) return;
        watchers.delete(watch);
        resolve();
      };
      watchers.add(watch);
      watch();
      void end.then(() => reject(new Error(`The command ended without '${text}':\n${stdout}${stderr}`)));
    });
  return { end, saw, kill: (signal) => void child.kill(signal), closeStdout: () => void child.stdout.destroy() };
}

export async function runCli(args: readonly string[], options?: CliOptions): Promise<CliEnd> {
  return (await startCli(args, options)).end;
}

/** The one JSON object of a call with `-o json`. */
export interface JsonEnd {
  readonly command: string;
  readonly result: string;
  readonly message: string;
  readonly problems: readonly { readonly option: string; readonly problem: string }[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly durationSeconds: number;
}

const keys = ['command', 'result', 'message', 'problems', 'outputs', 'summary', 'durationSeconds'];

/** Reads standard output, which must be exactly one object with the keys that scripts rely on. */
export function jsonEnd({ stdout, stderr }: CliEnd): JsonEnd {
  let parsed: unknown;
  try {
    parsed = JSON.parse(stdout);
  } catch (error) {
    throw new Error(`Standard output is not one JSON value:\n${stdout}\nStandard error:\n${stderr}`, { cause: error });
  }
  assert.ok(typeof parsed === 'object' && parsed !== null);
  assert.deepEqual(Object.keys(parsed), keys);
  return parsed as JsonEnd;
}
