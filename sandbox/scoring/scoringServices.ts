import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { PythonWorkers } from '../python/pythonWorkers';

/** A request to a service. */
export interface ServiceRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The files of an image and what it runs. */
export interface ServiceImage {
  /** Contents by path, with slashes. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** A WSGI application, as `module:name`. */
  readonly application: string;
}

/** What a container is started with. */
export interface ServiceStart {
  readonly env: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

/** A container that answers requests. */
export interface RunningService {
  answer(request: ServiceRequest): Promise<ServiceAnswer>;
  /** Resolves with the exit code when it ends. */
  readonly exited: Promise<number>;
  close(): Promise<void>;
}

interface AnswerMessage {
  readonly kind: 'answer';
  readonly id: number;
  readonly answer: {
    readonly status: number;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: Uint8Array;
  };
}

type WorkerMessage = { readonly kind: 'line'; readonly line: string } | { readonly kind: 'ready' } | AnswerMessage;

interface Waiting {
  readonly resolve: (answer: ServiceAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Reads a folder as the Dockerfile's COPY would; what Python compiled is left behind. */
export async function readServiceImage(folder: string, application: string): Promise<ServiceImage> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'));
  const contents = files.map(async (entry): Promise<[string, Uint8Array]> => {
    const file = join(entry.parentPath, entry.name);
    return [relative(folder, file).split(sep).join('/'), await readFile(file)];
  });
  return { files: new Map(await Promise.all(contents)), application };
}

/**
 * Runs scoring services: each has a Python interpreter of its own (Pyodide, in a worker thread), so that no Python has to
 * be installed. Interpreters wake from one snapshot of a started Python, which is made in the background.
 */
export class ScoringServices {
  readonly #workers = new PythonWorkers(new URL('./wsgiWorker.mjs', import.meta.url));
  readonly #running = new Set<RunningService>();

  /** Resolves when the service can be asked, or has ended because its application can't be loaded. */
  async start(image: ServiceImage, { env, log }: ServiceStart): Promise<RunningService> {
    const worker = this.#workers.start({
      snapshot: await this.#workers.snapshot(),
      files: image.files,
      application: image.application,
      environment: env,
    });
    const service = new WorkerService(worker, log);
    this.#running.add(service);
    void service.exited.then(() => this.#running.delete(service));
    await service.ready;
    return service;
  }

  async close(): Promise<void> {
    await Promise.all([this.#workers.close(), ...[...this.#running].map((service) => service.close())]);
  }
}

/** A service in a worker thread. */
class WorkerService implements RunningService {
  readonly exited: Promise<number>;
  /** Resolves when it can be asked or has ended. */
  readonly ready: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;

  constructor(
    private readonly worker: Worker,
    log: (line: string) => void,
  ) {
    this.exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.on('error', (error) => log(error.message));
    this.ready = new Promise((resolve) => {
      worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'line') log(message.line);
        else if (message.kind === 'ready') resolve();
        else this.#answered(message);
      });
      worker.once('exit', () => {
        for (const { reject } of this.#waiting.values()) reject(new Error('The service has ended.'));
        resolve();
      });
    });
  }

  answer({ method, path, headers, body }: ServiceRequest): Promise<ServiceAnswer> {
    return new Promise((resolve, reject) => {
      const id = (this.#count += 1);
      this.#waiting.set(id, { resolve, reject });
      const texts = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]);
      this.worker.postMessage({ id, method, path, headers: texts, body });
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  #answered({ id, answer: { status, headers, body } }: AnswerMessage): void {
    // The length is for whoever sends the body to say.
    const kept = headers
      .map(([name, value]) => [name.toLowerCase(), value])
      .filter(([name]) => name !== 'content-length');
    this.#waiting
      .get(id)
      ?.resolve({ status, headers: Object.fromEntries(kept) as Record<string, string>, body: Buffer.from(body) });
    this.#waiting.delete(id);
  }
}
