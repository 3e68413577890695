import type { Refusal } from './errors';

/** What the body of a refusal says. */
export interface ServiceError {
  readonly errorCode: string | undefined;
  /** Empty when the service gives no reason. */
  readonly message: string;
}

/**
 * What one vendor's service does with HTTP beyond the standard. Each vendor's dialect is a `dialect.ts` beside its
 * client, because this folder is independent of vendors. A member that is left out has the default.
 */
export interface Dialect {
  /** Reads the JSON object of a refusal; undefined for a shape that isn't the vendor's. Default: see `readServiceError`. */
  readonly readError?: (body: Readonly<Record<string, unknown>>) => ServiceError | undefined;
  /** Reads a refusal that is text; undefined where it isn't the vendor's. Default: the text is the message, a web page isn't the vendor's. */
  readonly readErrorText?: (text: string) => ServiceError | undefined;
  /** Error codes that stand for a status, whatever status they come with, such as an overload under 500. */
  readonly statusByErrorCode?: ReadonlyMap<string, number>;
  /** The status that an answer stands for where that depends on its words, such as a 500 for a request that is wrong. */
  readonly statusMeant?: (answer: Pick<Refusal, 'status' | 'serviceMessage'>) => number | undefined;
  /**
   * Whether an answer other than a 401 refuses the token, rather than what its owner may do. An answer that is a web page
   * has no message.
   */
  readonly refusesToken?: (answer: Pick<Refusal, 'status' | 'serviceMessage'>) => boolean;
  /** Whether a 503 can follow a request that was carried out, even one that names an error. Default: then it was not. */
  readonly unavailableMayBeDone?: boolean;
  /** How many requests a second a host accepts from all callers of this process together. Default 100. */
  readonly requestsPerSecond?: number;
  /** The value of the header `Authorization` for a token. Default: `Bearer` (RFC 6750). */
  readonly authorization?: (token: string) => string;
  /** The headers that may hold the id of a request, the preferred one first. Default: `X-Request-Id`. */
  readonly requestIdHeaders?: readonly string[];
  /** The headers that ask for a pause before the next request, whatever the status of the answer, the preferred one first: seconds or a date. */
  readonly delayHeaders?: readonly string[];
}
