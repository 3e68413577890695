import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** A proxy on this machine that opens tunnels (CONNECT), with or without asking for credentials. */
export class ConnectProxy {
  /** The target of each tunnel that was asked for. */
  readonly targets: string[] = [];
  /** The headers that came with each. */
  readonly headers: http.IncomingHttpHeaders[] = [];
  /** All that went through the tunnels, as it was on the wire. */
  readonly traffic: Buffer[] = [];
  /** What to answer instead of opening a tunnel. */
  refusal: string | undefined;
  readonly #server: http.Server;
  readonly #scheme: string;
  readonly #sockets = new Set<Duplex>();

  /** Starts on a free port. Credentials are `user:password`; TLS options make the proxy itself one that is reached by https. */
  static async start(credentials?: string, tls?: https.ServerOptions): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(credentials, tls);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  private constructor(
    private readonly credentials: string | undefined,
    tls: https.ServerOptions | undefined,
  ) {
    this.#scheme = tls ? 'https' : 'http';
    this.#server = tls ? https.createServer(tls) : http.createServer();
    this.#server.on('connect', (request, client, head) => this.#open(request, client, head));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** By the name `localhost` where a certificate has to have it. */
  get url(): string {
    return `${this.#scheme}://${this.#scheme === 'https' ? 'localhost' : '127.0.0.1'}:${this.port}`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #open(request: http.IncomingMessage, client: Duplex, head: Buffer): void {
    this.#keep(client);
    const target = request.url ?? '';
    this.targets.push(target);
    this.headers.push(request.headers);
    const expected = this.credentials && `Basic ${Buffer.from(this.credentials).toString('base64')}`;
    const refusal =
      expected && request.headers['proxy-authorization'] !== expected
        ? 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n'
        : this.refusal;
    if (refusal !== undefined) {
      client.end(refusal);
      return;
    }
    const { hostname, port } = new URL(`http://${target}`);
    const server = this.#keep(connect(Number(port), hostname));
    server.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      server.write(head);
      client.on('data', (chunk: Buffer) => this.traffic.push(chunk));
      client.pipe(server).pipe(client);
    });
  }

  #keep<Socket extends Duplex>(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
