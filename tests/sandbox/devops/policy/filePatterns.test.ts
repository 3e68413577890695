import assert from 'node:assert/strict';
import { matchesPatterns } from '../../../../sandbox/devops/policy/filePatterns';

describe('The file patterns of a policy', () => {
  const cases: readonly [readonly string[], string, boolean][] = [
    [[], '/a', true],
    [['/src/*'], '/src/a/b', true],
    [['/src/*'], '/other/src/a', false],
    [['*.ts'], '/a/b.ts', true],
    [['*.ts'], '/a/b.tsx', false],
    [['/src'], '/src/a', true],
    [['/src'], '/srcs', false],
    [['/src/*;!/src/docs/*'], '/src/docs/a', false],
    [['/src/*', '!/src/docs/*', '/src/docs/x'], '/src/docs/x', true],
    [['!/docs/*'], '/src/a', true],
    [['!/docs/*'], '/docs/a', false],
    [['*/data/*'], '/a/data/b', true],
  ];
  for (const [patterns, path, expected] of cases)
    it(`${patterns.join(' ')} ${expected ? 'includes' : 'excludes'} ${path}`, () =>
      assert.equal(matchesPatterns(patterns, [path]), expected));
});
