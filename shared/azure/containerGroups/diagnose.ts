import { stripVTControlCharacters } from 'node:util';
import { messageOf } from '../../errors';
import { CallError, HttpError } from '../../http/errors';
import { joined } from '../../http/sentences';
import type { Container, ContainerEvent, ContainerGroup, ContainerGroupsApi } from './containerInstances';
import { OperationError } from '../resourceManager/longRunningOperation';
import { GroupFailure, type DeploySurroundings } from './follow';
import { describeContainer, eventsOf, groupVerdict, imageTrouble } from './verdict';

const logLines = 50;
/** They say nothing of what went wrong. */
const harmless = ['Pulling', 'Pulled', 'Created', 'Started', 'Scheduled', 'Killing'];

/** What is wrong, in one line, and all that shows it. */
export interface GroupDiagnosis {
  readonly cause: string;
  /** Texts by their titles. */
  readonly evidence: readonly (readonly [title: string, text: string])[];
}

/** Finds out why a group does not serve. Asks Azure for more; an error of that is no error of this. */
export async function diagnoseGroup(
  groups: ContainerGroupsApi,
  name: string,
  seen: ContainerGroup | undefined,
  error: unknown,
): Promise<GroupDiagnosis> {
  const group = (await attempted(() => groups.get(name))) ?? seen;
  const { containers = [] } = group?.properties ?? {};
  const logs = await Promise.all(
    containers.map(async ({ name: container }) =>
      stripVTControlCharacters((await attempted(() => groups.logs(name, container, logLines))) ?? '').trim(),
    ),
  );
  const events = group ? eventsOf(group).filter(isTelling) : [];
  const evidence = [
    ['Containers', containers.map(describeContainer).join('\n')] as const,
    ['Events', events.map(eventLine).join('\n')] as const,
    ...containers.map((container, index) => [`Log of ${container.name}`, logs[index] ?? ''] as const),
  ].filter(([, text]) => text !== '');
  return { cause: refusalCause(error, events) ?? groupCause(group, logs, error), evidence };
}

/** Says the cause as an error, and the evidence after it. */
export function showDiagnosis({ cause, evidence }: GroupDiagnosis, { report }: DeploySurroundings): void {
  report.error(cause);
  for (const [title, text] of evidence) report.group(title, text);
}

/** What can't be had is left out: the error that is looked into is told all the same. */
async function attempted<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof CallError) return undefined;
    throw error;
  }
}

/** What Azure refuses, by its code or its words, for people who know models better than Azure. */
const refusals: readonly (readonly [code: RegExp, cause: string])[] = [
  [
    /\bInaccessibleImage\b|\bis not accessible\b/,
    "Azure can't fetch the image: there is no such image or tag (all must be in lower case), or the group may not read the registry. Check the name, and that the registry identity has the role AcrPull, or that user and password are right.",
  ],
  [
    /\bInvalidImageRegistryIdentity\b/,
    "Azure can't fetch the image by this identity: it must be a user-assigned managed identity with the role AcrPull on the registry; a system-assigned one doesn't work here.",
  ],
  [
    /\bRegistryErrorResponse\b/,
    'The registry refuses to give the image, as Docker Hub does to those who ask often: try again later, or keep the image in your own Azure Container Registry.',
  ],
  [
    /DNS name label .* (?:not available|taken)|\bDnsNameLabel\w*(?:Taken|NotAvailable)\b/i,
    'Somebody else has this DNS name label in the region: choose another one, or a reuse scope, which adds a part of its own to the name.',
  ],
  [
    /quota .*exceeded|\bContainerGroupQuotaReached\b|\bQuotaExceeded\b/i,
    'The subscription may not use that many cores here: delete groups that nobody needs, take fewer cores, choose another region, or ask for a higher quota (Azure portal, Quotas).',
  ],
  [
    /\bServiceUnavailable\b.*\blocation\b|not available in the location/i,
    'This region has no room now for so much cpu and memory: try again later, take less, or choose another region.',
  ],
  [
    /\bdelete it first\b/,
    'Azure refuses to change this in a group that exists. Delete the group (action delete) and deploy it again.',
  ],
];

function refusalCause(error: unknown, events: readonly ContainerEvent[]): string | undefined {
  if (!(error instanceof HttpError || error instanceof OperationError)) return undefined;
  // An operation that failed may leave its reason to the events.
  const reasons = events.filter(({ type }) => type === 'Warning').map(({ message = '' }) => message);
  const text = [error.errorCode, error.serviceMessage, ...reasons].join(' ');
  const [, known = ''] = refusals.find(([pattern]) => pattern.test(text)) ?? [];
  return joined(known, error.message, error.serviceMessage === '' ? (reasons.at(-1) ?? '') : '');
}

function groupCause(group: ContainerGroup | undefined, logs: readonly string[], error: unknown): string {
  const containers = group?.properties.containers ?? [];
  const guilty =
    (group && groupVerdict(group).container) ??
    containers.find(({ properties }) => properties.instanceView?.currentState?.state !== 'Running');
  if (!guilty) return messageOf(error);
  const cause = containerCause(guilty, logs[containers.indexOf(guilty)] ?? '');
  return error instanceof GroupFailure ? cause : `${cause} ${messageOf(error)}`;
}

function containerCause(container: Container, log: string): string {
  const { name, properties } = container;
  const { currentState, previousState, restartCount = 0 } = properties.instanceView ?? {};
  const trouble = imageTrouble(container);
  if (trouble) return `Azure can't fetch the image of the container '${name}': ${trouble.message ?? ''}`;
  const end = [currentState, previousState].find((state) => state?.exitCode !== undefined);
  if (end?.exitCode === undefined)
    return `The container '${name}' has not started yet: ${describeContainer(container)}.`;
  const again = restartCount > 0 ? ` again and again (${restartCount} restarts)` : '';
  const lastLine = log.split('\n').at(-1) ?? '';
  return [
    `The container '${name}' ends${again}, with exit code ${end.exitCode}${end.detailStatus === 'OOMKilled' ? ' (OOMKilled)' : ''}.`,
    exitHint(end.exitCode, container, log),
    lastLine && `The last line of its log: ${lastLine}`,
  ]
    .filter(Boolean)
    .join(' ');
}

function exitHint(exitCode: number, { properties }: Container, log: string): string {
  const [, module] = /ModuleNotFoundError: No module named '([^']+)'/.exec(log) ?? [];
  if (module !== undefined) return `Its image lacks the Python package '${module}'.`;
  const memory = properties.resources?.requests?.memoryInGB;
  const hints: Readonly<Record<number, string>> = {
    0: 'A scoring service must not end: check the command that starts it.',
    126: 'The command that starts it is no program.',
    127: 'The command that starts it is not in the image.',
    137: `It was killed, most likely because it needs more memory than it has (${memory ?? 'the default of 1.5'} GB): give it more.`,
    139: 'It crashed in native code.',
    143: 'It was told to stop: its liveness probe may have failed.',
  };
  return hints[exitCode] ?? '';
}

function isTelling({ name = '' }: ContainerEvent): boolean {
  return !harmless.includes(name);
}

function eventLine({ type = '', name = '', message = '', count = 1 }: ContainerEvent): string {
  return `${type} ${name}${count > 1 ? ` (${count} times)` : ''}: ${message}`.trim();
}
