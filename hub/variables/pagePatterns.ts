import { untimedPatterns, type PatternMatcher } from '../../shared/variables/schema/patternMatcher';

/** With a pattern that backtracks on each character, a text of this length takes a fraction of a second. */
const mostRiskyCharacters = 25;

/**
 * Matches the patterns of a schema. A script cannot stop a pattern, and the checks cannot wait for a worker: one that can take
 * exponential time is only tried on short texts. The step LoadModelVariables, which can stop it, matches the others, and the
 * page says so.
 */
export const pagePatterns: PatternMatcher = {
  matches: (pattern, text) =>
    text.length > mostRiskyCharacters && repeatsRepetition(pattern) ? 'later' : untimedPatterns.matches(pattern, text),
};

/** Whether a pattern repeats a group that has a repetition or an alternative in it, such as `(a+)+` and `(a|b)*`. */
export function repeatsRepetition(pattern: string): boolean {
  const unboundedAfter = (index: number) => /^(?:[*+]|\{\d+,\})/.test(pattern.slice(index));
  const isRisky = [false];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index];
    if (character === '\\') index++;
    else if (character === '[') index = endOfClass(pattern, index);
    else if (character === '(') isRisky.push(false);
    else if (character === ')') {
      const hasRepetition = isRisky.pop() ?? false;
      if (hasRepetition && unboundedAfter(index + 1)) return true;
      if (hasRepetition) isRisky[isRisky.length - 1] = true;
    }
    if (character === '|' || unboundedAfter(index + 1)) isRisky[isRisky.length - 1] = true;
  }
  return false;
}

function endOfClass(pattern: string, start: number): number {
  let index = start + 1;
  while (index < pattern.length && pattern[index] !== ']') index += pattern[index] === '\\' ? 2 : 1;
  return index;
}
