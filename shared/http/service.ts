import type { TaskAgent } from '../agent/agent';
import type { Clock } from '../clock';
import type { Dialect } from './dialect';
import type { Trouble } from './errors';
import type { HttpRequest } from './httpClient';
import { throttleOf, type Throttle } from './throttle';
import type { TokenSource } from './tokenSource';
import { parseBaseUrl } from './transport/baseUrl';
import type { ServiceCertificates } from './transport/certificates';
import { openConnections, type Connections } from './transport/connections';

export interface HttpClientOptions {
  /** `https://host`, with a path if the service has one; `http://` only for this machine. */
  readonly baseUrl: string;
  /** The name of the service for messages. */
  readonly service: string;
  /** What the service does with HTTP beyond the standard. */
  readonly dialect?: Dialect;
  /** Absent where calls need no token, such as those that ask for one. */
  readonly tokens?: TokenSource;
  /** Whether calls without tokens hold no secret either, so that they may go to `http://` anywhere. */
  readonly isOpen?: boolean;
  readonly agent: Pick<TaskAgent, 'debug' | 'proxyFor' | 'certificates'>;
  readonly clock: Clock;
  /**
   * When the work of the client's user ends, by the clock's `now()`: then no further page of a list is requested, and 15
   * minutes later nothing at all. Default: never.
   */
  readonly deadline?: number;
  /** Ends every call at once. */
  readonly signal: AbortSignal;
  readonly userAgent: string;
  /** Of every call, and no secrets. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Certificates for this service only, in PEM. */
  readonly tls?: ServiceCertificates;
  /** What to do about an answer that holds no data: sentences that follow what came back. Called only after the last attempt. */
  readonly explain?: (trouble: Trouble, request: HttpRequest) => Promise<string | undefined> | string | undefined;
  /** For tests: how long a connection may be silent. Default 60 s. */
  readonly silenceMilliseconds?: number;
  /** For tests: a number from 0 to 1. */
  readonly random?: () => number;
}

/** A service that calls can be made to: the options, checked and complete. */
export interface Service extends Required<
  Pick<HttpClientOptions, 'service' | 'dialect' | 'agent' | 'clock' | 'signal' | 'userAgent' | 'headers'>
> {
  readonly baseUrl: URL;
  readonly deadline: number;
  readonly tokens: TokenSource | undefined;
  readonly explain: NonNullable<HttpClientOptions['explain']>;
  readonly silenceMilliseconds: number;
  readonly random: () => number;
  readonly connections: Connections;
  readonly throttle: Throttle;
}

/** Makes no call. Throws a TaskError when the URL, the proxy or the certificates can't be used. */
export function openService(options: HttpClientOptions): Service {
  const { service, dialect = {}, tokens, agent, clock, tls } = options;
  const baseUrl = parseBaseUrl(options.baseUrl, service, tokens !== undefined || options.isOpen !== true);
  const connections = openConnections(baseUrl, agent, tls);
  return {
    deadline: Infinity,
    silenceMilliseconds: 60_000,
    random: Math.random,
    explain: () => undefined,
    headers: {},
    ...options,
    tokens,
    dialect,
    baseUrl,
    connections,
    throttle: throttleOf(baseUrl.host, clock, dialect.requestsPerSecond),
  };
}
