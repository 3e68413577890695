import type { CallError, Trouble } from '../errors';

/** Why one attempt returned no data, and what that means for the next. */
export interface Failure {
  /** The same request may succeed later. */
  readonly isTransient: boolean;
  /** The service certainly did not carry it out, so that even a call that creates something may be sent again. */
  readonly isUndone: boolean;
  /** The service refused the token, rather than what its owner may do. */
  readonly isTokenRefused: boolean;
  /** The service asked for fewer calls. */
  readonly isTooFast: boolean;
  readonly retryAfterSeconds: number | undefined;
  /** Where more attempts are pointless. */
  readonly mostAttempts: number | undefined;
  /** What answered instead of data; undefined when nothing did. */
  readonly trouble: Trouble | undefined;
  /** The error for the caller; `ending` follows the sentence that says what came back. */
  error(purpose: string, ending: string, attempts: number): CallError;
}

/** What comes after a failed attempt: another one, or the end, with its reason where the failure doesn't say it. */
export type NextStep = { readonly waitSeconds: number } | { readonly reason: string };

const firstWaitSeconds = 1;
const longestWaitSeconds = 30;
/** The throttle spaces the calls that were refused as too many: a longer wait would leave the limit unused. */
const longestWaitOfTooFastSeconds = 2;
/** A shorter attempt would time out, and hide the real error. */
const shortestAttemptSeconds = 1;

/** Decides whether and when to repeat. `Retry-After` wins over backoff, whose full jitter spreads many callers. */
export function nextStep(
  failure: Failure,
  call: {
    /** How many times it has been sent. */
    readonly attempts: number;
    readonly isRepeatable: boolean;
    readonly budgetSeconds: number;
    readonly secondsLeft: number;
    /** A number from 0 to 1. */
    random(): number;
  },
): NextStep {
  const { retryAfterSeconds, mostAttempts = Infinity } = failure;
  const { attempts, budgetSeconds, secondsLeft } = call;
  if (!failure.isTransient || attempts >= mostAttempts) return { reason: '' };
  if (!call.isRepeatable && !failure.isUndone)
    return { reason: 'The call was not repeated, because it may have been carried out.' };
  const longestSeconds = failure.isTooFast ? longestWaitOfTooFastSeconds : longestWaitSeconds;
  const backoffSeconds = Math.min(longestSeconds, firstWaitSeconds * 2 ** (attempts - 1));
  const waitSeconds = retryAfterSeconds ?? call.random() * backoffSeconds;
  if (waitSeconds + shortestAttemptSeconds <= secondsLeft) return { waitSeconds };
  return {
    reason: retryAfterSeconds
      ? `The service asks to wait ${Math.ceil(retryAfterSeconds)} s, but the call may take only ${Math.round(budgetSeconds)} s in all.`
      : `The ${Math.round(budgetSeconds)} s that the call may take are used up.`,
  };
}

/** Reads `Retry-After`, seconds or a date (RFC 9110 10.2.3). Undefined when it asks for no wait. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (!header) return undefined;
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  return seconds > 0 ? seconds : undefined;
}
