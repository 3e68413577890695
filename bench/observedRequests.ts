import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A request, what was sent with it, and its answer. */
export interface Exchange {
  readonly method: string;
  /** Without the query, and decoded. */
  readonly path: string;
  /** Its path, query and body. */
  readonly sent: string;
  readonly answer: string;
  /** Milliseconds on the clock of `performance`. */
  readonly started: number;
  readonly ended: number;
}

/** Stands between a task and a server: makes each request take as long as on a slow line, and notes what was said. */
export interface Observer {
  readonly url: string;
  /** In the order in which they began. */
  readonly exchanges: readonly Exchange[];
  close(): Promise<void>;
}

export async function observe(target: string, latencyMilliseconds: number): Promise<Observer> {
  const exchanges: Exchange[] = [];

  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const started = performance.now();
    const { method = 'GET', headers, url = '/' } = incoming;
    const [body] = await Promise.all([bytesOf(incoming), delay(latencyMilliseconds)]);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      forward(new URL(url, target), { method, headers }, resolve).on('error', reject).end(body);
    });
    const content = await bytesOf(answer);
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(content);
    const path = decodeURIComponent(new URL(url, target).pathname);
    const sent = `${decodeURIComponent(url)}\n${body.toString('latin1')}`;
    exchanges.push({ method, path, sent, answer: content.toString('latin1'), started, ended: performance.now() });
  };

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get exchanges() {
      return exchanges.toSorted((a, b) => a.started - b.started);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
