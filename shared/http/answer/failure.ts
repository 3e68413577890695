import type { CallError, Trouble } from '../errors';
import type { AnswerHead } from '../transport/send';

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

/** `Retry-After` is written in whole seconds (RFC 9110 10.2.3): one that asks for less would only bring the next refusal. */
const shortestWaitAskedForSeconds = 1;

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
  const waitSeconds =
    retryAfterSeconds === undefined
      ? call.random() * backoffSeconds
      : Math.max(retryAfterSeconds, shortestWaitAskedForSeconds);
  if (waitSeconds + shortestAttemptSeconds <= secondsLeft) return { waitSeconds };
  return {
    reason:
      waitSeconds + shortestAttemptSeconds > budgetSeconds
        ? `The service asks to wait ${Math.ceil(waitSeconds)} s, but the call may take only ${Math.round(budgetSeconds)} s in all.`
        : `The ${Math.round(budgetSeconds)} s that the call may take are used up.`,
  };
}

/**
 * Reads how long an answer asks to wait: seconds or a date in `Retry-After` (RFC 9110 10.2.3), or in another header of that
 * form. A date is compared with the `Date` of the same answer, because the service and this machine may disagree about the
 * time by hours; without one, with the date of this machine. Undefined when it asks for no wait.
 */
export function secondsAskedFor(
  { header }: Pick<AnswerHead, 'header'>,
  dateHere: number,
  name = 'retry-after',
): number | undefined {
  const asked = header(name);
  if (!asked) return undefined;
  const sentAt = Date.parse(header('date') ?? '');
  const from = Number.isNaN(sentAt) ? dateHere : sentAt;
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(asked) ? Number(asked) : (Date.parse(asked) - from) / 1000;
  return seconds > 0 ? seconds : undefined;
}
