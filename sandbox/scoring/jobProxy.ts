import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import { closeServer } from '../http/httpServer';
import { makeHostCertificate } from './hostCertificate';

/** An HTTP proxy on the loopback address. */
export interface JobProxy {
  readonly url: string;
  /** The authority that signs the certificates of hosts over HTTPS, in PEM. */
  readonly ca: string;
  close(): Promise<void>;
}

export interface JobProxyOptions {
  /** Where a port of a host really listens, over plain HTTP; throws when there is none. */
  readonly urlOf: (host: string, port: number) => string;
  /** Of hosts that are reached over HTTPS; they may be wildcards. */
  readonly secureNames: readonly string[];
}

type UrlOf = JobProxyOptions['urlOf'];

/**
 * The proxy of the agent's machine: by it jobs reach the hosts that exist in the sandbox alone, such as those of container
 * groups. Nothing else is passed on. It is also where the HTTPS of such hosts ends: their certificates are of an authority
 * of this proxy, which only those who are told about it trust.
 */
export async function startJobProxy({ urlOf, secureNames }: JobProxyOptions): Promise<JobProxy> {
  const { ca, ...pair } = await makeHostCertificate(secureNames);
  const secureContext = createSecureContext(pair);
  const server = createServer((request, response) => passOn(request, response, targetOfProxied(request, urlOf)));
  /** Where tunnels end, by their sockets. */
  const ends = new WeakMap<Duplex, string>();
  const inTunnels = createServer((request, response) =>
    passOn(request, response, targetInTunnel(request, ends.get(request.socket) ?? '')),
  );
  const sockets = new Set<Duplex>();
  server.on('connect', (request, socket: Duplex, head: Buffer) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    if (head.length > 0) socket.unshift(head);
    let end: string;
    try {
      end = urlOf(...hostAndPort(request.url ?? ''));
    } catch (error) {
      socket.end(`HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\n\r\n${String(error)}\n`);
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const secure = new TLSSocket(socket, { isServer: true, secureContext });
    secure.on('error', () => secure.destroy());
    ends.set(secure, end);
    inTunnels.emit('connection', secure);
  });
  await listenOnLoopback(server);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    ca,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await closeServer(server);
    },
  };
}

function listenOnLoopback(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

/** The whole URL, as clients send it to a proxy (RFC 9112, 3.2.2). */
function targetOfProxied({ url }: IncomingMessage, urlOf: UrlOf): () => URL {
  return () => {
    const { hostname, port, pathname, search } = new URL(url ?? '');
    return new URL(pathname + search, urlOf(hostname, Number(port || 80)));
  };
}

/** Only the path says where to, and never another host. */
function targetInTunnel({ url }: IncomingMessage, end: string): () => URL {
  return () => {
    const { pathname, search } = new URL(url ?? '', end);
    return new URL(pathname + search, end);
  };
}

/** Of HTTPS, unless there is another port. */
function hostAndPort(authority: string): readonly [host: string, port: number] {
  const { hostname, port } = new URL(`https://${authority}`);
  return [hostname, Number(port || 443)];
}

function passOn(request: IncomingMessage, response: ServerResponse, targetOf: () => URL): void {
  const refuse = (error: unknown): void => {
    response.writeHead(502, { 'content-type': 'text/plain' }).end(`${String(error)}\n`);
  };
  let target: URL;
  try {
    target = targetOf();
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
