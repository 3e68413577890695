import { stripVTControlCharacters } from 'node:util';
import type { Context } from '../../agent/context';
import { filled, findCause } from '../../causes/cause';
import { pullCauses } from '../../causes/pulling';
import { shortMessage } from '../../causes/shortMessage';
import { startCauses } from '../../causes/starting';
import { messageOf } from '../../errors';
import { CallError, HttpError } from '../../http/errors';
import { joined } from '../../sentences';
import type { Container, ContainerEvent, ContainerGroup, ContainerGroupsApi } from './containerInstances';
import { OperationError } from '../resourceManager/longRunningOperation';
import { refusals } from './causes/refusals';
import { GroupFailure } from './follow';
import { describeContainer, eventsOf, groupVerdict, imageTrouble } from './verdict';

const logLines = 50;
/** Events that don't explain a failure. */
const harmless = ['Pulling', 'Pulled', 'Created', 'Started', 'Scheduled', 'Killing'];

/** The cause in one line, and the evidence. */
export interface GroupDiagnosis {
  readonly cause: string;
  /** Titles and texts. */
  readonly evidence: readonly (readonly [title: string, text: string])[];
}

/** Finds out why a group does not serve. Evidence that can't be read is left out. */
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

/** Reports the cause as an error, and the evidence below it. */
export function showDiagnosis({ cause, evidence }: GroupDiagnosis, { agent }: Context): void {
  agent.error(cause);
  for (const [title, text] of evidence) agent.group(title, text);
}

/** Undefined when the call fails: the error under diagnosis is reported all the same. */
async function attempted<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof CallError) return undefined;
    throw error;
  }
}

function refusalCause(error: unknown, events: readonly ContainerEvent[]): string | undefined {
  if (!(error instanceof HttpError || error instanceof OperationError)) return undefined;
  // The reason of a failed operation may be only in the events.
  const reasons = events.filter(({ type }) => type === 'Warning').map(({ message = '' }) => message);
  const text = [error.errorCode, error.serviceMessage, ...reasons].join(' ');
  const known = refusals.find(({ message }) => message.test(text));
  return joined(known?.cause ?? '', error.message, error.serviceMessage === '' ? (reasons.at(-1) ?? '') : '');
}

function groupCause(group: ContainerGroup | undefined, logs: readonly string[], error: unknown): string {
  const containers = group?.properties.containers ?? [];
  const culprit =
    (group && groupVerdict(group).container) ??
    containers.find(({ properties }) => properties.instanceView?.currentState?.state !== 'Running');
  if (!culprit) return messageOf(error);
  const cause = containerCause(culprit, logs[containers.indexOf(culprit)] ?? '');
  return error instanceof GroupFailure ? cause : `${cause} ${messageOf(error)}`;
}

function containerCause(container: Container, log: string): string {
  const { name, properties } = container;
  const { currentState, previousState, restartCount = 0 } = properties.instanceView ?? {};
  const trouble = imageTrouble(container);
  if (trouble) return pullCause(container, trouble.message ?? '');
  const end = [currentState, previousState].find((state) => state?.exitCode !== undefined);
  if (end?.exitCode === undefined)
    return `The container '${name}' has not started yet: ${describeContainer(container)}.`;
  const again = restartCount > 0 ? ` repeatedly (${restartCount} restarts)` : '';
  const lastLine = log.split('\n').at(-1) ?? '';
  const start = startCause(container, lastLine);
  return [
    `The container '${name}' exits${again} with exit code ${end.exitCode}${end.detailStatus === 'OOMKilled' ? ' (OOMKilled)' : ''}.`,
    start ?? exitHint(end.exitCode, container, log),
    lastLine && `The last line of its log: ${lastLine}`,
  ]
    .filter(Boolean)
    .join(' ');
}

const puller = {
  puller: 'Azure',
  Puller: 'Azure',
  grant: 'Check that the registry identity has the role AcrPull, or that user name and password are correct.',
};

function pullCause({ name, properties: { image = '' } }: Container, message: string): string {
  const known = findCause(pullCauses, message);
  const shown = shortMessage(message);
  if (!known) return `Azure can't pull the image of the container '${name}': ${shown}`;
  const [cause, advice] = [known.cause, known.advice].map((text) => filled(text, known, message, { ...puller, image }));
  return `Azure can't pull the image of the container '${name}'. ${cause}: ${shown}. ${advice}`;
}

/** Why the program of a container can't be started, from its log or its events; the log is shown below it. */
function startCause({ name, properties }: Container, lastLine: string): string | undefined {
  const inLog = startCauses.filter(({ isInLog }) => isInLog);
  const failed = properties.instanceView?.events?.findLast((event) => event.name === 'Failed')?.message ?? '';
  const [known, message] = [
    [findCause(inLog, lastLine), lastLine] as const,
    [findCause(startCauses, failed), failed] as const,
  ].find(([found]) => found) ?? [undefined, ''];
  if (!known) return undefined;
  const values = { ...puller, It: `The container '${name}'`, image: properties.image ?? '' };
  const [cause, advice] = [known.cause, known.advice].map((text) => filled(text, known, message, values));
  return `${cause}${message === lastLine ? '' : `: ${shortMessage(message)}`}. ${advice}`;
}

function exitHint(exitCode: number, { properties }: Container, log: string): string {
  const [, module] = /ModuleNotFoundError: No module named '([^']+)'/.exec(log) ?? [];
  if (module !== undefined) return `The Python package '${module}' is missing from its image.`;
  const memory = properties.resources?.requests?.memoryInGB;
  const hints: Readonly<Record<number, string>> = {
    0: 'A scoring service must not exit: check the command that starts it.',
    126: 'The command that starts it is not executable.',
    127: 'The command that starts it is not in the image.',
    137: `It was killed, most likely because it needs more memory than it has (${memory ?? 'the default of 1.5'} GB). Raise its memory.`,
    139: 'It crashed in native code.',
    143: 'It was terminated: its liveness probe may have failed.',
    7147: 'Azure stopped it for maintenance and starts it again. Run the step again.',
    7148: 'Azure stopped it for maintenance and starts it again. Run the step again.',
  };
  return hints[exitCode] ?? '';
}

function isTelling({ name = '' }: ContainerEvent): boolean {
  return !harmless.includes(name);
}

function eventLine({ type = '', name = '', message = '', count = 1 }: ContainerEvent): string {
  return `${type} ${name}${count > 1 ? ` (${count} times)` : ''}: ${message}`.trim();
}
