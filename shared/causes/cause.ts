/** A message of a platform that runs containers, and what it means for the owner of a service. */
export interface KnownCause {
  /** Matches the message, in one line. Its named groups can stand in braces in the texts. */
  readonly message: RegExp;
  /** What it means, without a full stop, because the message follows. Names in braces stand for what is known. */
  readonly cause: string;
  /** What to do about it. */
  readonly advice: string;
  /** How long it may last before it is final; Infinity when only the deadline decides. */
  readonly graceSeconds: number;
  /** Makes a passing cause final as soon as the cluster has observed it. */
  readonly isFinal?: (message: string) => boolean;
  /** The message also occurs in the log of a container, where a shell starts the program. */
  readonly isInLog?: true;
  /** Where the message comes from. */
  readonly source: string;
}

/** Platforms act on their caches: until it observes what was created or changed a moment ago, such as a Secret. */
export const noticeGraceSeconds = 15;
/** Registries and their token caches fail temporarily; AKS recovers in a minute or two (reported at Azure/AKS and Shopify/krane). */
export const pullGraceSeconds = 90;
/** The ReplicaSet controller waits longer after each failure; until its retry after 164 s. */
export const controllerGraceSeconds = 180;
/** The cluster may still change it: its autoscaler adds a node, a volume is provisioned, the model is loaded. */
export const untilDeadline = Infinity;

/**
 * More than a cluster writes: the termination message of a container has up to 4096 bytes, an event fewer.
 * Source: https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
 */
const longestMessage = 8192;

/** A message without the middle of what is longer than any message, because a pattern may read a message many times. */
export function bounded(message: string): string {
  const half = longestMessage / 2;
  return message.length > longestMessage ? `${message.slice(0, half)} … ${message.slice(-half)}` : message;
}

/** The first known cause that matches. */
export function findCause(causes: readonly KnownCause[], message: string): KnownCause | undefined {
  const examined = bounded(message);
  return causes.find(({ message: pattern }) => pattern.test(examined));
}

export function graceOf({ graceSeconds, isFinal }: KnownCause, message: string): number {
  return isFinal?.(bounded(message)) === true ? Math.min(noticeGraceSeconds, graceSeconds) : graceSeconds;
}

/** A text of a cause with its braces filled from the message, and from what else is known. */
export function filled(
  text: string,
  { message: pattern }: Pick<KnownCause, 'message'>,
  message: string,
  known: Readonly<Record<string, string>> = {},
): string {
  const values: Readonly<Record<string, string | undefined>> = { ...known, ...pattern.exec(bounded(message))?.groups };
  return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}
