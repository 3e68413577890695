import { TaskError } from '../errors';

interface CallFacts {
  /** How many times the call was sent. */
  readonly attempts: number;
  /** Whether the same call may succeed later. */
  readonly isTransient: boolean;
  /** Whether the service refused the token, rather than what its owner may do. Default: it did not. */
  readonly isTokenRefused?: boolean;
}

/** A call that returned no data. The message says what was being done, what came back and how many attempts were made; never a secret. */
export abstract class CallError extends TaskError implements CallFacts {
  readonly attempts: number;
  readonly isTransient: boolean;
  readonly isTokenRefused: boolean;

  constructor(message: string, { attempts, isTransient, isTokenRefused = false }: CallFacts) {
    super(message);
    this.attempts = attempts;
    this.isTransient = isTransient;
    this.isTokenRefused = isTokenRefused;
  }
}

/** What a service says when it refuses. */
export interface Refusal {
  readonly status: number;
  /** The service's own name for the error, such as `RESOURCE_DOES_NOT_EXIST`. */
  readonly errorCode: string | undefined;
  /** The service's own words. */
  readonly serviceMessage: string;
  /** What the service's support asks for. */
  readonly requestId: string | undefined;
  /** How long the service asks to wait. */
  readonly retryAfterSeconds: number | undefined;
}

/** An answer that did not come from the service. */
export interface ForeignAnswer {
  readonly status: number;
  /** The title of a web page. */
  readonly title: string | undefined;
  /** The host that a redirect points to. */
  readonly locationHost: string | undefined;
}

/** An answer that holds no data. */
export type Trouble = Refusal | ForeignAnswer;

export function isRefusal(trouble: Trouble): trouble is Refusal {
  return 'serviceMessage' in trouble;
}

/** The service understood the call and refused it. */
export class HttpError extends CallError implements Refusal {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly errorCode: string | undefined;
  readonly serviceMessage: string;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, facts: CallFacts & Refusal) {
    super(message, facts);
    this.status = facts.status;
    this.errorCode = facts.errorCode;
    this.serviceMessage = facts.serviceMessage;
    this.requestId = facts.requestId;
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

/** Whether a service refused the call itself, and would again: the fault is neither temporary nor that of the token. */
export function isFinalRefusal(error: unknown): error is HttpError {
  return error instanceof HttpError && !error.isTransient && !error.isTokenRefused;
}

/** No complete answer: no connection, a broken one, one that isn't trusted, or silence. */
export class NetworkError extends CallError {
  override readonly name = 'NetworkError';
  /** Node's code, such as `ECONNREFUSED`, or one of ours: `PROXY_REFUSED`, `TRUNCATED`, `TOO_LARGE`, `TOO_SLOW`. */
  readonly code: string;

  constructor(message: string, facts: CallFacts & { readonly code: string }) {
    super(message, facts);
    this.code = facts.code;
  }
}

/** Something other than the service's API answered: a sign-in page, a redirect, a proxy's error page, or no JSON at all. */
export class ForeignAnswerError extends CallError implements ForeignAnswer {
  override readonly name = 'ForeignAnswerError';
  readonly status: number;
  readonly title: string | undefined;
  readonly locationHost: string | undefined;

  constructor(message: string, facts: CallFacts & ForeignAnswer) {
    super(message, facts);
    this.status = facts.status;
    this.title = facts.title;
    this.locationHost = facts.locationHost;
  }
}

/** Whether a wait should go on after this error: the fault may be temporary. */
export function isTransient(error: unknown): error is CallError {
  return error instanceof CallError && error.isTransient;
}
