/**
 * Matches texts with the patterns of a team's schema. A pattern such as `(a+)+$` may need years for a text of 40 characters,
 * and JavaScript cannot stop it: what a step uses is stopped by Node.js (`shared/timedPatterns.ts`), a page leaves such
 * patterns to the step.
 */
export interface PatternMatcher {
  /**
   * Undefined where the time is not sufficient, or where the pattern is too large for JavaScript; `later` where the text is
   * only matched when a pipeline loads it.
   */
  matches(pattern: string, text: string): boolean | 'later' | undefined;
}

/** Matches without a time limit. */
export const untimedPatterns: PatternMatcher = {
  matches(pattern, text) {
    try {
      return new RegExp(pattern, 'u').test(text);
    } catch {
      return undefined; // The caller reports the pattern.
    }
  },
};
