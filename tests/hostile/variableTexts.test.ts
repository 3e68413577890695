import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editText, type EditValue, type TextEdit } from '../../shared/variables/edit/editText';
import { mergeTexts } from '../../shared/variables/edit/mergeTexts';
import { leavesOf } from '../../shared/variables/tree';
import { readVariableFile } from '../../shared/variables/variableFile';
import { fuzzSeed as seed } from '../support/fixedSeed';

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
  it('changes that value and nothing else, in 10,000 cases', () => {
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
    fc.assert(property, { seed, numRuns: 10_000 });
    assert.ok(edited > 7500, `${edited} were edited`);
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
});
