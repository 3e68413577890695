import assert from 'node:assert/strict';
import {
  allows,
  normalSpecifier,
  parseSpecifier,
} from '../../../../../shared/databricks/libraries/requirements/specifier';
import {
  compareVersions,
  parseVersion,
  renderVersion,
} from '../../../../../shared/databricks/libraries/requirements/version';

function version(text: string) {
  const parsed = parseVersion(text);
  assert.ok(parsed, `${text} is a version`);
  return parsed;
}

function specifier(text: string) {
  const parsed = parseSpecifier(text);
  assert.ok(parsed, `${text} is a specifier`);
  return parsed;
}

describe('parseVersion', () => {
  // PEP 440, "Normalization"
  const normal: readonly (readonly [string, string])[] = [
    ['1.1RC1', '1.1rc1'],
    ['00.01', '0.1'],
    ['1.1.a1', '1.1a1'],
    ['1.1a.1', '1.1a1'],
    ['1.1-beta', '1.1b0'],
    ['1.1c3', '1.1rc3'],
    ['1.1-preview_2', '1.1rc2'],
    ['1.2-post2', '1.2.post2'],
    ['1.2.post', '1.2.post0'],
    ['1.0-r4', '1.0.post4'],
    ['1.0-1', '1.0.post1'],
    ['1.2-dev2', '1.2.dev2'],
    ['1.2.dev', '1.2.dev0'],
    ['1.0+ubuntu-1', '1.0+ubuntu.1'],
    ['v1.0', '1.0'],
    [' 1!2.0 ', '1!2.0'],
    ['20240102030405060708', '20240102030405060708'],
  ];
  for (const [text, expected] of normal)
    it(`reads ${text} as ${expected}`, () => {
      assert.equal(renderVersion(version(text)), expected);
    });

  for (const text of ['', '1.0.x', '2023d', '1.1.1w', 'latest', '1..0', '1.0+', '1.0-', '>1'])
    it(`rejects '${text}' as a version`, () => {
      assert.equal(parseVersion(text), undefined);
    });

  it('puts versions in the order of PEP 440', () => {
    const ordered =
      '1.dev0 1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0b2.post345.dev456 1.0b2.post345 ' +
      '1.0rc1.dev456 1.0rc1 1.0 1.0+abc.5 1.0+abc.7 1.0+5 1.0.post456.dev34 1.0.post456 1.0.15 1.1.dev1 1!0.1';
    const versions = ordered.split(' ').map(version);
    for (const [left, a] of versions.entries())
      for (const [right, b] of versions.entries())
        assert.equal(
          Math.sign(compareVersions(a, b)),
          Math.sign(left - right),
          `${renderVersion(a)} and ${renderVersion(b)}`,
        );
  });
});

describe('allows', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    // clause, versions that meet it, versions that don't
    ['==1.1', '1.1 1.1.0 1.1+local', '1.1.post1 1.1a1 1.1.1'],
    ['==1.1.post1', '1.1.post1', '1.1'],
    ['==1.1.*', '1.1 1.1.post1 1.1a1 1.1.9', '1.2 1 1!1.1'],
    ['==1.1+local', '1.1+local', '1.1 1.1+other'],
    ['!=1.1.*', '1.2 1', '1.1a1 1.1.3'],
    ['~=2.2', '2.2 2.9 2.2.post3', '2.1 3.0'],
    ['~=1.4.5', '1.4.5 1.4.9', '1.4.4 1.5'],
    ['~=2.2.post3', '2.2.post3 2.9', '2.2 3'],
    ['>=1.5', '1.5 1.5+x 2', '1.4 1.5rc1'],
    ['<=1.5', '1.5 1.5+x 1.5rc1', '1.5.post1'],
    ['>1.7', '1.7.1 1.8', '1.7 1.7.0.post1 1.7+x'],
    ['>1.7.post2', '1.7.1 1.7.0.post3', '1.7.0 1.7.post2'],
    ['<1.7', '1.6', '1.7 1.7rc1 1.7.dev1'],
    ['<1.7rc2', '1.7rc1 1.6', '1.7rc2 1.7'],
    ['===1.0', '1.0', '1.0.0 1'],
    ['==1.0.*', '1 1.0.3', '1.1'],
    ['>1.7rc1', '1.7 1.7rc2', '1.6 1.7rc1 1.7b9'],
  ];
  for (const [clause, yes, no] of cases)
    it(`decides which versions meet ${clause}`, () => {
      for (const text of yes.split(' ')) assert.equal(allows(specifier(clause), version(text)), true, text);
      for (const text of no.split(' ')) assert.equal(allows(specifier(clause), version(text)), false, text);
    });
});

describe('parseSpecifier', () => {
  for (const text of [
    '',
    '1.0',
    '=1.0',
    '=>1',
    '==',
    '~=1',
    '~=1.0.*',
    '>=1.*',
    '>1+local',
    '==1a1.*',
    '==1.x',
    '== 1 2',
  ])
    it(`rejects '${text}' as a specifier`, () => {
      assert.equal(parseSpecifier(text), undefined);
    });

  it('recognizes equivalent clauses', () => {
    assert.equal(normalSpecifier(specifier('== v1.0.0')), '==1');
    assert.equal(normalSpecifier(specifier('==1.0.*')), '==1.0.*');
    assert.equal(normalSpecifier(specifier('~=1.0')), '~=1.0');
  });
});
