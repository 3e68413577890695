import { mergeTexts, textWith, type ContestedName } from '../../../variables/edit/mergeTexts';
import { differences, emptyText, valuesOf } from './differences';

/** `whole`: the target cannot be changed value by value, so it becomes the source's text, which loses nothing of the target's values. */
export type SideMerge =
  | { readonly kind: 'merged'; readonly text: string }
  | { readonly kind: 'whole'; readonly text: string; readonly reason: string }
  | { readonly kind: 'contested'; readonly contested: readonly ContestedName[] }
  | { readonly kind: 'impossible'; readonly reason: string };

export interface MergedSides {
  /** What both began with; undefined where nobody knows. */
  readonly common: string | undefined;
  readonly source: string;
  readonly target: string;
  /** Whether the source wins where both changed a value. */
  readonly overwrites: boolean;
}

/**
 * The target with what the source has changed since both were the same, value by value: comments, order and line ends of the
 * target stay. Where that is unknown, the source adds what the target does not set, and every value that differs is contested.
 */
export function mergeSides({ common, source, target, overwrites }: MergedSides): SideMerge {
  if (overwrites || (common !== undefined && valuesOf(common) === valuesOf(target))) {
    const text = textWith(target, differences(target, source));
    return text !== undefined && valuesOf(text) === valuesOf(source)
      ? { kind: 'merged', text }
      : { kind: 'whole', text: source, reason: 'A changed value cannot be written into its text.' };
  }
  const merged = mergeTexts(common ?? emptyText, source, target);
  if (merged.kind === 'conflict') return { kind: 'impossible', reason: merged.problem };
  return merged.contested.length === 0
    ? { kind: 'merged', text: merged.text }
    : { kind: 'contested', contested: merged.contested };
}
