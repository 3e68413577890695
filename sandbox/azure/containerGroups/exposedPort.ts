import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer } from '../../http/httpServer';
import type { ContainerAnswer, ContainerRequest } from './containerImages';

/** A port of a group, on the loopback address. */
export interface ExposedPort {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens for a group; connections are reset while nobody answers (undefined). */
export async function exposePort(
  answer: (request: ContainerRequest) => Promise<ContainerAnswer | undefined>,
): Promise<ExposedPort> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const { method = 'GET', url: path = '/' } = request;
      const headers = Object.fromEntries(
        Object.entries(request.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      );
      answer({ method, path, headers, body: Buffer.concat(chunks) }).then(
        (answered) => {
          if (answered) response.writeHead(answered.status, answered.headers).end(answered.body);
          else request.socket.resetAndDestroy();
        },
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => closeServer(server),
  };
}
