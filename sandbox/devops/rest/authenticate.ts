import type { IncomingHttpHeaders } from 'node:http';
import { Caller, type Credential } from '../identities/caller';
import type { EntraTokens } from '../identities/entraTokens';
import { bearerRefused, tokenUnusable } from '../organizationError';
import type { OrganizationState } from '../organizationState';

/** Nobody is signed in: there is no credential, or one that was never issued. */
export const notSignedIn = Symbol('not signed in');

/**
 * Who sent a request: by a personal access token or the token of a job, as the password of the basic scheme, or by
 * the token of a job or of Entra as a bearer.
 * @throws OrganizationError for a credential that is expired, revoked, or not of this organisation
 */
export async function authenticate(
  state: OrganizationState,
  entra: EntraTokens | undefined,
  headers: IncomingHttpHeaders,
): Promise<Caller | typeof notSignedIn> {
  const [, scheme = '', value = ''] = /^(\w+)\s+(.+)$/.exec(headers.authorization ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'basic': {
      const password = Buffer.from(value, 'base64')
        .toString('utf8')
        .replace(/^[^:]*:/, '');
      const found = state.tokens.find(password);
      return found === undefined ? notSignedIn : new Caller(state.security, usable(state, found));
    }
    case 'bearer': {
      const found = state.tokens.find(value);
      if (found !== undefined) return new Caller(state.security, usable(state, found));
      const credential = await entra?.credentialOf(value);
      if (!credential) throw bearerRefused(state.tenantId);
      return new Caller(state.security, credential);
    }
    default:
      return notSignedIn;
  }
}

function usable(state: OrganizationState, found: Credential | 'unusable'): Credential {
  if (found === 'unusable') throw tokenUnusable(state.origin);
  return found;
}
