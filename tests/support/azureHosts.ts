import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';

/** A proxy that has certificates for hosts that exist in Azure alone, and forwards what they are sent to the sandbox. */
export class AzureHosts {
  readonly #connections = new Set<Duplex>();
  #requests = 0;
  #stop: { readonly request: number; readonly when: 'before' | 'after'; reach(): void } | undefined;

  private constructor(
    private readonly proxy: Server,
    private readonly inside: Server,
    /** In PEM. */
    readonly ca: string,
    private readonly tls: { readonly cert: string; readonly key: string },
  ) {}

  /** `urlOf` gives where a host is really to be reached; it throws where there is none. */
  static async start(names: readonly string[], urlOf: (host: string) => string): Promise<AzureHosts> {
    const authority = await generate([{ name: 'commonName', value: 'Test authority' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      ],
    });
    const server = await generate([{ name: 'commonName', value: 'azure' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ca: { key: authority.private, cert: authority.cert },
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2 as const, value })) },
      ],
    });
    const inside = createServer();
    const proxy = createServer();
    const hosts = new AzureHosts(proxy, inside, authority.cert, { cert: server.cert, key: server.private });
    inside.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) =>
      hosts.#pass(incoming, outgoing, urlOf),
    );
    proxy.on('connect', (_request, socket: Duplex) => hosts.#open(socket));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    return hosts;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.proxy.address() as AddressInfo).port}`;
  }

  /** From a place on, the n-th request from now, nothing passes; resolves when a request has come there. */
  holdAt(stop: { readonly request: number; readonly when: 'before' | 'after' }): Promise<void> {
    this.#requests = 0;
    return new Promise((resolve) => (this.#stop = { ...stop, reach: resolve }));
  }

  /** Lets everything pass again. */
  release(): void {
    this.#stop = undefined;
    for (const socket of this.#connections) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    this.proxy.closeAllConnections();
    await new Promise((resolve) => this.proxy.close(resolve));
  }

  #open(socket: Duplex): void {
    this.#connections.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#connections.delete(socket));
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const secure = new TLSSocket(socket, { isServer: true, ...this.tls });
    secure.on('error', () => secure.destroy());
    this.inside.emit('connection', secure);
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse, urlOf: (host: string) => string): void {
    const number = ++this.#requests;
    const stop = this.#stop;
    if (stop && (number > stop.request || (number === stop.request && stop.when === 'before'))) {
      incoming.resume();
      stop.reach();
      return;
    }
    const host = (incoming.headers.host ?? '').replace(/:\d+$/, '');
    try {
      const url = new URL(incoming.url ?? '/', urlOf(host));
      const onward = forward(url, { method: incoming.method, headers: { ...incoming.headers, host } }, (answer) => {
        if (number === stop?.request) {
          answer.resume().on('end', () => stop.reach());
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    } catch {
      outgoing.writeHead(504).end();
    }
  }
}
