import { constants } from 'node:os';
import { PythonWorkers } from '../../python/pythonWorkers';
import { askWorkspace, type WorkspaceRequest } from './askWorkspace';
import { notebookJob } from './notebookJob';
import type { NotebookRunner } from './notebookRunner';
import { notebookRunner, superviseRun, type RunListener } from './superviseRun';

/** What the worker posts while it runs a notebook. */
type WorkerMessage =
  | { readonly printed: Uint8Array }
  | { readonly message: string }
  | { readonly alarmSeconds: number }
  | WorkspaceRequest;

const workspaceRoot = '/Workspace';

/**
 * Runs notebooks in Python compiled to WebAssembly, which needs nothing but the npm package. Every run has a worker thread
 * of its own, which wakes from a snapshot of a started Python.
 */
export function pyodideRunner(): NotebookRunner {
  const workers = new PythonWorkers(new URL('./pyodideWorker.mjs', import.meta.url));
  const runner = notebookRunner(async (request, signal) => {
    const aborted = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const snapshot = await Promise.race([workers.snapshot(), aborted]);
    const job = notebookJob(request);
    const files = job.files.map(({ workspacePath, content }) => ({ path: workspaceRoot + workspacePath, content }));
    return superviseRun(request, signal, (listener) =>
      launch(workers, { snapshot, request: job.requestJson(workspaceRoot), files }, listener, request.context.apiUrl),
    );
  });
  return {
    run: (request, signal) => runner.run(request, signal),
    async close() {
      await Promise.all([runner.close(), workers.close()]);
    },
  };
}

function launch(
  workers: PythonWorkers,
  workerData: object,
  listener: RunListener,
  apiUrl: string | undefined,
): () => Promise<void> {
  // Pyodide looks here now and then, and delivers the signal whose number it finds.
  const alarm = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = workers.start({ ...workerData, alarm });
  let timer: NodeJS.Timeout | undefined;
  worker.on('message', (message: WorkerMessage) => {
    if ('printed' in message) {
      listener.printed(message.printed);
    } else if ('message' in message) {
      listener.said(message.message);
    } else if ('request' in message) {
      void askWorkspace(message, apiUrl);
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
