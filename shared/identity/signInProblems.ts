import { isRefusal, type Refusal, type Trouble } from '../http/errors';

/** Who may refuse a sign-in, by the names that messages use. */
export type SignInService =
  | 'Microsoft Entra ID'
  | 'Databricks'
  | 'Azure DevOps'
  | 'Azure Resource Manager'
  | 'the managed identity endpoint of this machine';

/** One reason why nobody gets in, or not far enough. The page docs/sign-in-problems.md is made of these. */
export interface SignInProblem {
  readonly title: string;
  /** Who answers so; absent where each of them may. */
  readonly service?: SignInService;
  /** An answer by which it shows, in the service's own words, shortened. */
  readonly example: Trouble;
  matches(trouble: Trouble): boolean;
  /** What the task says to do. */
  readonly advice: string;
}

const entra = 'Microsoft Entra ID';
const arm = 'Azure Resource Manager';
const metadata = 'the managed identity endpoint of this machine';

const notAMember =
  'Add this identity to the workspace (Settings, Identity and access, Service principals) by its application ID, and ' +
  'check that the URL is that of the workspace you mean.';

/**
 * The first of a service that matches counts: the particular ones come before the general. The codes of Microsoft
 * Entra ID: https://learn.microsoft.com/entra/identity-platform/reference-error-codes. Databricks documents no texts;
 * these are from issue threads of its CLI, SDKs and Terraform provider.
 */
export const signInProblems: readonly SignInProblem[] = [
  {
    title: 'The client secret is wrong',
    service: entra,
    example: refusal(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.'),
    matches: says(/\bAADSTS7000215\b/),
    advice:
      'Make a new secret for the application (App registrations, Certificates & secrets) and put its Value, not its Secret ID, into the service connection. Or move the connection to workload identity federation, which has no secret.',
  },
  {
    title: 'The client secret has expired',
    service: entra,
    example: refusal(401, 'invalid_client', 'AADSTS7000222: The provided client secret keys for app … are expired.'),
    matches: says(/\bAADSTS7000222\b/),
    advice:
      'Make a new secret for the application (App registrations, Certificates & secrets) and put its Value into the service connection. Or move the connection to workload identity federation, where nothing expires.',
  },
  {
    title: 'The certificate is not known',
    service: entra,
    example: refusal(
      401,
      'invalid_client',
      'AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application.',
    ),
    matches: says(/\bAADSTS700027\b/),
    advice:
      'Upload this certificate to the application (App registrations, Certificates & secrets, Certificates), or put the registered one, with its private key, into the service connection.',
  },
  {
    title: 'The certificate has expired',
    service: entra,
    example: refusal(
      401,
      'invalid_client',
      'AADSTS1000502: The provided certificate is not within its specified validity period.',
    ),
    matches: says(/\bAADSTS1000502\b/),
    advice:
      'Make a new certificate, upload it to the application (App registrations, Certificates & secrets, Certificates) and put it, with its private key, into the service connection. Or move the connection to workload identity federation.',
  },
  {
    title: 'The proof is not valid at this time',
    service: entra,
    example: refusal(401, 'invalid_client', 'AADSTS700024: Client assertion is not within its valid time range.'),
    matches: says(/\bAADSTS700024\b/),
    advice: 'Set the clock of the agent machine by a time server: what proves the identity is good for some minutes.',
  },
  {
    title: 'No federated credential fits',
    service: entra,
    example: refusal(
      401,
      'invalid_client',
      "AADSTS700213: No matching federated identity record found for presented assertion subject 'sc://…'.",
    ),
    // 70021: none of it fits; 700211 to 700213: the issuer, the audience, the subject; 7002138: its case; 70025: there is none.
    matches: says(/\bAADSTS7002(?:1\d*|5)\b/),
    advice:
      'Give the application or managed identity a federated credential with exactly this issuer, subject and audience, in upper and lower case, too (Certificates & secrets, Federated credentials). A service connection, project or organisation that was renamed has another subject.',
  },
  {
    title: 'The application is not in the tenant',
    service: entra,
    example: refusal(
      400,
      'unauthorized_client',
      "AADSTS700016: Application with identifier '…' was not found in the directory '…'.",
    ),
    matches: says(/\bAADSTS700016\b/),
    advice:
      'Check the service principal id and the tenant id of the service connection: the application may have been deleted, or be registered in another tenant.',
  },
  {
    title: 'The application is disabled',
    service: entra,
    example: refusal(400, 'unauthorized_client', "AADSTS7000112: Application '…' is disabled."),
    matches: says(/\bAADSTS7000112\b/),
    advice:
      'Enable the application (Microsoft Entra admin center, Enterprise applications, Properties, Enabled for users to sign in).',
  },
  {
    title: 'The tenant does not exist',
    service: entra,
    example: refusal(400, 'invalid_request', "AADSTS90002: Tenant '…' not found."),
    // 900023: a text that can't be a tenant.
    matches: says(/\bAADSTS(?:90002|900023)\b/),
    advice:
      'Check the tenant id of the service connection, and that its environment (AzureCloud, AzureUSGovernment, AzureChinaCloud) is that of the tenant.',
  },
  {
    title: 'The tenant does not know the service',
    service: entra,
    example: refusal(
      400,
      'invalid_resource',
      'AADSTS500011: The resource principal named … was not found in the tenant named ….',
    ),
    matches: says(/\bAADSTS500011\b/),
    advice:
      'Check the tenant id of the service connection: it must be the tenant that the workspace or the subscription belongs to.',
  },
  {
    title: 'Conditional access blocks the sign-in',
    service: entra,
    example: refusal(400, 'invalid_grant', 'AADSTS53003: Access has been blocked by Conditional Access policies.'),
    matches: says(/\bAADSTS53003\b/),
    advice:
      'Have the policy for workload identities let this service principal sign in from the address of the agent, or use an agent at an address that it allows.',
  },
  {
    title: 'Another refusal of Microsoft Entra ID',
    service: entra,
    example: refusal(400, 'invalid_request', 'AADSTS90061: Request to External OIDC endpoint failed.'),
    matches: (trouble) => isRefusal(trouble) && trouble.status < 429,
    advice: 'Look the number after AADSTS up at https://login.microsoftonline.com/error.',
  },
  {
    title: 'Databricks refuses the OAuth secret',
    service: 'Databricks',
    example: refusal(401, 'invalid_client', 'Client authentication failed'),
    matches: hasCode('invalid_client'),
    advice:
      'Check the client ID of the service connection, and make a new OAuth secret for the service principal in Databricks (Settings, Identity and access, Service principals, Secrets): it lives two years at most, and a secret of Microsoft Entra ID is none.',
  },
  {
    title: 'No federation policy fits',
    service: 'Databricks',
    example: refusal(
      400,
      'invalid_grant',
      'Failed to process token: TOKEN_INVALID (Ensure a valid federation policy has been configured).',
    ),
    // TOKEN_AUDIENCE_INVALID where the audience alone doesn't fit.
    matches: hasCode('invalid_grant', 'invalid_request'),
    advice:
      'Give the service principal of the client ID a federation policy with exactly this issuer, subject and audience (account console, User management, Service principals, Credentials & secrets, Federation policies). A service connection, project or organisation that was renamed has another subject.',
  },
  {
    title: 'The IP access list of the workspace blocks the agent',
    service: 'Databricks',
    example: refusal(403, undefined, 'Source IP address: … is blocked by Databricks IP ACL for workspace: 123'),
    matches: says(/\bblocked by databricks ip acl\b/i),
    advice:
      'Have a workspace admin add the address of the agent to the IP access list (databricks ip-access-lists), or use an agent at an address that is on it: those of agents that Microsoft hosts change every week.',
  },
  {
    title: 'The workspace takes no calls from this network',
    service: 'Databricks',
    example: refusal(403, undefined, 'Unauthorized network access to workspace: 123'),
    matches: says(/\bunauthorized network access\b/i),
    advice:
      "Use a self-hosted agent in a network that reaches the workspace's private endpoint, and check that its DNS gives the private address.",
  },
  {
    title: 'The token is of another tenant',
    service: 'Databricks',
    example: refusal(
      400,
      undefined,
      'io.jsonwebtoken.IncorrectClaimException: Expected iss claim to be: https://sts.windows.net/…/, but was: https://sts.windows.net/…/.',
    ),
    matches: says(/\bexpected iss claim\b/i),
    advice: 'The workspace belongs to another tenant than the service connection: use a connection of its tenant.',
  },
  {
    title: 'The token is for another service',
    service: 'Databricks',
    example: refusal(
      400,
      undefined,
      'io.jsonwebtoken.IncorrectClaimException: Expected aud claim to be: …, but was: ….',
    ),
    matches: says(/\bexpected aud claim\b/i),
    advice:
      'Check that the URL is that of an Azure Databricks workspace, in the cloud that the service connection is for.',
  },
  {
    title: 'The token has expired, or is of another workspace',
    service: 'Databricks',
    example: refusal(403, undefined, 'Invalid access token.'),
    matches: says(/\binvalid (?:access )?token\b|\b(?:token|jwt)\b.*\bexpir/is),
    advice:
      'Check the URL of the workspace. A personal access token that has expired or was revoked needs a successor; better, move the connection to federation, which nobody has to renew.',
  },
  {
    title: 'The identity is not in the workspace',
    service: 'Databricks',
    example: refusal(403, undefined, 'Unauthorized access to Org: 123'),
    matches: says(/\b(?:unauthorized|invalid) access to (?:org|workspace)\b|\buser not authorized\b/i),
    advice: notAMember,
  },
  {
    title: 'The identity is there, but may not do this',
    service: 'Databricks',
    example: refusal(403, 'PERMISSION_DENIED', 'User does not have Manage permissions on ….'),
    matches: isRefusedWith(403),
    advice:
      'Grant it what the answer names: the permission on the object, the folder or the cluster policy, or the entitlement in the workspace settings. If it could do this before, somebody has taken the grant away.',
  },
  {
    title: 'Nobody knows the identity',
    service: 'Databricks',
    example: refusal(401, undefined, 'Credential was not sent or was of an unsupported type for this API.'),
    matches: isRefusedWith(401),
    advice: notAMember,
  },
  {
    title: 'The job may not use the service connection',
    service: 'Azure DevOps',
    example: refusal(404, undefined, 'There is no explicit reference to service connection … from current stage ….'),
    matches: isRefusedWith(403, 404),
    advice:
      'Name the service connection in the input itself, so that Azure DevOps knows of it before the run, and permit the pipeline to use it (Project settings, Service connections, the connection, Security, Pipeline permissions).',
  },
  {
    title: "The job's own token is not accepted any more",
    service: 'Azure DevOps',
    example: refusal(401, undefined, "TF400813: The user '…' is not authorized to access this resource."),
    matches: isRefusedWith(401),
    advice:
      'It ends with the job, or with its time limit (timeoutInMinutes): run the job again, with a longer one where it needs it.',
  },
  {
    title: 'The identity may not read the Azure resource',
    service: arm,
    example: refusal(
      403,
      'AuthorizationFailed',
      "The client '…' with object id '…' does not have authorization to perform action 'Microsoft.Databricks/workspaces/read' over scope '…'.",
    ),
    matches: isRefusedWith(403),
    advice:
      'Give it the role Reader on the Azure Databricks workspace (Azure portal, Access control (IAM)), or name the workspace by its URL.',
  },
  {
    title: 'Azure has no such workspace',
    service: arm,
    example: refusal(
      404,
      'ResourceNotFound',
      "The Resource 'Microsoft.Databricks/workspaces/…' under resource group '…' was not found.",
    ),
    matches: isRefusedWith(404),
    advice:
      "Check the resource id in 'workspaceUrl' (Azure portal, the workspace, JSON View), or name the workspace by its URL.",
  },
  {
    title: 'The subscription belongs to another tenant',
    service: arm,
    example: refusal(
      401,
      'InvalidAuthenticationTokenTenant',
      "The access token is from the wrong issuer '…'. It must match the tenant '…' associated with this subscription.",
    ),
    matches: hasCode('InvalidAuthenticationTokenTenant'),
    advice: 'Use a service connection of the tenant that the subscription of the workspace belongs to.',
  },
  {
    title: 'The machine has no such managed identity',
    service: metadata,
    example: refusal(400, 'invalid_request', 'Identity not found'),
    // Or it has several: `Multiple user assigned identities exist, please specify the clientId / resourceId …`.
    matches: (trouble) => isRefusal(trouble) && trouble.status < 429,
    advice:
      'Assign the identity to the Azure machine of the agent (virtual machine, Security, Identity); of several user-assigned ones, the service connection must name one by its client id.',
  },
  {
    title: 'A sign-in page or a proxy answers',
    example: { status: 200, title: 'Sign in', locationHost: undefined },
    matches: (trouble) => !isRefusal(trouble),
    advice:
      'Check the URL of the service connection (of a workspace: https://adb-….azuredatabricks.net), and whether a proxy of your network wants a sign-in or blocks the address.',
  },
];

/** Which of the problems an answer of the service shows; undefined when it is no matter of signing in. */
export function problemOf(service: SignInService, trouble: Trouble): SignInProblem | undefined {
  return signInProblems.find(
    (problem) => (problem.service === undefined || problem.service === service) && problem.matches(trouble),
  );
}

/** What to do about an answer of the service that holds no data; undefined when it is no matter of signing in. */
export function adviceFor(service: SignInService, trouble: Trouble): string | undefined {
  return problemOf(service, trouble)?.advice;
}

function refusal(status: number, errorCode: string | undefined, serviceMessage: string): Refusal {
  return { status, errorCode, serviceMessage, requestId: undefined, retryAfterSeconds: undefined };
}

/** The words may also be the title of a page, which is how Databricks reports what goes wrong before its API. */
function says(words: RegExp) {
  return (trouble: Trouble): boolean => words.test(isRefusal(trouble) ? trouble.serviceMessage : (trouble.title ?? ''));
}

function hasCode(...codes: readonly string[]) {
  return (trouble: Trouble): boolean => isRefusal(trouble) && codes.includes(trouble.errorCode ?? '');
}

function isRefusedWith(...statuses: readonly number[]) {
  return (trouble: Trouble): boolean => isRefusal(trouble) && statuses.includes(trouble.status);
}
