import { constants } from 'node:os';
import { Worker } from 'node:worker_threads';
import { notebookJob } from './notebookJob';
import type { NotebookRunner } from './notebookRunner';
import { notebookRunner, superviseRun, type RunListener } from './superviseRun';

/** What the worker posts while it runs a notebook. */
type WorkerMessage =
  { readonly printed: Uint8Array } | { readonly message: string } | { readonly alarmSeconds: number };

const workspaceRoot = '/Workspace';

/**
 * Runs notebooks in Python compiled to WebAssembly, which needs nothing but the npm package. Every run has a worker thread
 * of its own. Python takes seconds to start but a fraction of one to wake from a snapshot of its memory: the snapshot is
 * made once, in the background, as soon as there is a runner.
 */
export function pyodideRunner(): NotebookRunner {
  const snapshotWorker = startWorker(undefined);
  snapshotWorker.unref();
  const snapshot = new Promise<Uint8Array>((resolve, reject) => {
    snapshotWorker.once('message', resolve);
    snapshotWorker.once('error', reject);
    snapshotWorker.once('exit', () => reject(new Error('Pyodide ended before it had started.')));
  });
  // A run that needs the snapshot reports this; a runner that is closed early has nobody to report it to.
  snapshot.catch(() => undefined);

  const runner = notebookRunner(async (request, signal) => {
    snapshotWorker.ref();
    const aborted = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const memory = await Promise.race([snapshot, aborted]);
    const job = notebookJob(request);
    const files = job.files.map(({ workspacePath, content }) => ({ path: workspaceRoot + workspacePath, content }));
    return superviseRun(request, signal, (listener) =>
      launch({ snapshot: memory, request: job.requestJson(workspaceRoot), files }, listener),
    );
  });
  return {
    run: (request, signal) => runner.run(request, signal),
    async close() {
      await Promise.all([runner.close(), snapshotWorker.terminate()]);
    },
  };
}

function launch(workerData: object, listener: RunListener): () => Promise<void> {
  // Pyodide looks here now and then, and delivers the signal whose number it finds.
  const alarm = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = startWorker({ ...workerData, alarm });
  let timer: NodeJS.Timeout | undefined;
  worker.on('message', (message: WorkerMessage) => {
    if ('printed' in message) {
      listener.printed(message.printed);
    } else if ('message' in message) {
      listener.said(message.message);
    } else {
      clearTimeout(timer);
      if (message.alarmSeconds > 0) {
        timer = setTimeout(() => {
          Atomics.store(alarm, 0, constants.signals.SIGALRM);
          Atomics.notify(alarm, 0);
        }, message.alarmSeconds * 1000);
      }
    }
  });
  worker.on('error', (error) => listener.ended(`The Python interpreter broke down: ${error.message}`));
  worker.on('exit', () => listener.ended('The notebook ended the Python interpreter.'));
  return async () => {
    clearTimeout(timer);
    await worker.terminate();
  };
}

function startWorker(workerData: object | undefined): Worker {
  // Without loaders of the main thread, such as tsx, a worker starts faster.
  return new Worker(new URL('./pyodideWorker.mjs', import.meta.url), { env: {}, execArgv: [], workerData });
}
