import type { Application } from './directory';

/** A refusal with its AADSTS code, as the token endpoint words it. */
export class EntraError extends Error {
  constructor(
    readonly status: number,
    /** The error of RFC 6749. */
    readonly error: string,
    readonly code: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const documentation = 'https://learn.microsoft.com/entra';
const reviewCertificates = `Review the documentation at ${documentation}/identity-platform/certificate-credentials .`;

export const tenantNotFound = (tenantId: string, error = 'invalid_request') =>
  new EntraError(
    400,
    error,
    90002,
    `Tenant '${tenantId}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  );

export const unknownInstance = () => new EntraError(400, 'invalid_instance', 50049, 'Unknown or invalid instance.');

export const notPosted = (method: string) =>
  new EntraError(
    400,
    'invalid_request',
    900561,
    `The endpoint only accepts POST requests. Received a ${method} request.`,
  );

export const missingParameter = (name: string) =>
  new EntraError(400, 'invalid_request', 900144, `The request body must contain the following parameter: '${name}'.`);

export const unsupportedGrantType = (grantType: string) =>
  new EntraError(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grantType}'.`);

export const applicationNotFound = (clientId: string, tenantId: string) =>
  new EntraError(
    400,
    'unauthorized_client',
    700016,
    `Application with identifier '${clientId}' was not found in the directory '${tenantId}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  );

export const applicationDisabled = ({ clientId, displayName }: Application) =>
  new EntraError(400, 'unauthorized_client', 7000112, `Application '${clientId}'(${displayName}) is disabled.`);

const invalidClient = (code: number, message: string) => new EntraError(401, 'invalid_client', code, message);

export const missingCredential = () =>
  invalidClient(
    7000218,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  );

export const invalidSecret = ({ clientId }: Application) =>
  invalidClient(
    7000215,
    `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
  );

export const expiredSecret = ({ clientId }: Application) =>
  invalidClient(
    7000222,
    `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
  );

export const malformedAssertion = (message = 'JWT token is invalid or malformed.') =>
  new EntraError(400, 'invalid_request', 50027, message);

/** Times are epoch milliseconds. */
export const assertionNotInTime = (now: number, validFrom: number, expiry: number) =>
  invalidClient(
    700024,
    `Client assertion is not within its valid time range. Current time: ${instant(now)}, assertion valid from ${instant(validFrom)}, expiry time of assertion ${instant(expiry)}. ${reviewCertificates}`,
  );

export const assertionOfAnother = () =>
  invalidClient(
    700021,
    `Client assertion application identifier doesn't match 'client_id' parameter. ${reviewCertificates}`,
  );

export const assertionForAnother = () =>
  invalidClient(700023, `Client assertion audience claim does not match Realm issuer. ${reviewCertificates}`);

export const unregisteredCertificate = ({ clientId }: Application, thumbprint: string) =>
  invalidClient(
    700027,
    `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '${thumbprint}', ${seeKeys(clientId)}].`,
  );

export const invalidSignature = ({ clientId }: Application, reason: string) =>
  invalidClient(700027, `Client assertion failed signature validation. [Reason - ${reason}, ${seeKeys(clientId)}].`);

const seeKeys = (clientId: string) =>
  `Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${clientId}'`;

export const noFederatedCredentials = ({ clientId, displayName }: Application) =>
  invalidClient(70025, `The client '${clientId}'(${displayName}) has no configured federated identity credentials.`);

const noMatch = (code: number, claim: string, presented: string, more = '') =>
  invalidClient(
    code,
    `No matching federated identity record found for presented assertion ${claim} '${presented}'.${more} Check your federated identity credential Subject, Audience and Issuer against the presented assertion. ${documentation}/workload-id/workload-identity-federation`,
  );

export const noMatchingIssuer = (issuer: string) => noMatch(700211, 'issuer', issuer);
export const noMatchingAudience = (audience: string) => noMatch(700212, 'audience', audience);
export const noMatchingSubject = (subject: string) => noMatch(700213, 'subject', subject);
export const noMatchingCase = (subject: string) =>
  noMatch(
    7002138,
    'subject',
    subject,
    ' The subject matches with case-insensitive comparison, but not with case-sensitive comparison.',
  );

export const issuerUnreachable = (cause: unknown) =>
  new EntraError(400, 'invalid_request', 90061, 'Request to External OIDC endpoint failed.', { cause });

export const severalScopes = (scope: string) =>
  new EntraError(
    400,
    'invalid_scope',
    70011,
    `The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
  );

export const notDefaultScope = (scope: string) =>
  new EntraError(
    400,
    'invalid_scope',
    1002012,
    `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  );

export const resourceNotFound = (resource: string, tenantId: string) =>
  new EntraError(
    400,
    'invalid_resource',
    500011,
    `The resource principal named ${resource} was not found in the tenant named ${tenantId}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  );

export const blockedByConditionalAccess = () =>
  new EntraError(
    400,
    'invalid_grant',
    53003,
    'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
  );

/** With the seven digits of .NET. */
const instant = (milliseconds: number) => new Date(milliseconds).toISOString().replace('Z', '0000Z');
