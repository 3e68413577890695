import type { TaskAgent, TokenIssuer } from '../agent/agent';
import type { Context } from '../agent/context';
import type { Clock } from '../clock';
import { CallError } from '../http/errors';
import type { TokenSource } from '../http/tokenSource';
import type { IssuedToken } from './issuedToken';

export interface RenewedTokensOptions {
  /** Who the tokens are for; called for each message. */
  identity(): string;
  /** Requests a new token. */
  issue(isRenewal: boolean): Promise<IssuedToken>;
  readonly agent: Pick<TaskAgent, 'setSecret'>;
  readonly clock: Clock;
}

/**
 * There is no token for a call. The error has no status: the caller would take the status of the token endpoint for the
 * answer to its own call, such as a 404 for an object that does not exist.
 */
export class SignInError extends CallError {
  override readonly name = 'SignInError';
}

/** Azure Databricks refuses tokens that expire within 30 s (databricks-sdk-go, `azureReuseTokenSource`). */
const secondsEarly = 40;

/** Tokens that expire: cached, renewed before they expire, and at once when the service refuses one. */
export class RenewedTokens implements TokenSource {
  readonly #options: RenewedTokensOptions;
  #current: { readonly token: string; readonly renewAt: number } | undefined;
  #renewal: Promise<string> | undefined;
  #isFirst = true;

  constructor(options: RenewedTokensOptions) {
    this.#options = options;
  }

  get identity(): string {
    return this.#options.identity();
  }

  async token(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    if (this.#current && this.#options.clock.now() < this.#current.renewAt) return this.#current.token;
    // Calls that come in the meantime wait for the same token.
    this.#renewal ??= this.#renew().finally(() => (this.#renewal = undefined));
    return unlessAborted(this.#renewal, signal);
  }

  refused(token: string): boolean {
    if (this.#current?.token === token) this.#current = undefined;
    return true;
  }

  async #renew(): Promise<string> {
    const { agent, clock } = this.#options;
    const askedAt = clock.now();
    const { token, lifeSeconds } = await this.#options.issue(!this.#isFirst).catch(asSignInError);
    agent.setSecret(token);
    const validSeconds = Math.max(lifeSeconds - secondsEarly, lifeSeconds / 2);
    this.#current = { token, renewAt: askedAt + validSeconds * 1000 };
    this.#isFirst = false;
    return token;
  }
}

/** Tokens of a connection that hands them out itself, for a service by its application id or URI. */
export function issuerTokens(issuer: TokenIssuer, resource: string, context: Context): RenewedTokens {
  return new RenewedTokens({
    ...context,
    identity: () => issuer.identity,
    issue: () => issuer.issue(resource, context.signal),
  });
}

function asSignInError(error: unknown): never {
  throw error instanceof CallError ? new SignInError(error.message, error) : error;
}

/** Rejects when the signal aborts; the promise goes on, because other calls may wait for it. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal?.removeEventListener('abort', onAbort));
  });
}
