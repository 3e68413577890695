import { Worker } from 'node:worker_threads';

/**
 * Worker threads that each have a Python of their own. A worker without `workerData` posts a snapshot of a started Python;
 * this is done once, in the background, as soon as there are workers to come. Others wake such a snapshot.
 */
export class PythonWorkers {
  readonly #snapshotWorker: Worker;
  readonly #snapshot: Promise<Uint8Array>;

  constructor(private readonly script: URL) {
    this.#snapshotWorker = this.start(undefined);
    this.#snapshotWorker.unref();
    this.#snapshot = new Promise((resolve, reject) => {
      this.#snapshotWorker.once('message', resolve);
      this.#snapshotWorker.once('error', reject);
      this.#snapshotWorker.once('exit', () => reject(new Error('Python ended while it was starting.')));
    });
    // Whoever needs the snapshot hears of it; without one there is nobody to tell.
    this.#snapshot.catch(() => undefined);
  }

  /** What workers start from, in memory that they share. */
  snapshot(): Promise<Uint8Array> {
    this.#snapshotWorker.ref();
    return this.#snapshot;
  }

  /** Starts a worker, which is the caller's to end. */
  start(workerData: object | undefined): Worker {
    // Without loaders of the main thread, such as tsx, a worker starts faster.
    return new Worker(this.script, { env: {}, execArgv: [], workerData });
  }

  /** Ends the worker of the snapshot. */
  async close(): Promise<void> {
    await this.#snapshotWorker.terminate();
  }
}
