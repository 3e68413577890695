import assert from 'node:assert/strict';
import { changedEnvironments, changesBetween } from '../../../shared/variables/edit/changes';
import { editText, editTexts, type TextEdit } from '../../../shared/variables/edit/editText';
import { mergeTexts } from '../../../shared/variables/edit/mergeTexts';

describe('an edit of one value', () => {
  it('refuses what it cannot do, with the reason', () => {
    const refusals: readonly [before: string, at: string, problem: RegExp][] = [
      ['variables:\n  a: |\n    x\n', 'variables.a', /Line 3: variables\.a has several lines\./],
      ['variables:\n  a: 1\n', 'variables.a.b', /variables\.a is a value, not a map\./],
      ['variables:\n  a:\n    b: 1\n', 'variables.a', /variables\.a is a map, not a value\./],
      ['variables:\n  a: &x 1\n', 'variables.a', /Line 2: anchors/],
      ['variables:\n  a: !!str 1\n', 'variables.a', /Line 2: tags/],
      ['variables:\n  a: 1\n  a: 2\n', 'variables.a', /Line 3: a is defined twice\./],
      ['variables:\n  a: [1, # one\n    2]\n', 'variables.a', /Line 2: variables\.a is a list with comments\./],
      ['variables: [\n', 'variables.a', /is not valid YAML/],
      ['a: 1\n---\nb: 1\n', 'variables.a', /more than one document/],
      ['a: 1\n', 'variables', /must name a section/],
    ];
    for (const [before, at, problem] of refusals) {
      const result = editText(before, { path: at.split('.'), value: 5 });
      assert.match(result.kind === 'refused' ? result.problem : result.text, problem);
    }
    for (const wrong of ['\u0007', '\ud800', NaN, 2 ** 60])
      assert.equal(editText('variables:\n', { path: ['variables', 'a'], value: wrong }).kind, 'refused');
  });

  const cases: readonly [what: string, before: string, wanted: TextEdit, after: string][] = [
    [
      'the list form',
      'variables:\n- name: a\n  value: 1 # x\n',
      { path: ['variables', 'a'], value: '2' },
      "variables:\n- name: a\n  value: '2' # x\n",
    ],
    [
      'a new entry of the list form',
      'variables:\n- name: a\n  value: 1\n',
      { path: ['variables', 'b'], value: 2 },
      'variables:\n- name: a\n  value: 1\n- name: b\n  value: 2\n',
    ],
    [
      'JSON',
      '{\n  "variables": {\n    "a": 1\n  }\n}\n',
      { path: ['variables', 'b'], value: 'x' },
      '{\n  "variables": {\n    "a": 1,\n    "b": "x"\n  }\n}\n',
    ],
    [
      'the last value of a map, with the map',
      'variables:\n  c: 1\n  t:\n    a: 1\n',
      { path: ['variables', 't', 'a'], isRemoved: true },
      'variables:\n  c: 1\n',
    ],
    [
      'the last value of an environment, which stays',
      'environments:\n  dev:\n    a: 1\n',
      { path: ['environments', 'dev', 'a'], isRemoved: true },
      'environments:\n  dev:\n',
    ],
    [
      'the spelling of a number',
      'variables:\n  a: 1.1\n',
      { path: ['variables', 'a'], value: 1.1, text: '1.10' },
      'variables:\n  a: 1.10\n',
    ],
    ['an empty text', '', { path: ['variables', 'a'], value: 1 }, 'variables:\n  a: 1\n'],
    [
      'a text with a byte order mark',
      '\ufeffvariables:\n  a: 1\n',
      { path: ['variables', 'a'], value: 2 },
      '\ufeffvariables:\n  a: 2\n',
    ],
  ];
  for (const [what, before, wanted, after] of cases)
    it(`edits ${what}`, () => assert.deepEqual(editText(before, wanted), { kind: 'edited', text: after }));

  it('makes several edits, or none and says which was refused', () => {
    const bad = { path: ['variables', 'a', 'b'], value: 1 };
    const good = { path: ['variables', 'c'], value: 1 };
    const before = 'variables:\n  a: 1\n';
    assert.deepEqual(editTexts(before, [good]), { kind: 'edited', text: `${before}  c: 1\n` });
    const result = editTexts(before, [good, bad]);
    assert.deepEqual(result.kind === 'refused' && result.edit, bad);
  });
});

describe('a merge of texts', () => {
  const base = 'variables:\n  a: 1 # one\n  b: 2\n';
  it('keeps their comments, and mine where they changed values only', () => {
    const theirs = base.replace('# one', '# first').replace('b: 2', 'b: 3');
    const mine = base.replace('a: 1', 'a: 5');
    const text = 'variables:\n  a: 5 # first\n  b: 3\n';
    assert.deepEqual(mergeTexts(base, mine, theirs), { kind: 'merged', text, contested: [] });
    assert.deepEqual(mergeTexts(base, theirs, mine), { kind: 'merged', text, contested: [] });
    assert.equal(mergeTexts(base, `# x\n${mine}`, theirs).kind, 'conflict');
    assert.equal(mergeTexts(base, mine, 'variables: [').kind, 'conflict');
  });

  it('names what both sides changed, and has their value', () => {
    const [mine, theirs] = [base.replace('b: 2', 'b: 3'), base.replace('b: 2', 'b: 4')];
    assert.deepEqual(mergeTexts(base, mine, theirs), {
      ...{ kind: 'merged', text: theirs },
      contested: [{ path: ['b'], environment: undefined, base: 2, mine: 3, theirs: 4 }],
    });
  });

  it('lists the changes between two texts, and the environments that they are about', () => {
    const before = 'variables:\n  a: 1.1\n  b: 2\nenvironments:\n  prod:\n    a: 3\n';
    const after = 'variables:\n  a: 1.10\n  c: 1\nenvironments:\n  prod:\n    a: 3\n';
    assert.deepEqual(changesBetween(before, after), [
      { path: ['b'], environment: undefined, kind: 'removed', before: 2, after: undefined },
      { path: ['a'], environment: undefined, kind: 'changed', before: 1.1, after: 1.1, text: '1.10' },
      { path: ['c'], environment: undefined, kind: 'added', before: undefined, after: 1 },
    ]);
    assert.equal(changesBetween(before, 'variables: ['), undefined);
    const onlyA = before.replace('1.1', '1.2');
    assert.deepEqual(changedEnvironments(before, onlyA, ['dev', 'prod']), ['dev']);
  });
});
