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

/** The page of what goes wrong when a task signs in, as Markdown: nothing but what the tasks themselves say. */
export function signInPage(): string {
  return [
    '<!-- Made from shared/identity/signInProblems.ts by npm run docs. -->',
    '# Sign-in problems',
    'A task that gets no further because of who it is, or where it is, says so in one message:',
    [
      '> **Could not** renew the sign-in to Databricks (2ff814a6-…): **Microsoft Entra ID answered** 401 invalid_client: AADSTS7000222: The provided client secret keys for app … are expired.',
      '> **The token was requested as** service principal 1f2e… of tenant 5d6c…, with the client secret of the connection.',
      '> **Make** a new secret for the application …',
    ].join('\n>\n'),
    [
      '1. _Could not …_: what the task was doing. _Sign in_ is the first token, _renew the sign-in_ a later one; anything else is a call for which it had a token.',
      '2. _… answered_: who refused, and in what words. If there is a request id, its support will ask for it.',
      '3. _The token was requested as …_ or _The call was made as …_: the identity, its id, and how it signed in. With federation also the issuer, the subject and the audience of the token of the job, to compare with the credential or policy.',
      '4. After a 403 of Databricks, _The workspace knows it as …_: whom to grant something.',
      '5. What to do. This page holds the same sentences.',
    ].join('\n'),
    'No message holds a secret. The agent shows `***` for what the service connection keeps secret, at times for the id of a service principal, too; the object id beside it is that of the enterprise application. With the variable `System.Debug` set to `true` the log shows every call, with status and duration.',
    'How to set the connections up: [Connecting pipelines to a workspace](connections.md).',
    ...services().flatMap((service) => [
      `## ${capitalized(service ?? 'any of them')}`,
      ...documentedProblems.filter((problem) => problem.service === service).map(section),
    ]),
  ].join('\n\n');
}

/** How an answer stands in the message. */
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
