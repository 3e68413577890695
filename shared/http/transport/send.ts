import axios, { type AxiosError } from 'axios';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Readable } from 'node:stream';
import { ProxyRefusal, wasEstablished, type Connections } from './connections';

/** One request, ready to be sent. */
export interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | Readable | undefined;
  readonly connections: Connections;
  /** How long the connection may be silent. */
  readonly silenceMilliseconds: number;
  readonly signal: AbortSignal;
}

/** An answer without its body. */
export interface AnswerHead {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
}

/** An answer with its whole body. */
export interface Answer extends AnswerHead {
  readonly body: Buffer;
}

/** An answer whose body is still to come. */
export interface OpenAnswer extends AnswerHead {
  readonly body: Readable;
}

/** There is no complete answer. The error holds nothing of the request. */
export class NoAnswer extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** False when the request was certainly not sent. */
    readonly mayHaveArrived: boolean,
    readonly proxyStatus: number | undefined,
  ) {
    super(message);
  }
}

/** More than any API that is called answers with (an exported notebook of 100 MB); it must fit into memory. */
const mostBytes = 128 * 1024 * 1024;

const client = axios.create({
  adapter: 'http',
  maxRedirects: 0,
  proxy: false,
  validateStatus: null,
  transformRequest: [],
  transformResponse: [],
  transitional: { clarifyTimeoutError: true },
});

/**
 * Sends one request, once. Rejects with NoAnswer, with the signal's reason, or with the error of the body's stream. An
 * answer is too large by the length that it announces, as it is received, or decompressed.
 */
export function send(outgoing: Outgoing, limitBytes = mostBytes): Promise<Answer> {
  return exchange(outgoing, 'arraybuffer', limitBytes) as Promise<Answer>;
}

/** The same, but resolves as soon as the answer begins; the signal also ends the body, which may be of any size. */
export function open(outgoing: Outgoing): Promise<OpenAnswer> {
  return exchange(outgoing, 'stream', Infinity) as Promise<OpenAnswer>;
}

/** An answer that is longer than any that is expected. */
function tooLarge(limitBytes: number): NoAnswer {
  const size = `the answer is larger than ${Math.round(limitBytes / 1024 / 1024)} MiB`;
  return new NoAnswer('TOO_LARGE', size, true, undefined);
}

async function exchange(
  outgoing: Outgoing,
  responseType: 'arraybuffer' | 'stream',
  limitBytes: number,
): Promise<Answer | OpenAnswer> {
  const { method, url, headers, body, connections, silenceMilliseconds, signal } = outgoing;
  let bodyError: Error | undefined;
  const seen = { isTooLarge: false };
  if (body && 'once' in body) body.once('error', (error) => (bodyError = error));
  try {
    const response = await client.request<Buffer & Readable>({
      responseType,
      method,
      url,
      // axios would send the type of a form for a missing body.
      headers: { 'Content-Type': false, ...headers },
      data: body,
      signal,
      timeout: silenceMilliseconds,
      // Named, so that axios leaves the timeout to the connection, where it means silence.
      transport: limited(connections.transport, limitBytes, () => (seen.isTooLarge = true)),
      maxContentLength: limitBytes === Infinity ? -1 : limitBytes,
      httpAgent: connections.pool,
      httpsAgent: connections.pool,
    });
    const request = response.request as ClientRequest;
    // The answer may come before the whole body was sent; the rest is not needed.
    if (!request.writableFinished) request.destroy();
    return {
      status: response.status,
      header: (name) => (response.headers[name] as string | undefined)?.toString(),
      body: response.data,
    };
  } catch (error) {
    signal.throwIfAborted();
    throw bodyError ?? (seen.isTooLarge ? tooLarge(limitBytes) : withoutRequest(error, limitBytes));
  } finally {
    if (body && 'destroy' in body) body.destroy();
  }
}

/** Ends answers that are too large as they are received; axios only counts what they are decompressed to. */
function limited(
  transport: Connections['transport'],
  limitBytes: number,
  onTooLarge: () => void,
): Connections['transport'] {
  if (limitBytes === Infinity) return transport;
  const request = (options: RequestOptions, onAnswer: (answer: IncomingMessage) => void): ClientRequest =>
    transport.request(options, (answer) => {
      let bytes = 0;
      const count = (more: number): void => {
        bytes += more;
        if (bytes <= limitBytes) return;
        onTooLarge();
        answer.destroy();
      };
      onAnswer(answer);
      if (Number(answer.headers['content-length']) > limitBytes) count(Infinity);
      else answer.on('data', (chunk: Buffer) => count(chunk.length));
    });
  return { request: request as Connections['transport']['request'] };
}

/** An error of axios holds the whole request, with the token. */
function withoutRequest(error: unknown, limitBytes: number): unknown {
  if (!axios.isAxiosError(error)) return error;
  // axios has one code for a body that breaks off and for one that is too large; only the first has a response.
  if (error.code === 'ERR_BAD_RESPONSE' && !error.response) return tooLarge(limitBytes);
  const socket = (error.request as ClientRequest | undefined)?.socket;
  const proxyStatus = error.cause instanceof ProxyRefusal ? error.cause.status : undefined;
  return new NoAnswer(codeOf(error), error.message, !!socket && wasEstablished(socket), proxyStatus);
}

function codeOf({ code = 'UNKNOWN' }: AxiosError): string {
  return code === 'ERR_BAD_RESPONSE' ? 'TRUNCATED' : code;
}
