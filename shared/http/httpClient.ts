import type { Json } from '../json';
import type { Shape } from './shape';
import type { RateLimit } from './throttle';

/** One part of a multipart/form-data body: a field, or a file that is read for every attempt and never in memory as a whole. */
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
   * A query that a service needs back byte for byte, such as a signed one; no message shows it. Only `'` and characters that
   * no URL may contain are encoded.
   */
  readonly exactQuery?: string;
  readonly json?: Json;
  /** Bytes of a type of the service's own. */
  readonly content?: { readonly contentType: string; readonly bytes: Uint8Array };
  /** Text of another type, such as a patch. */
  readonly text?: { readonly contentType: string; readonly content: string };
  readonly form?: readonly FormPart[];
  /** Fields of an `application/x-www-form-urlencoded` body. */
  readonly fields?: Readonly<Record<string, string>>;
  /** The path of a file whose bytes are the body; it is read for every attempt. */
  readonly file?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Statuses that come with the data in addition to 200, as the vendor documents it. Default: none for GET and HEAD; 201, 202
   * and 204 for the others.
   */
  readonly statuses?: readonly number[];
  /** Whether the answer holds secrets, so that no message may show any of it. */
  readonly hasSecretAnswer?: boolean;
  /** Whether the body is the content of a file, which may be a web page itself: then only its type tells that of another server. */
  readonly isFile?: boolean;
  /** Values in the fields and headers that no message may repeat, whatever comes back. */
  readonly secrets?: readonly string[];
  /** What the call is for: the words after "Could not", such as `list the folder /Shared/model`. */
  readonly purpose: string;
  /**
   * Whether sending it twice has the same effect as sending it once. That holds for GET and HEAD; not for a call that
   * creates something, unless it carries an idempotency token. Default: true for GET and HEAD, false for the others.
   */
  readonly repeatable?: boolean;
  /** The vendor's own limit for this endpoint, where it is tighter than the host's. */
  readonly limit?: RateLimit;
  /** Whether it reads a further page of a list, which ends at the client's deadline. */
  readonly isNextPage?: boolean;
  /** When a further page is no longer requested, if that is later than the client's deadline, by the clock's `now()`. */
  readonly pagesUntil?: number;
  /**
   * How long all attempts may take together, with the sign-in and the waits between them, but not the first wait for the
   * throttle, which is due to other calls of this process. Default 120 s.
   */
  readonly budgetSeconds?: number;
  /** Ends the call at once; the client's own signal does so too. */
  readonly signal?: AbortSignal;
}

/** An answer with its status and headers. */
export interface HttpAnswer<T> {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: T;
}

/**
 * The one way to a remote service. Every call either returns the data of the service, or throws:
 * `HttpError` (the service refused), `NetworkError` (no answer), `ForeignAnswerError` (something else answered,
 * such as a sign-in page or a proxy), the TaskError of the token source or of a file that can't be read, or the
 * signal's reason.
 */
export interface HttpClient {
  /**
   * Sends and reads a JSON answer of a shape, which the vendor documents. An empty body is read as undefined. An answer of
   * another shape is a ForeignAnswerError, and an error that comes with success is an HttpError.
   */
  json<T>(request: HttpRequest, shape: Shape<T>): Promise<T>;
  /** Sends and reads the body as it is; a web page is treated as a sign-in page, not as data. */
  bytes(request: HttpRequest): Promise<Uint8Array>;
  /**
   * Sends and writes the body into a file, a part at a time, so that it may be of any size. Returns the number of its bytes.
   * A body that breaks off is asked for again, and written from the beginning.
   */
  save(request: HttpRequest, file: string): Promise<number>;
}

/** For services whose status and headers matter, or that answer line by line. */
export interface DetailedHttpClient extends HttpClient {
  /** Sends and reads a JSON answer, with its status and headers. */
  answer<T>(request: HttpRequest, shape: Shape<T>): Promise<HttpAnswer<T>>;
  /**
   * Sends and returns the text of any answer, whatever its status: no answer is repeated, none throws. The secrets of the
   * call are masked in it. Where the service forwards calls, `isItsOwn` tells its own answers from the forwarded ones:
   * its own refusals are handled as in every other call.
   */
  raw(request: HttpRequest, isItsOwn?: (answer: HttpAnswer<string>) => boolean): Promise<HttpAnswer<string>>;
  /**
   * Passes on the lines of an answer as they come, until the service ends it, at the latest when the call's budget is used
   * up. It is not repeated once it has begun: an answer that breaks off is a NetworkError.
   */
  lines(request: HttpRequest, onLine: (line: string) => void): Promise<void>;
}
