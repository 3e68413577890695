import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A place in the conversation of a task with a server: the n-th request, before it takes effect or before it is answered. */
export interface Stop {
  readonly request: number;
  readonly when: 'before' | 'after';
}

/** Stands between a task and a server, and lets nothing pass from one point on, so that the task can be killed there. */
export interface Gate {
  readonly url: string;
  /** Resolves when a task has come to the stop. */
  readonly reached: Promise<void>;
  close(): Promise<void>;
}

export async function openGate(target: string, stop: Stop): Promise<Gate> {
  let requests = 0;
  let reach: () => void;
  const reached = new Promise<void>((resolve) => (reach = resolve));

  const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const number = ++requests;
    if (number > stop.request || (number === stop.request && stop.when === 'before')) {
      incoming.resume();
      reach();
      return;
    }
    const { method, headers, url = '/' } = incoming;
    const onward = forward(new URL(url, target), { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        if (number === stop.request) {
          reach();
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        outgoing.end(Buffer.concat(chunks));
      });
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  };

  const server = createServer(pass);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reached,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
