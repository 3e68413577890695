import * as http from 'node:http';
import * as https from 'node:https';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import type { Agent, ProxySettings } from '../../agent/agent';
import { TaskError } from '../../errors';
import { percentDecoded } from '../../percentDecoded';
import { staysHere } from './baseUrl';
import { readSecureContext, type ServiceCertificates } from './certificates';

/** How calls reach one host: directly or through the agent's proxy. */
export interface Connections {
  /** Node's module for the scheme of the host. */
  readonly transport: Pick<typeof http, 'request'>;
  /** Keeps connections alive for the next call. */
  readonly pool: http.Agent;
  /** The host of the proxy, when there is one. */
  readonly proxyHost: string | undefined;
}

/**
 * How to reach a host: for https with the agent's proxy and certificates; for http with its proxy, and this machine directly.
 * Throws a TaskError when the agent's settings can't be used.
 */
export function openConnections(
  url: URL,
  agent: Pick<Agent, 'proxyFor' | 'certificates'>,
  service?: ServiceCertificates,
): Connections {
  if (url.protocol === 'http:') {
    const pool = new PlainPool(poolOptions);
    const settings = staysHere(url.hostname) ? undefined : agent.proxyFor(url.href);
    if (!settings) return { transport: http, pool, proxyHost: undefined };
    const proxy = parseProxy(settings);
    return { transport: forwarding(url, proxy), pool, proxyHost: proxy.url.host };
  }
  const certificates = agent.certificates();
  const secureContext = (certificates ?? service) && readSecureContext(certificates ?? {}, service);
  // AGENT_SKIPCERTVALIDATION is not honoured, by design; nor is NODE_TLS_REJECT_UNAUTHORIZED.
  const options = {
    ...poolOptions,
    rejectUnauthorized: true,
    ...(secureContext && { secureContext }),
    ...(service?.serverName !== undefined && { servername: service.serverName }),
  };
  const settings = agent.proxyFor(url.href);
  if (!settings) return { transport: https, pool: new TlsPool(options), proxyHost: undefined };
  const proxy = parseProxy(settings);
  return { transport: https, pool: new TunnelPool(options, proxy), proxyHost: proxy.url.host };
}

/** A proxy that refused to open a tunnel. */
export class ProxyRefusal extends Error {
  readonly code = 'PROXY_REFUSED';

  constructor(readonly status: number) {
    super(`the proxy answered ${status}`);
  }
}

/** Whether this connection was established, so that a request may have been sent over it. */
export function wasEstablished(socket: Duplex): boolean {
  return established.has(socket);
}

const established = new WeakSet<Duplex>();
const connectMilliseconds = 30_000;

/** Idle connections are closed early: a connection that the server has just closed breaks the next call. */
const poolOptions = { keepAlive: true, timeout: 30_000 };

class PlainPool extends http.Agent {
  override createConnection(options: http.ClientRequestArgs): Duplex | null | undefined {
    return watch(super.createConnection(options), 'connect');
  }
}

type OnConnection = (error: Error | null, socket: Duplex) => void;

class TlsPool extends https.Agent {
  override createConnection(options: TlsOptions, _onConnection?: OnConnection): Duplex | null | undefined {
    return watch(super.createConnection(options), 'secureConnect');
  }
}

/** What Node passes on from the request and the pool, of which its types know only a part. */
type TlsOptions = https.RequestOptions & { readonly secureContext?: SecureContext; readonly socket?: Duplex };

/** TLS inside a tunnel that a proxy opens (CONNECT, RFC 9110 9.3.6), so that the proxy sees only the name of the host. */
class TunnelPool extends TlsPool {
  readonly #proxy: Proxy;

  constructor(options: https.AgentOptions, proxy: Proxy) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: TlsOptions, onConnection: OnConnection): undefined {
    const host = options.host ?? '';
    const target = `${isIPv6(host) ? `[${host}]` : host}:${options.port ?? 443}`;
    const { url, authorization } = this.#proxy;
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'CONNECT',
      path: target,
      headers: { Host: target, ...(authorization && { 'Proxy-Authorization': authorization }) },
      agent: false,
      timeout: connectMilliseconds,
      rejectUnauthorized: true,
      ...(options.secureContext && { secureContext: options.secureContext }),
    });
    const fail = onConnection as (error: Error) => void;
    request.once('timeout', () => request.destroy(connectTimeout()));
    request.once('error', fail);
    request.once('connect', ({ statusCode = 0 }, socket) => {
      socket.setTimeout(0);
      if (statusCode === 200) onConnection(null, super.createConnection({ ...options, socket }) as Duplex);
      else {
        socket.destroy();
        fail(new ProxyRefusal(statusCode));
      }
    });
    request.end();
    return undefined;
  }
}

/** Plain requests that a proxy passes on: it is told the whole URL (RFC 9112 3.2.2). */
function forwarding(target: URL, { url, authorization }: Proxy): Pick<typeof http, 'request'> {
  const request = (options: http.RequestOptions, onAnswer?: (answer: http.IncomingMessage) => void) =>
    http.request(
      {
        ...options,
        hostname: url.hostname,
        port: url.port || 80,
        path: target.origin + (options.path ?? '/'),
        headers: {
          ...(options.headers as http.OutgoingHttpHeaders),
          Host: target.host,
          ...(authorization && { 'Proxy-Authorization': authorization }),
        },
      },
      onAnswer,
    );
  return { request: request as typeof http.request };
}

interface Proxy {
  readonly url: URL;
  readonly authorization: string | undefined;
}

function parseProxy({ url: text, username, password }: ProxySettings): Proxy {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new TaskError(
      'The proxy that the agent is configured with has no usable URL: it should look like http://host:port.',
    );
  const user = username ?? percentDecoded(url.username);
  const secret = password ?? percentDecoded(url.password);
  url.username = '';
  url.password = '';
  return { url, authorization: user ? `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` : undefined };
}

function watch(socket: Duplex | null | undefined, readyEvent: 'connect' | 'secureConnect'): Duplex | null | undefined {
  if (!socket) return socket;
  const timer = setTimeout(() => socket.destroy(connectTimeout()), connectMilliseconds);
  socket.once(readyEvent, () => {
    established.add(socket);
    clearTimeout(timer);
  });
  socket.once('close', () => clearTimeout(timer));
  return socket;
}

function connectTimeout(): Error {
  return Object.assign(new Error('the connection was not established in time'), { code: 'ETIMEDOUT' });
}
