import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { without } from '../json';
import { serviceUnavailable } from '../status';

/** A request to a container. */
export interface ProxyRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

export interface ProxyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a container is started with. */
export interface ContainerStart {
  readonly podName: string;
  readonly image: string;
  /** The first port that the container names; 80 without one. */
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

/** A container that answers requests. */
export interface Serving {
  answer(request: ProxyRequest): Promise<ProxyAnswer>;
  /** Resolves with the exit code when it ends by itself. */
  readonly exited?: Promise<number>;
  close(): Promise<void>;
}

/** Starts what answers for a container; it resolves when requests can be sent. */
export type Serve = (start: ContainerStart) => Promise<Serving>;

/** Answers in this process. */
export function serveByHandler(
  handler: (request: ProxyRequest, start: ContainerStart) => ProxyAnswer | Promise<ProxyAnswer>,
): Serve {
  return (start) =>
    Promise.resolve({
      answer: (request) => Promise.resolve(handler(request, start)),
      close: () => Promise.resolve(),
    });
}

export interface ServeCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly folder?: string;
}

/**
 * Answers by a process of its own that listens on `$PORT` of the loopback address. It gets the container's environment
 * besides this process's PATH.
 */
export function serveByCommand({ file, args, folder }: ServeCommand): Serve {
  return async ({ env, log }) => {
    const port = await freePort();
    const child = spawn(file, args, {
      ...(folder !== undefined && { cwd: folder }),
      env: { PATH: process.env.PATH, PYTHONUNBUFFERED: '1', ...env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const output of [child.stdout, child.stderr]) createInterface({ input: output }).on('line', log);
    const exited = new Promise<number>((resolve) => {
      child.once('error', (error) => {
        log(error.message);
        resolve(127);
      });
      child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)));
    });
    const ended = new AbortController();
    void exited.then(() => ended.abort());
    // A process that ends before it listens is a container that ran and crashed.
    while (!ended.signal.aborted && !(await canConnect(port))) await delay(50);
    return {
      answer: (request) => forward(port, request),
      exited,
      async close() {
        child.kill('SIGTERM');
        const killing = setTimeout(() => child.kill('SIGKILL'), 5000);
        await exited;
        clearTimeout(killing);
      },
    };
  };
}

/** A free port below those that the machine gives to connections, which could take it before the process does. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function forward(port: number, { method, path, headers, body }: ProxyRequest): Promise<ProxyAnswer> {
  return new Promise((resolve, reject) => {
    // The process may end at any time.
    const onBreak = ({ message }: Error): void =>
      reject(serviceUnavailable(`error trying to reach service: ${message}`));
    const rest = without(headers, 'transfer-encoding');
    const options = { host: '127.0.0.1', port, method, path, agent: false };
    const request = httpRequest({ ...options, headers: { ...rest, 'content-length': body.length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', onBreak);
      response.once('end', () => {
        const kept = without(response.headers, 'connection', 'transfer-encoding', 'content-length');
        const texts = Object.entries(kept).map(([name, value]) => [name, String(value)]);
        resolve({
          status: response.statusCode ?? 502,
          headers: Object.fromEntries(texts) as Record<string, string>,
          body: Buffer.concat(chunks),
        });
      });
    });
    request.once('error', onBreak);
    request.end(body);
  });
}
