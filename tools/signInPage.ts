import { isRefusal } from '../shared/http/errors';
import {
  signInProblems,
  type SignInProblem,
  type SignInService,
  type SignInTitle,
} from '../shared/identity/signInProblems';
import { signInExamples } from './signInExamples';

/** A problem with its title as a key of the examples. */
export type DocumentedProblem = SignInProblem & { readonly title: SignInTitle };

export const documentedProblems: readonly DocumentedProblem[] = signInProblems;

/** The page of sign-in problems as Markdown, generated from the texts of the tasks only. */
export function signInPage(): string {
  return [
    '<!-- Generated from shared/identity/signInProblems.ts by npm run docs. -->',
    '# Sign-in problems',
    'If a task cannot sign in, or a service refuses a request, one message explains the problem:',
    [
      '> **Could not** renew the sign-in to Databricks (2ff814a6-…): **Microsoft Entra ID answered** 401 invalid_client: AADSTS7000222: The provided client secret keys for app … are expired.',
      '> **The token was requested as** service principal 1f2e… of tenant 5d6c…, with the client secret of the connection.',
      '> **Create** a secret for the application …',
    ].join('\n>\n'),
    [
      '1. _Could not …_: the operation of the task. _Sign in_ requests the first token, _renew the sign-in_ a later token; every other operation is a request with a valid token.',
      '2. _… answered_: the service that refused the request, and its response. If the response contains a request ID, provide it to the support of the service.',
      '3. _The token was requested as …_ or _The call was made as …_: the identity with its name and ID, and how it signed in. With federation, also the issuer, the subject and the audience of the token of the job: compare them with the federated credential or policy.',
      '4. After a 403 of Databricks, _The workspace knows it as …_: the identity that needs the permission.',
      '5. What to do. This page contains the same sentences.',
    ].join('\n'),
    'Messages never contain secrets. The agent replaces secret fields of the service connection with `***`, sometimes including the ID of a service principal; the object ID next to it is that of the enterprise application. If the variable `System.Debug` is `true`, the log contains every request with status and duration.',
    'To create the connections, see [Connecting pipelines to a workspace](connections.md).',
    ...services().flatMap((service) => [
      `## ${capitalized(service ?? 'any of them')}`,
      ...documentedProblems.filter((problem) => problem.service === service).map(section),
    ]),
  ].join('\n\n');
}

/** A response as the message shows it. */
export function seenInLog({ service, title }: DocumentedProblem): string {
  const example = signInExamples[title];
  if (!isRefusal(example)) return `${example.status} with a web page titled '${example.title ?? ''}'`;
  const { status, errorCode, serviceMessage } = example;
  return `${service ?? ''} answered ${[status, errorCode].filter(Boolean).join(' ')}: ${serviceMessage.replace(/\.$/, '')}.`;
}

function services(): readonly (SignInService | undefined)[] {
  return [...new Set(documentedProblems.map(({ service }) => service))];
}

function section(problem: DocumentedProblem): string {
  return [`### ${problem.title}`, `> ${seenInLog(problem)}`, problem.advice].join('\n\n');
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
