import { randomBytes } from 'node:crypto';
import { ApiError } from './apiError';
import type { SandboxClock } from './clock';
import { isReading, type User } from './router';

export interface SandboxUser {
  readonly userName: string;
  readonly displayName?: string;
  readonly token: string;
  /** Everything but reading is 403. */
  readonly isReadOnly?: boolean;
}

export interface ServicePrincipal {
  /** A UUID: its OAuth client id, and its user name in the workspace. */
  readonly applicationId: string;
  /** Its OAuth secret. */
  readonly secret: string;
  readonly displayName?: string;
}

/** How long an OAuth access token is valid ("Authorize service principal access to Databricks with OAuth"). */
export const accessTokenSeconds = 3600;

/** Whether it is the name of a service principal. Clients go by this too (`libs/iamutil` of databricks/cli). */
export const isApplicationId = (userName: string) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(userName);

/** The users and service principals of the workspace, and the tokens by which it knows them. */
export class Identities {
  readonly #userByToken = new Map<string, { readonly user: User; readonly isReadOnly: boolean }>();
  readonly #userByAccessToken = new Map<string, { readonly user: User; readonly expiryTime: number }>();

  constructor(
    users: readonly SandboxUser[],
    private readonly servicePrincipals: readonly ServicePrincipal[],
    private readonly clock: SandboxClock,
  ) {
    for (const [index, { userName, displayName = userName, token, isReadOnly = false }] of users.entries())
      this.#userByToken.set(token, {
        user: { id: String(8_100_000_000_000_000 + index), userName, displayName },
        isReadOnly,
      });
  }

  /** A new access token; `undefined` when there is no such service principal, or it has another secret. */
  issueAccessToken(clientId: string, secret: string): string | undefined {
    const index = this.servicePrincipals.findIndex(
      (principal) => principal.applicationId === clientId && principal.secret === secret,
    );
    const principal = this.servicePrincipals[index];
    if (!principal) return undefined;
    const { applicationId: userName, displayName = userName } = principal;
    const token = randomBytes(48).toString('base64url');
    this.#userByAccessToken.set(token, {
      user: { id: String(8_200_000_000_000_000 + index), userName, displayName },
      expiryTime: this.clock.now() + accessTokenSeconds * 1000,
    });
    return token;
  }

  /**
   * Who sent a request. The texts are those that workspaces answer with; the error code is a number there. An expired
   * access token is 403 too (n8n issue 34147, databricks/cli issue 4768).
   * @throws ApiError when it is nobody, or somebody who may not
   */
  authenticate(authorization: string | undefined, method: string): User {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined)
      throw new ApiError(401, 401, 'Credential was not sent or was of an unsupported type for this API.');
    const access = this.#userByAccessToken.get(token);
    if (access) {
      if (access.expiryTime <= this.clock.now()) throw invalidToken('Invalid Token');
      return access.user;
    }
    const known = this.#userByToken.get(token);
    if (!known) throw invalidToken('Invalid access token.');
    if (known.isReadOnly && !isReading(method)) {
      throw new ApiError(
        403,
        'PERMISSION_DENIED',
        `User ${known.user.userName} does not have permission to change this workspace.`,
      );
    }
    return known.user;
  }
}

const invalidToken = (message: string) => new ApiError(403, 403, message, { 'x-databricks-reason-phrase': message });
