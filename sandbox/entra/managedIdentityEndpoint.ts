import type { Received, Trace } from '../http/httpServer';
import type { Directory, ManagedIdentity } from './directory';
import { resourceNotFound } from './entraError';
import type { TokenParts } from './tokenEndpoint';

/** MSAL for Node puts a slash at the end when AZURE_POD_IDENTITY_AUTHORITY_HOST names the service. */
export const isManagedIdentityPath = (path: string) => /^\/metadata\/identity\/oauth2\/token\/?$/.test(path);

/** A refusal of the instance metadata service: always 400, without a code. */
export class MetadataError extends Error {
  constructor(
    readonly error: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The instance metadata service ("How to use managed identities for Azure resources on an Azure VM to acquire an
 * access token"). Numbers are strings in its answer.
 * @throws MetadataError or EntraError
 */
export async function answerManagedIdentity(
  { directory, tokens, clock }: TokenParts,
  { headers, url: { searchParams: query } }: Received,
  trace: Trace,
): Promise<Record<string, string>> {
  if (headers.metadata !== 'true') throw new MetadataError('bad_request_102', 'Required metadata header not specified');
  if (!query.get('api-version'))
    throw new MetadataError('invalid_request', "Required query variable 'api-version' is missing");
  const resource = query.get('resource');
  if (!resource) throw new MetadataError('invalid_request', "Required query variable 'resource' is missing");
  const identity = findIdentity(directory, query);
  if (!directory.hasResource(resource)) throw resourceNotFound(resource, identity.tenantId);

  trace.user = identity.clientId;
  const { tokenSeconds } = directory;
  const principal = { ...identity, hasSecret: false };
  const { text, issuedAt, expiresAt } = await tokens.issue(principal, resource, clock.now(), tokenSeconds);
  return {
    access_token: text,
    refresh_token: '',
    expires_in: String(tokenSeconds),
    expires_on: String(expiresAt),
    not_before: String(issuedAt),
    resource,
    token_type: 'Bearer',
  };
}

/**
 * The identity that is named, else the one that the system assigned, else the only one ("Managed identities for Azure
 * resources frequently asked questions").
 */
function findIdentity({ managedIdentities }: Directory, query: URLSearchParams): ManagedIdentity {
  const all = [...managedIdentities.values()];
  const isNamed = (name: string, id: string) => query.get(name)?.toLowerCase() === id.toLowerCase();
  const hasName = ['client_id', 'object_id', 'msi_res_id'].some((name) => query.has(name));
  const found = hasName
    ? all.find(
        ({ clientId, objectId, resourceId }) =>
          isNamed('client_id', clientId) || isNamed('object_id', objectId) || isNamed('msi_res_id', resourceId),
      )
    : (all.find(({ isSystemAssigned }) => isSystemAssigned) ?? all[0]);
  if (!found) throw new MetadataError('invalid_request', 'Identity not found');
  if (!hasName && !found.isSystemAssigned && all.length > 1)
    throw new MetadataError(
      'invalid_request',
      'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
    );
  return found;
}
