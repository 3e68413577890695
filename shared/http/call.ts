import type { Format } from './answer/formats';
import { nextStep, type Failure } from './answer/failure';
import { attempt, type Credentials } from './attempt';
import { isRefusal } from './errors';
import type { HttpRequest } from './httpClient';
import { TimedOutError } from './poll';
import { joined } from '../sentences';
import type { Service } from './service';

const defaultBudgetSeconds = 120;
/** An attempt that waited for its turn has at least so long: a shorter one would time out, and hide the real error. */
const shortestAttemptMilliseconds = 1000;
/** What follows the deadline of a task: it rolls back (10 minutes), cancels what it started, and reads why it failed. */
const windUpMilliseconds = 15 * 60_000;

/** Sends a request until it gives data, or until it may not be sent again; then it rejects. */
export async function callUntilAnswered<T>(service: Service, request: HttpRequest, format: Format<T>): Promise<T> {
  const { clock, throttle, tokens, random } = service;
  const { limit, budgetSeconds = defaultBudgetSeconds } = request;
  const isRepeatable = request.repeatable ?? (request.method === 'GET' || request.method === 'HEAD');
  // A signal of its own for each call: Node warns of more than ten listeners to one.
  const signal = AbortSignal.any(request.signal ? [service.signal, request.signal] : [service.signal]);
  let end = clock.now() + budgetSeconds * 1000;
  let isTokenRenewed = false;
  for (let attempts = 1; ; attempts++) {
    throwIfOver(service, request);
    const credentials = await credentialsOf(service, signal);
    const queuedAt = clock.now();
    await throttle.turn(limit, signal);
    // The first wait is due to our own other calls; the later ones to the service, whose refusals slow the throttle down.
    if (attempts === 1) end += clock.now() - queuedAt;
    throwIfOver(service, request);

    const milliseconds = Math.max(end - clock.now(), shortestAttemptMilliseconds);
    const reading = await throttle.follow(
      limit,
      attempt(service, request, format, credentials, milliseconds, signal),
      (outcome) => 'failure' in outcome && outcome.failure.isTooFast,
    );
    if ('value' in reading) return reading.value;
    const { failure } = reading;
    const { token } = credentials;
    if (failure.isTokenRefused && !isTokenRenewed && token !== undefined && tokens?.refused(token)) {
      isTokenRenewed = true;
      continue;
    }
    const secondsLeft = (end - clock.now()) / 1000;
    const next = nextStep(failure, { attempts, isRepeatable, budgetSeconds, secondsLeft, random });
    if ('reason' in next) {
      const tried = attempts > 1 ? `Tried ${attempts} times.` : '';
      const ending = joined(await explanation(service, failure, request), next.reason, tried);
      throw failure.error(request.purpose, ending, attempts);
    }
    await clock.sleep(next.waitSeconds * 1000, signal);
  }
}

/** Whatever keeps a task busy, such as a list that never ends, comes to an end here. */
function throwIfOver({ clock, deadline }: Service, { purpose, isNextPage, pagesUntil = deadline }: HttpRequest): void {
  const end = deadline + windUpMilliseconds;
  if (clock.now() < (isNextPage ? Math.min(Math.max(deadline, pagesUntil), end) : end)) return;
  throw new TimedOutError(
    `Could not ${purpose}: the time that the whole work may take is used up. Allow more time, or check why so much is needed.`,
  );
}

async function credentialsOf({ tokens }: Service, signal: AbortSignal): Promise<Credentials> {
  return { token: await tokens?.token(signal), headers: (await tokens?.headers?.(signal)) ?? {} };
}

/** Who made the call, where that matters, and what to do. */
async function explanation(
  { tokens, explain }: Service,
  { trouble, isTokenRefused }: Failure,
  request: HttpRequest,
): Promise<string> {
  if (!trouble) return '';
  // A page that comes with success is a sign-in page; one that comes with an error is a proxy's.
  const isAboutTheCaller =
    isTokenRefused || (isRefusal(trouble) ? [401, 403].includes(trouble.status) : trouble.status < 400);
  const advice = await explain(trouble, request);
  return joined(
    tokens && isAboutTheCaller ? `The call was made as ${tokens.identity}.` : '',
    advice ?? (isRefusal(trouble) ? '' : checkTheUrl),
  );
}

const checkTheUrl = 'Check the URL of the service, and whether a sign-in page or a proxy is in the way.';
