import type { CallError, Trouble } from '../errors';

/** Why one attempt gave no data, and what that means for the next. */
export interface Failure {
  /** The same request may succeed later. */
  readonly isTransient: boolean;
  /** The service surely did not carry it out, so that even a call that creates something may be sent again. */
  readonly isUndone: boolean;
  /** The service refused the token, rather than what its owner may do. */
  readonly isTokenRefused: boolean;
  /** The service asked for fewer calls. */
  readonly isTooFast: boolean;
  readonly retryAfterSeconds: number | undefined;
  /** Where repeating is soon vain. */
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
/** Less is no time for an attempt: it would fail for that alone, and hide what is really wrong. */
const shortestAttemptSeconds = 1;

/** Decides on repeating. The service's own wish wins over backoff, whose full jitter keeps many callers apart. */
export function nextStep(
  failure: Failure,
  call: {
    /** How often it has been sent. */
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
  const backoffSeconds = Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** (attempts - 1));
  const waitSeconds = retryAfterSeconds ?? call.random() * backoffSeconds;
  if (waitSeconds + shortestAttemptSeconds <= secondsLeft) return { waitSeconds };
  return {
    reason: retryAfterSeconds
      ? `It asks to wait ${Math.ceil(retryAfterSeconds)} s, but the call may take ${Math.round(budgetSeconds)} s in all.`
      : `The ${Math.round(budgetSeconds)} s that the call may take are used up.`,
  };
}

/** Reads `Retry-After`, seconds or a date (RFC 9110 10.2.3). One that asks for no wait at all counts as none. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (!header) return undefined;
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  return seconds > 0 ? seconds : undefined;
}
