import type { Plain } from '../tree';

/** A value of a variable file that differs between two texts. */
export interface TextChange {
  /** Without the section: `['training', 'epochs']`. */
  readonly path: readonly string[];
  /** Undefined for the values of all environments. */
  readonly environment: string | undefined;
  readonly kind: 'added' | 'changed' | 'removed';
  /** Undefined where the name is not set; null is a value that unsets. */
  readonly before: Plain | undefined;
  readonly after: Plain | undefined;
}

/** A name that both sides changed, to different values. */
export interface ContestedName {
  readonly path: readonly string[];
  readonly environment: string | undefined;
  readonly base: Plain | undefined;
  readonly mine: Plain | undefined;
  readonly theirs: Plain | undefined;
}

/**
 * `merged`: their text with my changes; where names are contested, it has their value. `conflict`: the texts cannot be
 * merged by name; the problem says why.
 */
export type MergeResult =
  | { readonly kind: 'merged'; readonly text: string; readonly contested: readonly ContestedName[] }
  | { readonly kind: 'conflict'; readonly problem: string };

export declare function mergeTexts(base: string, mine: string, theirs: string): MergeResult;
/** Undefined where one of the texts cannot be read. */
export declare function changesBetween(before: string, after: string): readonly TextChange[] | undefined;
