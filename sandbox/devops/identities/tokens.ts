import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock';
import type { Credential } from './caller';
import type { Identity } from './identity';

export interface NewToken {
  readonly identity: Identity;
  /** Names of scopes, such as `vso.code_manage`; all of them by default. */
  readonly scopes?: readonly string[];
  /** Epoch milliseconds; never by default. */
  readonly expiresAt?: number;
  /** For the token of a job: ids of the only repositories that it may use; all by default. */
  readonly repositories?: readonly string[];
}

interface Issued extends Credential {
  readonly expiresAt: number;
  isRevoked: boolean;
}

/** Personal access tokens and the tokens of jobs. */
export class Tokens {
  readonly #issued = new Map<string, Issued>();

  constructor(private readonly clock: Clock) {}

  /** A personal access token. */
  issuePersonal(token: NewToken): string {
    return this.#issue('personal', token, randomBytes(39).toString('hex').slice(0, 52));
  }

  /** `System.AccessToken` of a job. */
  issueJob(token: NewToken): string {
    return this.#issue('job', token, randomBytes(39).toString('base64url'));
  }

  revoke(token: string): void {
    const issued = this.#issued.get(token);
    if (issued) issued.isRevoked = true;
  }

  /** `unusable` for one that is expired or revoked, undefined for one that was never issued. */
  find(token: string): Credential | 'unusable' | undefined {
    const issued = this.#issued.get(token);
    if (!issued) return undefined;
    return issued.isRevoked || issued.expiresAt <= this.clock.now() ? 'unusable' : issued;
  }

  #issue(kind: 'personal' | 'job', { identity, scopes, expiresAt, repositories }: NewToken, token: string): string {
    this.#issued.set(token, {
      identity,
      kind,
      scopes,
      expiresAt: expiresAt ?? Infinity,
      repositories: repositories && new Set(repositories.map((id) => id.toLowerCase())),
      isRevoked: false,
    });
    return token;
  }
}
