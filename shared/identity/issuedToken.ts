import { TaskError } from '../errors';

/** A token, and for how long it is valid. */
export interface IssuedToken {
  readonly token: string;
  readonly lifeSeconds: number;
}

/** The answer of a token endpoint (RFC 6749 5.1); some write the seconds as text. */
export interface TokenAnswer {
  readonly access_token?: string;
  readonly expires_in?: number | string;
}

/** Throws a TaskError when the answer of the service holds no token, or doesn't say for how long it is valid. */
export function readIssuedToken(service: string, { access_token: token, expires_in: life }: TokenAnswer): IssuedToken {
  const lifeSeconds = Number(life);
  if (typeof token !== 'string' || token === '' || !(lifeSeconds > 0))
    throw new TaskError(
      `${service} answered a token request without a token and its lifetime in seconds (access_token, expires_in). ` +
        'Check the URL of the service connection.',
    );
  return { token, lifeSeconds };
}
