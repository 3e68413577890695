import { invalidParameter } from './apiError';
import { type JsonObject, textOf } from './json';

const maximumLength = 64;

/** The token that makes a request safe to repeat; `undefined` without one. @throws ApiError when it is too long */
export function idempotencyTokenOf(request: JsonObject): string | undefined {
  const token = textOf(request.idempotency_token) ?? '';
  if (token.length > maximumLength)
    throw invalidParameter(`The idempotency token must have at most ${maximumLength} characters, got ${token.length}`);
  return token === '' ? undefined : token;
}
