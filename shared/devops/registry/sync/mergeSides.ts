import { mergeTexts, type ContestedName } from '../../../variables/edit/mergeTexts';
import { emptyText, valuesOf } from './differences';

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
 * The target with what the source has changed since both were the same. Where that is unknown, the source adds what the target
 * does not set, and every value that differs is contested.
 */
export function mergeSides({ common, source, target, overwrites }: MergedSides): SideMerge {
  const merged = mergeTexts(overwrites ? target : (common ?? emptyText), source, target);
  if (merged.kind === 'merged')
    return merged.contested.length === 0
      ? { kind: 'merged', text: merged.text }
      : { kind: 'contested', contested: merged.contested };
  const isUnchanged = common !== undefined && valuesOf(common) === valuesOf(target);
  return overwrites || isUnchanged
    ? { kind: 'whole', text: source, reason: merged.problem }
    : { kind: 'impossible', reason: merged.problem };
}
