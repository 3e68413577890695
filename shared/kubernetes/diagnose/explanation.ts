import { filled, type KnownCause } from '../../causes/cause';
import { shortMessage } from '../../causes/shortMessage';
import type { Trouble } from '../rollout/trouble';
import type { Evidence } from './evidence';
import { containerOf } from './podContainer';

export interface Explanation {
  readonly cause: string;
  readonly advice: string;
}

/** A known cause, with the message that it was found by. */
export function explained(
  trouble: Trouble,
  known: KnownCause,
  message: string,
  more: Readonly<Record<string, string>> = {},
): Explanation {
  const values = { It: containerName(trouble), image: imageOf(trouble), ...more };
  return {
    cause: `${filled(known.cause, known, message, values)}: ${shown(message)}.`,
    advice: filled(known.advice, known, message, values),
  };
}

/** The most useful line of the log: the last one that names an error, otherwise the last one. */
export function lastLine({ container }: Trouble, { logs }: Evidence): string | undefined {
  const log = logs.find((candidate) => candidate.container === container);
  const lines = (log?.text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const line = lines.findLast((candidate) => /^\S*(Error|Exception)\b/.test(candidate)) ?? lines.at(-1);
  return line?.slice(0, 300);
}

export function containerName({ container, pods }: Trouble): string {
  if (container === undefined) return 'The pod';
  const isInit = pods[0]?.spec?.initContainers?.some(({ name }) => name === container) === true;
  return `The ${isInit ? 'init container' : 'container'} '${container}'`;
}

export function imageOf(trouble: Trouble): string {
  return containerOf(trouble).spec?.image ?? '';
}

/** Kubernetes' message; where only the text is known, what follows the reason in it. */
export function messageOf({ message, text }: Trouble): string {
  return message ?? text.slice(text.indexOf(': ') + 1).trim();
}

export function shown(message: string): string {
  return shortMessage(message) || 'no reason given';
}
