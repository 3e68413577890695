import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { LogTail } from './logTail';
import { notebookJob } from './notebookJob';
import type { NotebookRunner } from './notebookRunner';
import { notebookRunner, superviseRun, type RunListener } from './superviseRun';

const runtimeFolder = fileURLToPath(new URL('./notebook_runtime', import.meta.url));

/**
 * Runs notebooks in the machine's own Python, 3.10 or newer on Linux or macOS, for notebooks that need installed packages.
 * Every run has a process group and a temporary folder of its own; nothing keeps a notebook from the rest of the machine.
 */
export function machinePythonRunner(python = 'python3'): NotebookRunner {
  return notebookRunner(async (request, signal) => {
    const job = notebookJob(request);
    const scratch = await mkdtemp(join(tmpdir(), 'notebook-'));
    try {
      const root = join(scratch, 'Workspace');
      await mkdir(root);
      for (const { workspacePath, content } of job.files) {
        const file = join(root, workspacePath);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
      }
      return await superviseRun(request, signal, (listener) =>
        launch(python, job.requestJson(root), scratch, listener),
      );
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
}

function launch(python: string, requestJson: string, scratch: string, listener: RunListener): () => Promise<void> {
  const child = spawn(python, ['-B', runtimeFolder], {
    cwd: scratch,
    env: { ...process.env, PYTHONHASHSEED: '0', PYTHONUTF8: '1', TMPDIR: scratch },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdout.on('data', listener.printed);
  // Python sends its errors down the other stream; what comes here was said on the way to Python.
  const launchErrors = new LogTail();
  child.stderr.on('data', (bytes: Uint8Array) => launchErrors.write(bytes));
  createInterface({ input: child.stdio[3] as Readable }).on('line', listener.said);

  let reason = 'The notebook ended the Python interpreter.';
  child.on('error', (error) => (reason = `${python} could not be started: ${error.message}.`));
  // What the notebook started in the background would keep the streams open.
  child.on('exit', () => killGroup(child.pid));
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  void closed.then(() => listener.ended(`${reason} ${launchErrors.text()}`.trimEnd()));

  // A Python that ends before it has read all of its request has given its reason elsewhere.
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${requestJson}\n`);
  return () => {
    killGroup(child.pid);
    return closed;
  };
}

function killGroup(processId: number | undefined): void {
  if (processId === undefined) return;
  try {
    process.kill(-processId, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
