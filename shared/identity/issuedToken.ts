import { TaskError } from '../errors';

/** A token, and for how long it is good. */
export interface IssuedToken {
  readonly token: string;
  readonly lifeSeconds: number;
}

/** What token endpoints answer (RFC 6749 5.1); some write the seconds as text. */
export interface TokenAnswer {
  readonly access_token?: string;
  readonly expires_in?: number | string;
}

/** Throws a TaskError when the answer of the service holds no token, or doesn't say how long it is good. */
export function readIssuedToken(service: string, { access_token: token, expires_in: life }: TokenAnswer): IssuedToken {
  const lifeSeconds = Number(life);
  if (typeof token !== 'string' || token === '' || !(lifeSeconds > 0))
    throw new TaskError(
      `${service} answered a request for a token without a token and its life in seconds (access_token, expires_in). ` +
        'Check the URL of the service connection.',
    );
  return { token, lifeSeconds };
}
