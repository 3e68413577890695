import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer } from '../http/httpServer';

/** An HTTP proxy on the loopback address. */
export interface JobProxy {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The proxy of the agent's machine: by it jobs reach the hosts that exist in the sandbox alone, such as those of container
 * groups. `urlOf` tells where such a host really listens, and throws when there is none. Nothing else is passed on.
 */
export async function startJobProxy(urlOf: (host: string, port: number) => string): Promise<JobProxy> {
  const server = createServer((request, response) => passOn(request, response, urlOf));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
}

function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  urlOf: (host: string, port: number) => string,
): void {
  const refuse = (error: unknown): void => {
    response.writeHead(502, { 'content-type': 'text/plain' }).end(`${String(error)}\n`);
  };
  let target: URL;
  try {
    // The whole URL, as clients send it to a proxy (RFC 9112, 3.2.2).
    const { hostname, port, pathname, search } = new URL(request.url ?? '');
    target = new URL(pathname + search, urlOf(hostname, Number(port || 80)));
  } catch (error) {
    refuse(error);
    return;
  }
  const { method, headers } = request;
  const passed = send(target, { method, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  passed.once('error', refuse);
  request.pipe(passed);
}
