import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ToolError } from '../commandLine';

const stopSeconds = 10;
const shownLogLines = 40;

/** A program of the control plane that runs until it is stopped. */
export interface Component {
  /** Rejects with the end of its log when the program ends before it is stopped; never resolves. */
  readonly died: Promise<never>;
  /** Ends the program and waits for its end. Rejects if it had ended by itself. */
  stop(): Promise<void>;
}

/** Starts a program in `folder`, where its log is kept. It ends with this process, however this one ends. */
export function startComponent(binary: string, args: readonly string[], folder: string): Component {
  const name = path.basename(binary);
  const logFile = path.join(folder, `${name}.log`);
  const log = openSync(logFile, 'a');
  const program = spawn(binary, args, { cwd: folder, stdio: ['ignore', log, log] });
  closeSync(log);
  // Sees the end of this process as the end of its input, so that even a killed one leaves nothing behind.
  const guard = spawn('sh', ['-c', 'read -r _; kill -9 "$0"', String(program.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });

  let isStopping = false;
  const ended = once(program, 'exit').finally(() => guard.kill('SIGKILL')) as Promise<[number | null, string | null]>;
  const died = ended.then(async ([code, signal]): Promise<never> => {
    if (isStopping) return new Promise<never>(() => {});
    const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n');
    throw new ToolError(`${name} ended (${signal ?? `exit code ${code}`}):\n${lines.slice(-shownLogLines).join('\n')}`);
  });
  died.catch(() => {}); // said by whoever waits for it, and by stop()

  return {
    died,
    async stop() {
      if (program.exitCode !== null || program.signalCode !== null) await died;
      isStopping = true;
      program.kill('SIGTERM');
      const kill = setTimeout(() => program.kill('SIGKILL'), stopSeconds * 1000);
      await ended;
      clearTimeout(kill);
    },
  };
}
