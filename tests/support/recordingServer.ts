import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';

export interface RecordedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: http.OutgoingHttpHeaders;
  /** An object is sent as JSON. */
  readonly body?: string | Buffer | object;
}

/** A reply, or whatever else a server may do with a request whose body it has read. */
export type Behaviour = Reply | ((request: RecordedRequest, response: http.ServerResponse) => void);

/** A real server on this machine that does as it is told and remembers every request. */
export class RecordingServer {
  readonly requests: RecordedRequest[] = [];
  /** One for each of the next requests; the last is used for all later requests. */
  behaviours: Behaviour[] = [{ body: {} }];
  /** How many connections were made. */
  connections = 0;
  readonly #server: http.Server;
  readonly #scheme: string;

  /** Starts on a free port; with TLS if given its options. */
  static async start(tls?: https.ServerOptions): Promise<RecordingServer> {
    const server = new RecordingServer(tls);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  private constructor(tls: https.ServerOptions | undefined) {
    this.#scheme = tls ? 'https' : 'http';
    this.#server = tls ? https.createServer(tls) : http.createServer();
    this.#server.on('connection', () => this.connections++);
    this.#server.on('request', (message, response) => void this.#take(message, response));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** By the name `localhost`, as a certificate has it; by number for plain http. */
  get url(): string {
    return `${this.#scheme}://${this.#scheme === 'https' ? 'localhost' : '127.0.0.1'}:${this.port}`;
  }

  reset(...behaviours: Behaviour[]): void {
    this.requests.length = 0;
    this.connections = 0;
    this.behaviours = behaviours;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #take(message: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of message) chunks.push(chunk as Buffer);
    } catch {
      return; // The client gave up.
    }
    const { method = '', url = '', headers } = message;
    const request = { method, url, headers, body: Buffer.concat(chunks) };
    this.requests.push(request);
    const behaviour = this.behaviours.length > 1 ? this.behaviours.shift() : this.behaviours[0];
    if (typeof behaviour === 'function') behaviour(request, response);
    else reply(response, behaviour ?? {});
  }
}

/** Sends a reply whole. */
export function reply(response: http.ServerResponse, { status = 200, headers = {}, body = '' }: Reply): void {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  response.writeHead(status, isRaw ? headers : { 'Content-Type': 'application/json', ...headers });
  response.end(isRaw ? body : JSON.stringify(body));
}

/** Breaks the connection instead of answering. */
export const breakOff: Behaviour = (_request, response) => response.socket?.destroy();

/** Announces more than it sends, then breaks the connection. */
export const truncate: Behaviour = (_request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '100' });
  response.write('{"value":', () => response.socket?.destroy());
};

/** Never answers. */
export const ignore: Behaviour = () => undefined;
