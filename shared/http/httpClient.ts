import type { Json } from '../json';
import type { RateLimit } from './throttle';

/** One part of a multipart/form-data body: a field, or a file that is read anew for every attempt and never held whole in memory twice. */
export type FormPart =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly file: string; readonly fileName: string }
  | { readonly name: string; readonly content: Uint8Array; readonly fileName: string };

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Empty, or begins with `/`; its variable parts encoded by the caller; appended to the client's base URL. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /**
   * A query that a service wants back byte for byte, such as a signed one; no message shows it. Only `'` and what no URL
   * may hold are encoded.
   */
  readonly exactQuery?: string;
  readonly json?: Json;
  /** Text of another type, such as a patch. */
  readonly text?: { readonly contentType: string; readonly content: string };
  readonly form?: readonly FormPart[];
  /** Fields of an `application/x-www-form-urlencoded` body. */
  readonly fields?: Readonly<Record<string, string>>;
  /** The path of a file whose bytes are the body; it is read anew for every attempt. */
  readonly file?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Values in the fields and headers that no message may repeat, whatever comes back. */
  readonly secrets?: readonly string[];
  /** What the call is for, in the words that follow "Could not": `list the folder /Shared/model`. */
  readonly purpose: string;
  /**
   * Whether sending it twice is the same as sending it once. GET and HEAD are; a call that creates something is not,
   * unless it carries an idempotency token. Default: true for GET and HEAD, false for the others.
   */
  readonly repeatable?: boolean;
  /** The vendor's own limit for this endpoint, where it is tighter than the host's. */
  readonly limit?: RateLimit;
  /** How long all attempts together may take, waits included but for the turn that the throttle gives. Default 120 s. */
  readonly budgetSeconds?: number;
  /** Ends the call at once; the client's own signal does so too. */
  readonly signal?: AbortSignal;
}

/** An answer with what came around its body. */
export interface HttpAnswer<T> {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: T;
}

/**
 * The one way to a remote service. Every call either gives the data that the service meant to send, or throws:
 * `HttpError` (the service refused), `NetworkError` (no answer), `ForeignAnswerError` (something else answered,
 * such as a sign-in page or a proxy), the TaskError of the token source or of a file that can't be read, or the
 * signal's reason.
 */
export interface HttpClient {
  /** Sends and reads a JSON answer; an empty body is read as `{}`. The caller names the type that the vendor documents. */
  json<T>(request: HttpRequest): Promise<T>;
  /** Sends and reads the body as it is; a web page is taken for a sign-in page, not for data. */
  bytes(request: HttpRequest): Promise<Uint8Array>;
}

/** For services that say something around their answers, or answer bit by bit. */
export interface DetailedHttpClient extends HttpClient {
  /** Sends and reads a JSON answer, with the status and the headers, for services that say something there. */
  answer<T>(request: HttpRequest): Promise<HttpAnswer<T>>;
  /**
   * Sends and gives the text of any answer, whatever its status: none is repeated, none throws. The secrets of the call
   * are unreadable in it. Where the service passes calls on, `isItsOwn` tells an answer of its own from the others: its
   * refusals are what they are in every call.
   */
  raw(request: HttpRequest, isItsOwn?: (answer: HttpAnswer<string>) => boolean): Promise<HttpAnswer<string>>;
  /**
   * Hands over the lines of an answer as they come, until the service ends it, at the latest when the call's budget is
   * used up. It is not repeated once it has begun: a service that breaks off is a NetworkError.
   */
  lines(request: HttpRequest, onLine: (line: string) => void): Promise<void>;
}
