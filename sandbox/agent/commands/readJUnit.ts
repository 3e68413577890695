/** How the tests of a file came out. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface JUnitResults extends TestCounts {
  /** The name of the one suite; undefined when there are more or it has none. */
  readonly suite: string | undefined;
}

/** Comments, character data, instructions and tags: what XML puts between angle brackets. */
const markup =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<!DOCTYPE[^>]*>|<(?<end>\/?)(?<name>[^\s<>/!?'"=]+)(?<attributes>(?:\s+[^\s<>/'"=]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<empty>\/?)>/g;

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/**
 * Counts the tests of a JUnit file as the agent of Azure Pipelines does: `failure` and `error` are failed tests, `skipped`
 * ones were not run. Throws an error when it is no JUnit file.
 */
export function readJUnit(xml: string): JUnitResults {
  const open: string[] = [];
  const suites: (string | undefined)[] = [];
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let outcome: keyof TestCounts = 'passed';
  let position = 0;
  for (const match of xml.matchAll(markup)) {
    if (xml.slice(position, match.index).includes('<')) break;
    position = match.index + match[0].length;
    const { end, name, attributes = '', empty } = match.groups ?? {};
    if (name === undefined) continue;
    if (end === '') {
      if (name === 'testcase') outcome = 'passed';
      if (name === 'testsuite') suites.push(attributeOf(attributes, 'name'));
      if (open.at(-1) === 'testcase') {
        if (name === 'failure' || name === 'error') outcome = 'failed';
        else if (name === 'skipped' && outcome === 'passed') outcome = 'skipped';
      }
      open.push(name);
    }
    if (end === '' && empty === '') continue;
    if (open.pop() !== name) throw new Error(`</${name}> has no start tag`);
    if (name === 'testcase') counts[outcome] += 1;
  }
  if (open.length > 0 || xml.slice(position).includes('<')) throw new Error('it is not well-formed XML');
  if (suites.length === 0) throw new Error('it has no testsuite element');
  return { ...counts, suite: suites.length === 1 ? suites[0] : undefined };
}

function attributeOf(attributes: string, name: string): string | undefined {
  const [, , value] = new RegExp(`\\s${name}\\s*=\\s*(["'])(.*?)\\1`, 's').exec(attributes) ?? [];
  return value?.replaceAll(/&(\w+);/g, (whole, entity: string) => entities[entity] ?? whole);
}
