import type { Format } from './answer/formats';
import { nextStep, type Failure } from './answer/failure';
import { attempt, type Credentials } from './attempt';
import { isRefusal } from './errors';
import type { HttpRequest } from './httpClient';
import { joined } from './sentences';
import type { Service } from './service';

const defaultBudgetSeconds = 120;

/** Sends a request until it gives data, or until it may not be sent again; then it rejects. */
export async function callUntilAnswered<T>(service: Service, request: HttpRequest, format: Format<T>): Promise<T> {
  const { clock, throttle, tokens, random } = service;
  const { limit, budgetSeconds = defaultBudgetSeconds } = request;
  const isRepeatable = request.repeatable ?? (request.method === 'GET' || request.method === 'HEAD');
  // A signal of its own for each call: Node warns of more than ten listeners to one.
  const signal = AbortSignal.any(request.signal ? [service.signal, request.signal] : [service.signal]);
  let deadline = clock.now() + budgetSeconds * 1000;
  let isTokenRenewed = false;
  for (let attempts = 1; ; attempts++) {
    const credentials = await credentialsOf(service, signal);
    const queuedAt = clock.now();
    await throttle.turn(limit, signal);
    // The time in our own queue is not the service's.
    deadline += clock.now() - queuedAt;

    const reading = await throttle.follow(
      limit,
      attempt(service, request, format, credentials, deadline - clock.now(), signal),
      (outcome) => 'failure' in outcome && outcome.failure.isTooFast,
    );
    if ('value' in reading) return reading.value;
    const { failure } = reading;
    const { token } = credentials;
    if (failure.isTokenRefused && !isTokenRenewed && token !== undefined && tokens?.refused(token)) {
      isTokenRenewed = true;
      continue;
    }
    const secondsLeft = (deadline - clock.now()) / 1000;
    const next = nextStep(failure, { attempts, isRepeatable, budgetSeconds, secondsLeft, random });
    if ('reason' in next) {
      const tried = attempts > 1 ? `Tried ${attempts} times.` : '';
      const ending = joined(await explanation(service, failure, request), next.reason, tried);
      throw failure.error(request.purpose, ending, attempts);
    }
    await clock.sleep(next.waitSeconds * 1000, signal);
  }
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
