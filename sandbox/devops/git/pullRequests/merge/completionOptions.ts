import { flagAt, type JsonObject, textAt, valueAt } from '../../../rest/requestBody';
import { enumValue } from '../../rest/enumValue';
import type { CompletionOptions } from '../pullRequest';

const strategies = { noFastForward: 1, squash: 2, rebase: 3, rebaseMerge: 4 };

/** What a request says of the completion; what it leaves out is not in the result. */
export function readCompletionOptions(options: JsonObject): CompletionOptions {
  const mergeStrategy = enumValue(strategies, valueAt(options, 'mergeStrategy'));
  const texts = readAll(options, ['mergeCommitMessage', 'bypassReason'], textAt);
  const flags = readAll(options, ['deleteSourceBranch', 'bypassPolicy', 'squashMerge', 'transitionWorkItems'], flagAt);
  return { ...(mergeStrategy && { mergeStrategy }), ...texts, ...flags };
}

function readAll<N extends string, T>(
  options: JsonObject,
  names: readonly N[],
  read: (options: JsonObject, name: string) => T | undefined,
): Partial<Record<N, T>> {
  const found: Partial<Record<N, T>> = {};
  for (const name of names) {
    const value = read(options, name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
