import { randomBytes } from 'node:crypto';

export interface SandboxUser {
  readonly userName: string;
  readonly displayName?: string;
  /** A personal access token. */
  readonly token: string;
  /** When the token expires, in epoch milliseconds of the sandbox clock; never by default. */
  readonly expiryTime?: number;
  /** Everything but reading is 403. */
  readonly isReadOnly?: boolean;
  /** Admins have every permission; true by default. */
  readonly isAdmin?: boolean;
}

export interface ServicePrincipal {
  /** A UUID: its OAuth client id, its user name in the workspace and its application (client) id at Entra. */
  readonly applicationId: string;
  /** Its OAuth secret; a random one by default. */
  readonly secret?: string;
  readonly displayName?: string;
  /** Admins have every permission; true by default. */
  readonly isAdmin?: boolean;
}

/** A token federation policy ("Configure a federation policy"; `OidcFederationPolicy` of the REST API). */
export interface FederationPolicy {
  readonly id?: string;
  readonly issuer: string;
  /** One of them must be in the token; by default the account id and the token endpoint of the workspace. */
  readonly audiences?: readonly string[];
  /** What the subject claim must be. Only for the policy of a service principal, which must have one. */
  readonly subject?: string;
  /** `sub` by default. */
  readonly subjectClaim?: string;
  /** The keys of the issuer; by default those that its `/.well-known/openid-configuration` names. */
  readonly jwksJson?: string;
  readonly jwksUri?: string;
  /** The application id that the policy lets in; without it the subject claim names the user or service principal. */
  readonly servicePrincipal?: string;
}

/** The Entra tenant of the workspace. */
export interface EntraTrust {
  /** `iss` of its access tokens, with the tenant id as the first segment of the path. */
  readonly issuer: string;
  readonly jwksUri: string;
  /** Where people sign in; the origin of `jwksUri` by default. */
  readonly authority?: string;
}

/** Who may sign in, and by what. */
export interface IdentityOptions {
  /** One user with a random token by default. */
  readonly users?: readonly SandboxUser[];
  /** One with a random secret by default. */
  readonly servicePrincipals?: readonly ServicePrincipal[];
  /** How long OAuth access tokens of the workspace live, in seconds of the sandbox clock; 3600 by default. */
  readonly accessTokenSeconds?: number;
  readonly federationPolicies?: readonly FederationPolicy[];
  /** Absent: no token of Entra is accepted. */
  readonly entra?: EntraTrust;
  /** The id of the workspace at Azure: `/subscriptions/…/providers/Microsoft.Databricks/workspaces/…`. */
  readonly azureResourceId?: string;
  /** Application ids that are Contributor or Owner of that resource. */
  readonly azureContributors?: readonly string[];
  /** In PEM: by which issuers of tokens are trusted over HTTPS, instead of those of the system. */
  readonly issuerCa?: string;
}

export type SecretPrincipal = ServicePrincipal & { readonly secret: string };

const randomHex = () => randomBytes(16).toString('hex');

/** The users, of which there is at least one. */
export function usersOf({ users }: IdentityOptions): readonly [SandboxUser, ...SandboxUser[]] {
  if (!users) return [{ userName: 'someone@example.com', displayName: 'Someone', token: `dapi${randomHex()}` }];
  const [first, ...others] = users;
  if (!first) throw new Error('The sandbox needs at least one user');
  return [first, ...others];
}

// Always the same, so that what it made in a saved state stays its own.
const defaultPrincipals = [{ applicationId: '3c1f7a52-9d0e-4b86-a2c4-5e8f60b7d913', displayName: 'Pipeline' }];

/** The service principals, each with a secret. */
export function servicePrincipalsOf({
  servicePrincipals = defaultPrincipals,
}: IdentityOptions): readonly SecretPrincipal[] {
  return servicePrincipals.map((principal) => ({ secret: `dose${randomHex()}`, ...principal }));
}
