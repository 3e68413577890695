/**
 * Whether one of the files matches a list of patterns, as policies write them: `*` stands for anything, `!` excludes,
 * and the last pattern that matches a file decides. Without patterns every file matches.
 * https://learn.microsoft.com/azure/devops/repos/git/branch-policies#path-filters
 * @param paths begin with a slash
 */
export function matchesPatterns(patterns: readonly string[], paths: readonly string[]): boolean {
  const given = patterns.flatMap((pattern) => pattern.split(';')).filter((pattern) => pattern.trim() !== '');
  if (given.length === 0) return true;
  return paths.some((path) => isIncluded(given, path));
}

function isIncluded(patterns: readonly string[], path: string): boolean {
  const last = patterns.findLast((pattern) => toExpression(pattern.replace(/^!/, '')).test(path));
  // A list that only excludes begins with everything.
  return last === undefined ? patterns.every((pattern) => pattern.startsWith('!')) : !last.startsWith('!');
}

/** A path without wildcards is a file, or a folder with all that is in it. */
function toExpression(pattern: string): RegExp {
  const escaped = pattern.trim().replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  const anchored = /^[/*]/.test(escaped) ? escaped : `/${escaped}`;
  return new RegExp(`^${anchored.replaceAll('*', '.*')}${pattern.includes('*') ? '' : '(/.*)?'}$`);
}
