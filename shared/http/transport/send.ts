import axios, { type AxiosError } from 'axios';
import type { ClientRequest } from 'node:http';
import type { Readable } from 'node:stream';
import { ProxyRefusal, wasEstablished, type Connections } from './connections';

/** One request, ready to be sent. */
export interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | Readable | undefined;
  readonly connections: Connections;
  /** How long nothing at all may come or go. */
  readonly silenceMilliseconds: number;
  readonly signal: AbortSignal;
}

/** What comes before the body of an answer. */
export interface AnswerHead {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
}

/** Whatever answered, with its whole body. */
export interface Answer extends AnswerHead {
  readonly body: Buffer;
}

/** Whatever answered, its body still to come. */
export interface OpenAnswer extends AnswerHead {
  readonly body: Readable;
}

/** There is no whole answer. Holds nothing of the request. */
export class NoAnswer extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** False when the request surely never left. */
    readonly mayHaveArrived: boolean,
    readonly proxyStatus: number | undefined,
  ) {
    super(message);
  }
}

/** More than any API of ours answers with; it has to fit into memory. */
const answerLimitBytes = 256 * 1024 * 1024;

const client = axios.create({
  adapter: 'http',
  maxRedirects: 0,
  proxy: false,
  validateStatus: null,
  transformRequest: [],
  transformResponse: [],
  maxContentLength: answerLimitBytes,
  transitional: { clarifyTimeoutError: true },
});

/** Sends one request, once. Rejects with NoAnswer, with the signal's reason, or with the error of the body's stream. */
export function send(outgoing: Outgoing): Promise<Answer> {
  return exchange(outgoing, 'arraybuffer') as Promise<Answer>;
}

/** The same, as soon as the answer begins; its body ends with the signal, too. */
export function open(outgoing: Outgoing): Promise<OpenAnswer> {
  return exchange(outgoing, 'stream') as Promise<OpenAnswer>;
}

async function exchange(outgoing: Outgoing, responseType: 'arraybuffer' | 'stream'): Promise<Answer | OpenAnswer> {
  const { method, url, headers, body, connections, silenceMilliseconds, signal } = outgoing;
  let bodyError: Error | undefined;
  if (body && 'once' in body) body.once('error', (error) => (bodyError = error));
  try {
    const response = await client.request<Buffer & Readable>({
      responseType,
      method,
      url,
      // axios would call a missing body a form.
      headers: { 'Content-Type': false, ...headers },
      data: body,
      signal,
      timeout: silenceMilliseconds,
      // Named, so that axios leaves the timeout to the connection, where it means silence.
      transport: connections.transport,
      httpAgent: connections.pool,
      httpsAgent: connections.pool,
    });
    const request = response.request as ClientRequest;
    // The answer may come before the whole body has gone; the rest isn't wanted any more.
    if (!request.writableFinished) request.destroy();
    return {
      status: response.status,
      header: (name) => (response.headers[name] as string | undefined)?.toString(),
      body: response.data,
    };
  } catch (error) {
    signal.throwIfAborted();
    throw bodyError ?? withoutRequest(error);
  } finally {
    if (body && 'destroy' in body) body.destroy();
  }
}

/** An error of axios carries the whole request, the token among it. */
function withoutRequest(error: unknown): unknown {
  if (!axios.isAxiosError(error)) return error;
  const socket = (error.request as ClientRequest | undefined)?.socket;
  const proxyStatus = error.cause instanceof ProxyRefusal ? error.cause.status : undefined;
  return new NoAnswer(codeOf(error), error.message, !!socket && wasEstablished(socket), proxyStatus);
}

function codeOf({ code, response }: AxiosError): string {
  // For axios a body that breaks off and one that is too large are the same; only the first is tied to an answer.
  if (code === 'ERR_BAD_RESPONSE') return response ? 'TRUNCATED' : 'TOO_LARGE';
  return code ?? 'UNKNOWN';
}
