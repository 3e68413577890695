import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changedEnvironments, changesBetween } from '../../../shared/variables/edit/changes';
import { editText, editTexts, type EditValue, type TextEdit } from '../../../shared/variables/edit/editText';
import { mergeTexts } from '../../../shared/variables/edit/mergeTexts';
import { leavesOf } from '../../../shared/variables/tree';
import { readVariableFile } from '../../../shared/variables/variableFile';

const seed = 20261130;
const names = ['a', 'b', 'rates', 'no', 'training'] as const;
const name = fc.constantFrom(...names);
const scalar = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
  fc.constantFrom(true, false, null),
  fc.constantFrom(
    '1.10',
    'no',
    '010',
    '',
    '# x',
    ' x',
    'x ',
    'a: b',
    'a #b',
    "it's",
    '- a',
    '{a}',
    '{{a}}/x',
    'null',
    '~',
  ),
  fc.constantFrom(
    'é',
    'https://x/y',
    '2026-01-01',
    '0x1F',
    '.inf',
    'a\nb',
    '\u2028',
    '\ufeff',
    '"q"',
    'a:',
    '1e3',
    '%a',
    '@a',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 8 }),
);
const value: fc.Arbitrary<EditValue> = fc.oneof({ weight: 5, arbitrary: scalar }, fc.array(scalar, { maxLength: 3 }));
const section = fc.constantFrom(['variables'], ['environments', 'dev'], ['environments', 'prod']);
const path = fc
  .tuple(section, fc.array(name, { minLength: 1, maxLength: 3 }))
  .map(([first, rest]) => [...first, ...rest]);
const edit: fc.Arbitrary<TextEdit> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ path, value }) },
  { weight: 1, arbitrary: path.map((at) => ({ path: at, isRemoved: true as const })) },
);

/** Texts in several hands: indentation, comments, quotes, brackets, line endings. */
const text = fc
  .record({
    lines: fc.subarray([
      'modelName: demo # who',
      "b: '1'",
      'a: 1.10   # aligned',
      'no:',
      'rates: [0.1, 0.5]',
      'list:\n- 1\n- two',
      'long: |\n  one\n  two',
      '# alone',
      '',
      'training:\n  # inner\n  a: 1\n  b: {}',
      'flow: {a: 1, "b": [2]}',
    ]),
    indent: fc.constantFrom('  ', '    '),
    environments: fc.constantFrom(
      '',
      'environments:\n  dev:\n  prod: {} # none\n',
      'environments:\n  prod:\n    a: 2\n# end\n',
    ),
    ending: fc.constantFrom('\n', '\r\n'),
    isEnded: fc.boolean(),
  })
  .map(({ lines, indent, environments, ending, isEnded }) => {
    const body = lines.flatMap((line) => line.split('\n')).map((line) => (line === '' ? '' : indent + line));
    const whole = `# head\nvariables:\n${body.map((line) => `${line}\n`).join('')}${environments}`;
    return (isEnded ? whole : whole.trimEnd()).replaceAll('\n', ending);
  });

/** All values by name, and which environments there are; undefined where the reader refuses the text itself. */
function valuesOf(text: string): Record<string, unknown> {
  const file = readVariableFile(text, '', () => undefined) ?? assert.fail(`not readable: ${text}`);
  const sections = [
    ['variables', file.variables] as const,
    ...[...file.environments].map(([key, own]) => [`environments ${key}`, own] as const),
  ];
  return Object.fromEntries(
    sections.flatMap(([key, { tree }]) => [
      [key, true] as [string, unknown],
      ...[...leavesOf(tree)].map(({ path, leaf }): [string, unknown] => [
        `${key} ${path.join(' ')}`,
        [leaf.value, leaf.text],
      ]),
    ]),
  );
}

/** The key of a path in `valuesOf`. */
const keyOf = (at: readonly string[]): string => at.join(' ');
const linesOf = (whole: string): readonly string[] => whole.split(/\r?\n/);
const commentsOf = (whole: string): readonly string[] => whole.match(/#.*(?=\r?$)/gm) ?? [];

describe('an edit of one value', () => {
  it('changes that value and nothing else, in 8,000 cases', () => {
    let edited = 0;
    const property = fc.property(text, edit, (before, wanted) => {
      const result = editText(before, wanted);
      if (result.kind === 'refused') {
        assert.match(result.problem, /\.$/);
        return;
      }
      edited++;
      const [old, fresh] = [valuesOf(before), valuesOf(result.text)];
      const key = keyOf(wanted.path);
      if ('value' in wanted) assert.deepEqual((fresh[key] as unknown[] | undefined)?.[0], wanted.value);
      const others = (values: Record<string, unknown>): unknown =>
        Object.entries(values).filter(
          ([own, set]) =>
            set !== true &&
            own !== key &&
            !own.startsWith(`${key} `) &&
            !(key.startsWith(`${own} `) && (set as unknown[])[0] === null),
        );
      assert.deepEqual(others(fresh), others(old));

      const crlf = (whole: string): number => whole.split('\r\n').length - 1;
      if (before.includes('\r\n')) assert.equal(crlf(result.text), linesOf(result.text).length - 1);
      else assert.equal(crlf(result.text), 0);
      if (!('isRemoved' in wanted)) {
        const isList = Array.isArray((old[key] as unknown[] | undefined)?.[0]);
        const kept = new Set(linesOf(result.text));
        assert.ok(isList || linesOf(before).filter((line) => !kept.has(line)).length <= 1, result.text);
        assert.ok(
          commentsOf(before).every((comment) => result.text.includes(comment)),
          result.text,
        );
      } else if (result.text !== before) {
        const left = linesOf(result.text);
        assert.ok(linesOf(before).length > left.length || /[{}]/.test(before));
        assert.deepEqual(
          left.filter((line) => !linesOf(before).includes(line) && !line.includes('{')),
          [],
        );
      }
    });
    fc.assert(property, { seed, numRuns: 8000 });
    assert.ok(edited > 6000, `${edited} were edited`);
  });

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
  it('keeps all changes of both sides, or says what is contested, in 2,000 cases', () => {
    let merged = 0;
    const edits = fc.array(edit, { maxLength: 3 });
    const withAll = (before: string, wanted: readonly TextEdit[]): string =>
      wanted.reduce((current, each) => {
        const result = editText(current, each);
        return result.kind === 'edited' ? result.text : current;
      }, before);
    const property = fc.property(text, edits, edits, (base, my, their) => {
      const [mine, theirs] = [withAll(base, my), withAll(base, their)];
      const result = mergeTexts(base, mine, theirs);
      if (result.kind === 'conflict') return;
      merged++;
      const [values, from, own, other] = [result.text, base, mine, theirs].map(valuesOf);
      const isSame = (one: unknown, two: unknown): boolean => JSON.stringify(one) === JSON.stringify(two);
      for (const key of Object.keys({ ...from, ...own, ...other })) {
        if (from?.[key] === true || own?.[key] === true || other?.[key] === true) continue;
        const [hasMine, hasTheirs] = [!isSame(own?.[key], from?.[key]), !isSame(other?.[key], from?.[key])];
        const at = key.replace(/^environments \w+ |^variables /, '').split(' ');
        const place = key.startsWith('variables') ? undefined : key.split(' ')[1];
        const isContested = result.contested.some(
          (each) => each.environment === place && (at.join(' ') + ' ').startsWith(each.path.join(' ') + ' '),
        );
        if (hasTheirs && !isContested) assert.deepEqual(values?.[key], other?.[key], `theirs: ${key}\n${result.text}`);
        else if (hasMine && !isContested) assert.deepEqual(values?.[key], own?.[key], `mine: ${key}\n${result.text}`);
        else if (!hasMine && !hasTheirs) assert.deepEqual(values?.[key], from?.[key]);
      }
      const same = mergeTexts(base, mine, mine);
      assert.deepEqual(same, { kind: 'merged', text: mine, contested: [] });
    });
    fc.assert(property, { seed, numRuns: 2000 });
    assert.ok(merged > 1000, `${merged} were merged`);
  });

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
