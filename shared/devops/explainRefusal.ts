import { isRefusal, type Trouble } from '../http/errors';
import type { DevopsIdentity } from '../identity/devopsIdentity';
import { joined } from '../sentences';
import type { CallerNames } from './callerNames';

type Kind = DevopsIdentity['kind'];

export interface CallFacts {
  readonly kind: Kind;
  /** The name of the organization. */
  readonly organization: string;
  readonly caller: Pick<CallerNames, 'describe'>;
}

/** Who made a refused call, where that matters, and what to do; undefined when there is nothing to add. */
export async function explainRefusal(
  trouble: Trouble,
  { kind, organization, caller }: CallFacts,
): Promise<string | undefined> {
  const credential = credentialAdvice(trouble);
  if (credential) return credential(organization)[kind];
  if (!isRefusal(trouble)) return undefined;
  const { status, serviceMessage } = trouble;
  const isAbsence = status === 404 && !serviceMessage.startsWith('The controller for path');
  if (status !== 403 && !isAbsence) return undefined;
  const advice = isAbsence
    ? 'Azure DevOps answers the same for what does not exist and for what this identity may not see.'
    : 'Grant it the permission that the message names, in the settings of the project or of the resource.';
  return joined(await caller.describe(), advice, kind === 'job' ? protectedAccess : '');
}

/** What limits the token of a job, whatever its identity may do. */
export const protectedAccess =
  "The token of a job can use only the repositories that its pipeline names, unless the setting 'Protect access to repositories in YAML pipelines' is off (Project settings, Pipelines, Settings); a service connection is not limited by it.";

type Advice = (organization: string) => Readonly<Record<Kind, string>>;

/**
 * The three answers to a credential that Azure DevOps does not accept: a sign-in page (203, or a redirect to it) for an
 * unknown one; 401 without a body for one that has expired, was revoked or lacks the scope; 401 TF400813 for an identity
 * that is not in the organization.
 */
function credentialAdvice(trouble: Trouble): Advice | undefined {
  if (!isRefusal(trouble)) {
    const isSignIn = trouble.status === 203 || /\bsign in\b/i.test(trouble.title ?? '') || trouble.status === 302;
    return isSignIn && trouble.status < 400 ? unknownCredential : undefined;
  }
  const { status, errorCode, serviceMessage } = trouble;
  if (status !== 401) return undefined;
  const isUnknownHere = errorCode === 'InvalidIdentityException' || serviceMessage.startsWith('TF400813:');
  return isUnknownHere ? unknownIdentity : uselessCredential;
}

const anotherJob =
  'The token expires with the job: run the job again, with a longer time limit (timeoutInMinutes) if it needs one.';

const unknownCredential: Advice = (organization) => ({
  job: `The sign-in page came back: '${organization}' does not know the token of this job. Check that the URL is that of the organization in which the pipeline runs; for another one, use a service connection. ${anotherJob}`,
  azure: `The sign-in page came back: '${organization}' does not know the token of the service connection. Check the URL of the organization, and that the organization is connected to the tenant of the service connection (Organization settings, Microsoft Entra).`,
  token: `The sign-in page came back: '${organization}' does not know this token. Create a personal access token for this organization (User settings, Personal access tokens) and put the whole token into the service connection.`,
});

const uselessCredential: Advice = (organization) => ({
  job: anotherJob,
  azure: `'${organization}' does not accept the token of the service connection. Check that its service principal or managed identity is enabled, and that it is in the organization (Organization settings, Users).`,
  token: `The personal access token has expired, was revoked, or lacks a scope that the call needs. Create one with the scopes Code (Read, write and manage), Build (Read and execute), Project and team (Read, write and manage), Identity (Read and manage), Graph (Read and manage), Security (Manage), Work items (Read and write), Variable groups (Read, create and manage), Environment (Read and manage), Pipeline resources (Use and manage), Agent pools (Read) and Service connections (Read), and put it into the service connection.`,
});

const unknownIdentity: Advice = (organization) => ({
  job: `'${organization}' does not authorize the token of this job for the call, although the same call can be permitted to a user: use a service connection whose identity is in the organization. ${anotherJob}`,
  azure: `Add the service principal or managed identity to the organization '${organization}' with the access level Basic (Organization settings, Users, Add users), and to a group of the project.`,
  token: `The owner of the personal access token is not in the organization '${organization}': create a token as a member of it, and put it into the service connection.`,
});
