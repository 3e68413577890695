import { isRefusal, type Trouble } from '../http/errors';

/** The services that may refuse a sign-in, by the names that messages use. */
export type SignInService =
  | 'Microsoft Entra ID'
  | 'Databricks'
  | 'Azure DevOps'
  | 'Azure Resource Manager'
  | 'the managed identity endpoint of this machine';

/** One reason why a sign-in, or a call after it, is refused. The page docs/sign-in-problems.md is made from these and tools/signInExamples.ts. */
export interface SignInProblem {
  readonly title: string;
  /** The service that answers this way; absent where each of them may. */
  readonly service?: SignInService;
  matches(trouble: Trouble): boolean;
  /** What the task tells people to do. */
  readonly advice: string;
}

const entra = 'Microsoft Entra ID';
const arm = 'Azure Resource Manager';
const metadata = 'the managed identity endpoint of this machine';

const notAMember =
  'Add this identity to the workspace (Settings, Identity and access, Service principals) by its application ID, and ' +
  'check that the URL is that of the intended workspace.';

/**
 * The first one of a service that matches is taken: the specific ones come before the general. The codes of Microsoft
 * Entra ID: https://learn.microsoft.com/entra/identity-platform/reference-error-codes. Databricks documents no texts;
 * these are from issue threads of its CLI, SDKs and Terraform provider.
 */
export const signInProblems = [
  {
    title: 'The client secret is wrong',
    service: entra,
    matches: says(/\bAADSTS7000215\b/),
    advice:
      'Create a secret for the application (App registrations, Certificates & secrets) and put its Value, not its Secret ID, into the service connection. Or convert the connection to workload identity federation, which needs no secret.',
  },
  {
    title: 'The client secret has expired',
    service: entra,
    matches: says(/\bAADSTS7000222\b/),
    advice:
      'Create a secret for the application (App registrations, Certificates & secrets) and put its Value into the service connection. Or convert the connection to workload identity federation, where no secret expires.',
  },
  {
    title: 'The certificate is not registered',
    service: entra,
    matches: says(/\bAADSTS700027\b/),
    advice:
      'Upload this certificate to the application (App registrations, Certificates & secrets, Certificates), or put the registered one, with its private key, into the service connection.',
  },
  {
    title: 'The certificate has expired',
    service: entra,
    matches: says(/\bAADSTS1000502\b/),
    advice:
      'Create a certificate, upload it to the application (App registrations, Certificates & secrets, Certificates) and put it, with its private key, into the service connection. Or convert the connection to workload identity federation.',
  },
  {
    title: 'The proof is not valid at this time',
    service: entra,
    matches: says(/\bAADSTS700024\b/),
    advice:
      'Synchronize the clock of the agent machine with a time server: the proof of the identity is valid for some minutes only.',
  },
  {
    title: 'No federated credential matches',
    service: entra,
    // 70021: nothing matches; 700211 to 700213: the issuer, the audience, the subject; 7002138: its case; 70025: there is no credential.
    matches: says(/\bAADSTS7002(?:1\d*|5)\b/),
    advice:
      'Give the application or managed identity a federated credential with exactly this issuer, subject and audience, also in upper and lower case (Certificates & secrets, Federated credentials). Renaming the service connection, project or organization changes the subject.',
  },
  {
    title: 'The application is not in the tenant',
    service: entra,
    matches: says(/\bAADSTS700016\b/),
    advice:
      'Check the service principal id and the tenant id of the service connection: the application may have been deleted, or be registered in another tenant.',
  },
  {
    title: 'The application is disabled',
    service: entra,
    matches: says(/\bAADSTS7000112\b/),
    advice:
      'Enable the application (Microsoft Entra admin center, Enterprise applications, Properties, Enabled for users to sign in).',
  },
  {
    title: 'The tenant does not exist',
    service: entra,
    // 900023: a text that is not a tenant id or domain.
    matches: says(/\bAADSTS(?:90002|900023)\b/),
    advice:
      'Check the tenant id of the service connection, and that its environment (AzureCloud, AzureUSGovernment, AzureChinaCloud) is the cloud of the tenant.',
  },
  {
    title: 'The tenant does not know the service',
    service: entra,
    matches: says(/\bAADSTS500011\b/),
    advice:
      'Check the tenant id of the service connection: it must be the tenant that the workspace or the subscription belongs to.',
  },
  {
    title: 'Conditional access blocks the sign-in',
    service: entra,
    matches: says(/\bAADSTS53003\b/),
    advice:
      'Allow this service principal to sign in from the address of the agent in the policy for workload identities, or use an agent at an allowed address.',
  },
  {
    title: 'Another refusal of Microsoft Entra ID',
    service: entra,
    matches: (trouble) => isRefusal(trouble) && trouble.status < 429,
    advice: 'Look the number after AADSTS up at https://login.microsoftonline.com/error.',
  },
  {
    title: 'Databricks refuses the OAuth secret',
    service: 'Databricks',
    matches: hasCode('invalid_client'),
    advice:
      'Check the client ID of the service connection, and create an OAuth secret for the service principal in Databricks (Settings, Identity and access, Service principals, Secrets): it expires after two years at most, and a secret of Microsoft Entra ID does not work here.',
  },
  {
    title: 'No federation policy matches',
    service: 'Databricks',
    // TOKEN_AUDIENCE_INVALID where only the audience doesn't match.
    matches: hasCode('invalid_grant', 'invalid_request'),
    advice:
      'Give the service principal of the client ID a federation policy with exactly this issuer, subject and audience (account console, User management, Service principals, Credentials & secrets, Federation policies). Renaming the service connection, project or organization changes the subject.',
  },
  {
    title: 'The IP access list of the workspace blocks the agent',
    service: 'Databricks',
    matches: says(/\bblocked by databricks ip acl\b/i),
    advice:
      'Ask a workspace admin to add the address of the agent to the IP access list (databricks ip-access-lists), or use an agent at an address on it: the addresses of Microsoft-hosted agents change every week.',
  },
  {
    title: 'The workspace does not accept calls from this network',
    service: 'Databricks',
    matches: says(/\bunauthorized network access\b/i),
    advice:
      "Use a self-hosted agent in a network that reaches the workspace's private endpoint, and check that its DNS returns the private address.",
  },
  {
    title: 'The token is from another tenant',
    service: 'Databricks',
    matches: says(/\bexpected iss claim\b/i),
    advice:
      'The workspace belongs to another tenant than the service connection: use a connection in the tenant of the workspace.',
  },
  {
    title: 'The token is for another service',
    service: 'Databricks',
    matches: says(/\bexpected aud claim\b/i),
    advice:
      'Check that the URL is that of an Azure Databricks workspace, in the cloud that the service connection is for.',
  },
  {
    title: 'The token has expired, or is for another workspace',
    service: 'Databricks',
    matches: says(/\binvalid (?:access )?token\b|\b(?:token|jwt)\b.*\bexpir/is),
    advice:
      'Check the URL of the workspace. Replace a personal access token that has expired or was revoked, or convert the connection to token federation, which needs no renewal.',
  },
  {
    title: 'The identity is not in the workspace',
    service: 'Databricks',
    matches: says(/\b(?:unauthorized|invalid) access to (?:org|workspace)\b|\buser not authorized\b/i),
    advice: notAMember,
  },
  {
    title: 'The identity lacks a permission in the workspace',
    service: 'Databricks',
    matches: isRefusedWith(403),
    advice:
      'Grant it what the answer names: the permission on the object, the folder or the cluster policy, or the entitlement in the workspace settings. If it could do this before, somebody has revoked the grant.',
  },
  {
    title: 'The workspace does not know the identity',
    service: 'Databricks',
    matches: isRefusedWith(401),
    advice: notAMember,
  },
  {
    title: 'The job may not use the service connection',
    service: 'Azure DevOps',
    matches: isRefusedWith(403, 404),
    advice:
      'Name the service connection in the input itself, so that Azure DevOps sees it before the run, and permit the pipeline to use it (Project settings, Service connections, the connection, Security, Pipeline permissions).',
  },
  {
    title: 'The token of the job has expired',
    service: 'Azure DevOps',
    matches: isRefusedWith(401),
    advice:
      'It expires with the job, or with its time limit (timeoutInMinutes): run the job again, with a longer limit if it needs one.',
  },
  {
    title: 'The identity may not read the Azure resource',
    service: arm,
    matches: isRefusedWith(403),
    advice:
      'Assign it the role Reader on the Azure Databricks workspace (Azure portal, Access control (IAM)), or name the workspace by its URL.',
  },
  {
    title: 'The Azure resource of the workspace does not exist',
    service: arm,
    matches: isRefusedWith(404),
    advice:
      'Check the resource id of the workspace (Azure portal, the workspace, JSON View), or name the workspace by its URL.',
  },
  {
    title: 'The subscription belongs to another tenant',
    service: arm,
    matches: hasCode('InvalidAuthenticationTokenTenant'),
    advice: 'Use a service connection in the tenant that the subscription of the workspace belongs to.',
  },
  {
    title: 'The machine has no such managed identity',
    service: metadata,
    // Or it has several: `Multiple user assigned identities exist, please specify the clientId / resourceId …`.
    matches: (trouble) => isRefusal(trouble) && trouble.status < 429,
    advice:
      'Assign the identity to the Azure machine of the agent (virtual machine, Security, Identity); if it has several user-assigned identities, the service connection must name one by its client id.',
  },
  {
    title: 'A sign-in page or a proxy answers',
    matches: (trouble) => !isRefusal(trouble),
    advice:
      'Check the URL of the service connection (of a workspace: https://adb-….azuredatabricks.net), and whether a proxy of your network requires a sign-in or blocks the address.',
  },
] as const satisfies readonly SignInProblem[];

/** By what each problem is named in the documentation. */
export type SignInTitle = (typeof signInProblems)[number]['title'];

/** The problem that an answer of the service shows; undefined when it has nothing to do with signing in. */
export function problemOf(service: SignInService, trouble: Trouble): SignInProblem | undefined {
  const known: readonly SignInProblem[] = signInProblems;
  return known.find(
    (problem) => (problem.service === undefined || problem.service === service) && problem.matches(trouble),
  );
}

/** What to do about an answer of the service that holds no data; undefined when it has nothing to do with signing in. */
export function adviceFor(service: SignInService, trouble: Trouble): string | undefined {
  return problemOf(service, trouble)?.advice;
}

/** The words may also be the title of a web page: Databricks answers so where a call does not reach its API. */
function says(words: RegExp) {
  return (trouble: Trouble): boolean => words.test(isRefusal(trouble) ? trouble.serviceMessage : (trouble.title ?? ''));
}

function hasCode(...codes: readonly string[]) {
  return (trouble: Trouble): boolean => isRefusal(trouble) && codes.includes(trouble.errorCode ?? '');
}

function isRefusedWith(...statuses: readonly number[]) {
  return (trouble: Trouble): boolean => isRefusal(trouble) && statuses.includes(trouble.status);
}
