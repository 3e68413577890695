import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError, doesNotExist, refusedLogin } from '../apiError';
import type { SandboxClock } from '../../clock';
import { isReading, type User } from '../router';
import type { EntraTokens } from './entraTokens';
import type { SandboxUser, ServicePrincipal } from './identityOptions';

/** Whether it is the name of a service principal. Clients go by this too (`libs/iamutil` of databricks/cli). */
export const isApplicationId = (userName: string) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(userName);

interface Member {
  readonly user: User;
  readonly isReadOnly?: boolean;
  secret?: string;
}

interface KnownToken {
  readonly userName: string;
  readonly expiryTime: number;
  /** The answer when it has expired. */
  readonly expired: string;
}

export interface IdentityParts {
  readonly clock: SandboxClock;
  readonly workspaceId: string;
  readonly accessTokenSeconds: number;
  /** Absent: no token of Entra is accepted. */
  readonly entra: EntraTokens | undefined;
  /** Called for everybody who comes into the workspace. */
  readonly added: (userName: string) => void;
}

/** The users and service principals of the workspace, and the tokens by which it knows them. */
export class Identities {
  readonly #members = new Map<string, Member>();
  readonly #formerMembers = new Set<string>();
  readonly #tokens = new Map<string, KnownToken>();
  #usersMade = 0;
  #principalsMade = 0;

  constructor(private readonly parts: IdentityParts) {}

  get accessTokenSeconds(): number {
    return this.parts.accessTokenSeconds;
  }

  addUser({ userName, displayName = userName, token, isReadOnly = false, isAdmin = true, ...rest }: SandboxUser): void {
    const id = String(8_100_000_000_000_000 + this.#usersMade++);
    this.#members.set(userName, { user: { id, userName, displayName, isAdmin }, isReadOnly });
    this.#tokens.set(token, { userName, expiryTime: rest.expiryTime ?? Infinity, expired: 'Invalid access token.' });
    this.parts.added(userName);
  }

  addServicePrincipal({ applicationId, displayName = applicationId, secret, isAdmin = true }: ServicePrincipal): void {
    const id = String(8_200_000_000_000_000 + this.#principalsMade++);
    this.#members.set(applicationId, {
      user: { id, userName: applicationId, displayName, isAdmin },
      ...(secret !== undefined && { secret }),
    });
    this.parts.added(applicationId);
  }

  /** All users and service principals of the workspace. */
  users(): readonly User[] {
    return [...this.#members.values()].map(({ user }) => user);
  }

  /** Whether the account knows the user or service principal, which may have been removed from the workspace. */
  knows(userName: string): boolean {
    return this.#members.has(userName) || this.#formerMembers.has(userName);
  }

  hasSecret(clientId: string, secret: string): boolean {
    const member = this.#members.get(clientId);
    return member?.secret !== undefined && member.secret === secret;
  }

  /** A new OAuth access token. */
  issueAccessToken(userName: string): string {
    const token = randomBytes(48).toString('base64url');
    const expiryTime = this.parts.clock.now() + this.parts.accessTokenSeconds * 1000;
    this.#tokens.set(token, { userName, expiryTime, expired: 'Invalid Token' });
    return token;
  }

  /** The token of a run, by which its notebooks use the API as the user. It is revoked when the run ends. */
  issueRunToken(userName: string): string {
    const token = randomBytes(32).toString('hex');
    this.#tokens.set(token, { userName, expiryTime: Infinity, expired: 'Invalid access token.' });
    return token;
  }

  /** One that was revoked with the user's others stays so. */
  endRunToken(token: string): void {
    this.#tokens.delete(token);
  }

  /** Takes a user, with the personal access tokens, or a service principal out of the workspace. @throws ApiError */
  remove(userName: string): void {
    if (!this.#members.delete(userName)) throw doesNotExist(`Principal ${userName} does not exist.`);
    this.#formerMembers.add(userName);
    if (isApplicationId(userName)) return;
    for (const [token, known] of this.#tokens) if (known.userName === userName) this.#tokens.delete(token);
  }

  /** Revokes a personal access token or an OAuth access token. @throws ApiError when there is no such token */
  revokeToken(token: string): void {
    if (!this.#tokens.delete(token)) throw doesNotExist('Token does not exist.');
  }

  /** Deletes the OAuth secret of a service principal; tokens that it was given with it stay valid. @throws ApiError */
  revokeSecret(applicationId: string): void {
    const member = this.#members.get(applicationId);
    if (member?.secret === undefined) throw doesNotExist(`Principal ${applicationId} has no secret.`);
    delete member.secret;
  }

  /**
   * Who sent a request. The texts are those that workspaces answer with; the error code is a number there. An expired
   * access token is 403 too (n8n issue 34147, databricks/cli issue 4768).
   * @throws ApiError when it is nobody, or somebody who may not
   */
  async authenticate(headers: IncomingHttpHeaders, method: string): Promise<User> {
    const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined)
      throw refusedLogin(401, 'Credential was not sent or was of an unsupported type for this API.');
    const { user, isReadOnly } = await this.#memberOf(token, headers);
    if (isReadOnly && !isReading(method)) {
      throw new ApiError(
        403,
        'PERMISSION_DENIED',
        `User ${user.userName} does not have permission to change this workspace.`,
      );
    }
    return user;
  }

  async #memberOf(token: string, headers: IncomingHttpHeaders): Promise<Member> {
    const { clock, entra, workspaceId } = this.parts;
    const known = this.#tokens.get(token);
    if (known && known.expiryTime <= clock.now()) throw refusedLogin(403, known.expired);
    const userName = known?.userName ?? (await entra?.nameOf(token));
    if (userName === undefined) throw refusedLogin(403, 'Invalid access token.');
    if (!known && !this.#members.has(userName) && (await entra?.isContributor(userName, headers)))
      this.addServicePrincipal({ applicationId: userName });
    const member = this.#members.get(userName);
    // terraform-provider-databricks issue 2715 and its troubleshooting guide.
    if (!member) throw refusedLogin(403, `Unauthorized access to Org: ${workspaceId}`);
    return member;
  }
}
