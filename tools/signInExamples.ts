import type { Refusal, Trouble } from '../shared/http/errors';
import type { SignInTitle } from '../shared/identity/signInProblems';

/** For each problem an answer that shows it, in the service's own words, shortened. Not a part of the tasks: only documentation and tests need them. */
export const signInExamples: Readonly<Record<SignInTitle, Trouble>> = {
  'The client secret is wrong': refusal(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.'),
  'The client secret has expired': refusal(
    401,
    'invalid_client',
    'AADSTS7000222: The provided client secret keys for app … are expired.',
  ),
  'The certificate is not registered': refusal(
    401,
    'invalid_client',
    'AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application.',
  ),
  'The certificate has expired': refusal(
    401,
    'invalid_client',
    'AADSTS1000502: The provided certificate is not within its specified validity period.',
  ),
  'The proof is not valid at this time': refusal(
    401,
    'invalid_client',
    'AADSTS700024: Client assertion is not within its valid time range.',
  ),
  'No federated credential matches': refusal(
    401,
    'invalid_client',
    "AADSTS700213: No matching federated identity record found for presented assertion subject 'sc://…'.",
  ),
  'The application is not in the tenant': refusal(
    400,
    'unauthorized_client',
    "AADSTS700016: Application with identifier '…' was not found in the directory '…'.",
  ),
  'The application is disabled': refusal(400, 'unauthorized_client', "AADSTS7000112: Application '…' is disabled."),
  'The tenant does not exist': refusal(400, 'invalid_request', "AADSTS90002: Tenant '…' not found."),
  'The tenant does not know the service': refusal(
    400,
    'invalid_resource',
    'AADSTS500011: The resource principal named … was not found in the tenant named ….',
  ),
  'Conditional access blocks the sign-in': refusal(
    400,
    'invalid_grant',
    'AADSTS53003: Access has been blocked by Conditional Access policies.',
  ),
  'Another refusal of Microsoft Entra ID': refusal(
    400,
    'invalid_request',
    'AADSTS90061: Request to External OIDC endpoint failed.',
  ),
  'Databricks refuses the OAuth secret': refusal(401, 'invalid_client', 'Client authentication failed'),
  'No federation policy matches': refusal(
    400,
    'invalid_grant',
    'Failed to process token: TOKEN_INVALID (Ensure a valid federation policy has been configured).',
  ),
  'The IP access list of the workspace blocks the agent': refusal(
    403,
    undefined,
    'Source IP address: … is blocked by Databricks IP ACL for workspace: 123',
  ),
  'The workspace does not accept calls from this network': refusal(
    403,
    undefined,
    'Unauthorized network access to workspace: 123',
  ),
  'The token is from another tenant': refusal(
    400,
    undefined,
    'io.jsonwebtoken.IncorrectClaimException: Expected iss claim to be: https://sts.windows.net/…/, but was: https://sts.windows.net/…/.',
  ),
  'The token is for another service': refusal(
    400,
    undefined,
    'io.jsonwebtoken.IncorrectClaimException: Expected aud claim to be: …, but was: ….',
  ),
  'The token has expired, or is for another workspace': refusal(403, undefined, 'Invalid access token.'),
  'The identity is not in the workspace': refusal(403, undefined, 'Unauthorized access to Org: 123'),
  'The identity lacks a permission in the workspace': refusal(
    403,
    'PERMISSION_DENIED',
    'User does not have Manage permissions on ….',
  ),
  'The workspace does not know the identity': refusal(
    401,
    undefined,
    'Credential was not sent or was of an unsupported type for this API.',
  ),
  'The job may not use the service connection': refusal(
    404,
    undefined,
    'There is no explicit reference to service connection … from current stage ….',
  ),
  'The token of the job has expired': refusal(
    401,
    'InvalidIdentityException',
    "TF400813: The user '…' is not authorized to access this resource.",
  ),
  'The identity may not read the Azure resource': refusal(
    403,
    'AuthorizationFailed',
    "The client '…' with object id '…' does not have authorization to perform action 'Microsoft.Databricks/workspaces/read' over scope '…'.",
  ),
  'The Azure resource of the workspace does not exist': refusal(
    404,
    'ResourceNotFound',
    "The Resource 'Microsoft.Databricks/workspaces/…' under resource group '…' was not found.",
  ),
  'The subscription belongs to another tenant': refusal(
    401,
    'InvalidAuthenticationTokenTenant',
    "The access token is from the wrong issuer '…'. It must match the tenant '…' associated with this subscription.",
  ),
  'The machine has no such managed identity': refusal(400, 'invalid_request', 'Identity not found'),
  'A sign-in page or a proxy answers': { status: 200, title: 'Sign in', locationHost: undefined },
};

function refusal(status: number, errorCode: string | undefined, serviceMessage: string): Refusal {
  return { status, errorCode, serviceMessage, requestId: undefined, retryAfterSeconds: undefined };
}
