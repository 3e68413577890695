import { randomUUID } from 'node:crypto';
import { decodeJwt, errors, type JWTPayload } from 'jose';
import { doesNotExist } from '../apiError';
import type { FederationPolicy } from './identityOptions';
import type { JwtVerifier } from './jwtVerifier';

/** A subject token that no policy lets in; the message is the `error_description` of `invalid_grant`. */
export class RefusedSubject extends Error {}

/** The token federation policies of the account, and the judgement of tokens by them. */
export class Federation {
  readonly #policies = new Map<string, FederationPolicy>();

  constructor(
    policies: readonly FederationPolicy[],
    private readonly verifier: JwtVerifier,
    private readonly defaultAudiences: () => readonly string[],
  ) {
    for (const policy of policies) this.add(policy);
  }

  /** Returns the id of the new policy. */
  add(policy: FederationPolicy): string {
    const { id = randomUUID(), servicePrincipal, subject } = policy;
    if ((servicePrincipal === undefined) !== (subject === undefined))
      throw new Error('The policy of a service principal has a subject; an account-wide one has none');
    this.#policies.set(id, policy);
    return id;
  }

  /** @throws ApiError when there is no such policy */
  revoke(id: string): void {
    if (!this.#policies.delete(id)) throw doesNotExist(`Federation policy ${id} does not exist.`);
  }

  /**
   * Whom a token of an identity provider stands for: the service principal with the client id when one of its own
   * policies lets the token in; without a client id whoever the account-wide policy finds in the token.
   * @throws RefusedSubject
   */
  async nameOf(token: string, clientId: string | undefined): Promise<string> {
    const claims = claimsOf(token);
    const trusting = [...this.#policies.values()].filter(
      (policy) =>
        policy.servicePrincipal === clientId &&
        policy.issuer === claims.iss &&
        (policy.subject === undefined || policy.subject === claims[policy.subjectClaim ?? 'sub']),
    );
    const presented = [claims.aud ?? []].flat();
    const wanted = (policy: FederationPolicy) => policy.audiences ?? this.defaultAudiences();
    const policy = trusting.find((candidate) => wanted(candidate).some((audience) => presented.includes(audience)));
    if (!policy) throw trusting[0] ? wrongAudience(presented, wanted(trusting[0])) : noPolicy(claims, presented);
    await this.#verify(token, policy, wanted(policy));
    return clientId ?? String(claims[policy.subjectClaim ?? 'sub']);
  }

  async #verify(token: string, policy: FederationPolicy, audiences: readonly string[]): Promise<void> {
    try {
      await this.verifier.verify(token, policy, audiences);
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw refused('TOKEN_EXPIRED (The token has expired)');
      throw refused(`TOKEN_INVALID (${error instanceof Error ? error.message : String(error)})`);
    }
  }
}

function claimsOf(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    throw refused('TOKEN_INVALID (The token is not a JSON web token)');
  }
}

const refused = (reason: string) => new RefusedSubject(`Failed to process token: ${reason}`);

const noPolicy = ({ iss = '', sub = '' }: JWTPayload, audiences: readonly string[]) =>
  refused(
    'TOKEN_INVALID (Ensure a valid federation policy has been configured). Valid federation policy for provided ' +
      `token: {issuer: '${iss}', subject: '${sub}', audience: '${audiences.join(', ')}'}`,
  );

const wrongAudience = (presented: readonly string[], wanted: readonly string[]) =>
  refused(
    `TOKEN_AUDIENCE_INVALID (The audience '${presented.join(', ')}' of the token is none of those that the policy ` +
      `accepts: '${wanted.join("', '")}')`,
  );
