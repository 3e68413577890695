import assert from 'node:assert/strict';
import type { DocumentPath } from '../../../shared/finding';
import { InvalidYaml } from '../../../shared/yaml/invalidYaml';
import { largestBytes, readYamlValue } from '../../../shared/yaml/values';

describe('the value of a YAML text', () => {
  const cases: readonly [text: string, value: unknown][] = [
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-831877831877831877', -831877831877831877n],
    ['0x1F', 31],
    ['0x20000000000000', 2 ** 53],
    ['007', 7],
    ['1e3', 1000],
    ['yes', 'yes'],
    ['2026-01-01', '2026-01-01'],
    ['"9007199254740992"', '9007199254740992'],
    ['~', null],
  ];
  for (const [text, value] of cases)
    it(`of ${text} is ${typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)}`, () => {
      assert.deepEqual(readYamlValue(`a: ${text}`), { a: value });
    });

  const texts: readonly string[] = [
    '1.10',
    '007',
    '01234',
    '831877e8',
    '20261128.10',
    '0x1F',
    '0o17',
    '+5',
    '1e3',
    '1_000',
    '9007199254740993',
    'True',
    'yes',
    '2026-01-01',
  ];
  for (const text of texts)
    it(`of ${text} is that text where text is expected`, () => {
      for (const document of [`a: ${text}`, `{"a": ${text}}`, `a: &x ${text}`, `a: !!str ${text}`])
        assert.deepEqual(readYamlValue(document, { textAt: () => true }), { a: text });
    });

  it('is text only at the paths that have text', () => {
    const textAt = (path: DocumentPath): boolean => path[0] === 'a' && path[1] !== 1;
    const value = readYamlValue('a: [1.10, 1.10, "1.10"]\nb: 1.10\nc: &c 1.10\nd: *c', { textAt });
    assert.deepEqual(value, { a: ['1.10', 1.1, '1.10'], b: 1.1, c: 1.1, d: 1.1 });
    assert.deepEqual(readYamlValue('a: &x {y: 007}\nb: *x\nc: {<<: *x}', { textAt }), {
      a: { y: '007' },
      b: { y: 7 },
      c: { y: 7 },
    });
  });

  it('is null where nothing is written, also where text is expected', () => {
    assert.deepEqual(readYamlValue('a:\nb: ~', { textAt: () => true }), { a: null, b: null });
  });

  it('has names as they are written', () => {
    const value = readYamlValue('1.10: a\n1.1: b\n007: c\nTrue: d\n~: e\n"x": f\n__proto__: g');
    assert.deepEqual(Object.entries(value as object), [
      ['1.10', 'a'],
      ['1.1', 'b'],
      ['007', 'c'],
      ['True', 'd'],
      ['~', 'e'],
      ['x', 'f'],
      ['__proto__', 'g'],
    ]);
    assert.throws(() => readYamlValue('1.10: a\n"1.10": b'), /duplicated mapping key at line 2/);
  });

  it('tells where a number or a boolean is written otherwise and is not known to be text or not', () => {
    const unsure: DocumentPath[] = [];
    const textAt = ([name]: DocumentPath): boolean | undefined => (name === 'number' ? false : undefined);
    readYamlValue('a: 1.10\nb: [1.5, 007]\nc: true\nd: TRUE\ne: "1.10"\nf:\nnumber: 1.10', {
      textAt,
      onOtherText: (path) => void unsure.push(path),
    });
    assert.deepEqual(unsure, [['a'], ['b', 1], ['d']]);
  });

  it('is never .inf or .nan, wherever it is', () => {
    const textAt = ([name]: DocumentPath): boolean => name === 'text';
    for (const text of ['.inf', '-.Inf', '+.INF', '.nan', '.NaN'])
      for (const name of ['text', 'number'])
        assert.throws(
          () => readYamlValue(`a: 1\n${name}:\n  - ${text}\n  - ${text}`, { textAt }),
          problem('has .inf or .nan, which JSON does not have: put it in quotes (line 3, 4)'),
        );
    assert.deepEqual(readYamlValue('a: ".nan"'), { a: '.nan' });
  });

  it('has the keys of the maps that are merged into a map', () => {
    const value = readYamlValue('a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}');
    assert.deepEqual(value, { a: { x: 1, y: 2 }, b: { x: 1, y: 3 } });
  });

  it('may be as large as the limits, and no larger', () => {
    const whole = `a: ${'x'.repeat(largestBytes - 3)}`;
    assert.deepEqual(readYamlValue(whole), { a: whole.slice(3) });
    assert.throws(() => readYamlValue(`${whole}x`), problem('is larger than 2 MiB'));
    const items = (count: number): string => `[${'1,'.repeat(count)}]`;
    assert.equal((readYamlValue(items(99_999)) as readonly unknown[]).length, 99_999);
    assert.throws(() => readYamlValue(items(100_000)), problem('holds more than 100000 values'));
  });

  it('is limited with expanded aliases, also recursive ones', () => {
    const bomb = ['a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]'];
    for (let n = 1; n < 6; n++) bomb.push(`a${n}: &a${n} [${Array.from({ length: 10 }, () => `*a${n - 1}`).join()}]`);
    assert.throws(() => readYamlValue(bomb.join('\n')), problem('holds more than 100000 values'));
    assert.throws(() => readYamlValue('a: &a [*a]'), problem('holds more than 100000 values'));
  });

  it('is limited with the texts and the levels that aliases repeat', () => {
    const long = `a: &a ${'x'.repeat(1_000_000)}\n`;
    assert.throws(() => readYamlValue(`${long}b: [*a,*a,*a,*a]`), problem('has texts of more than 4 MiB in all'));
    assert.throws(() => readYamlValue('['.repeat(101)), problem('is nested deeper than 100 levels at line 1'));
    const levels = (before: string): string => `${'['.repeat(90)}${before}${']'.repeat(90)}\n`;
    const deep = `a0: &a0 ${levels('x')}${Array.from({ length: 300 }, (_, n) => `a${n + 1}: &a${n + 1} ${levels(`*a${n}`)}`).join('')}`;
    assert.throws(
      () => readYamlValue(deep.split('\n').slice(0, 3).join('\n')),
      problem('is nested deeper than 200 levels'),
    );
    assert.throws(() => readYamlValue(deep), problem('holds more than 100000 values'));
  });

  it('has whole characters only', () => {
    const refusal = problem('has a text with half of a character (\\ud800 to \\udfff)');
    assert.throws(() => readYamlValue('{"a": ["\\ud83d"]}'), refusal);
    assert.throws(() => readYamlValue('{"\\ude00": 1}'), refusal);
    assert.deepEqual(readYamlValue('{"a": "\\ud83d\\ude00"}'), { a: '😀' });
  });

  it('is that of one document', () => {
    assert.throws(() => readYamlValue('a: 1\n---\nb: 2'), /is not valid YAML or JSON: /);
  });
});

function problem(message: string) {
  return (error: unknown): boolean => error instanceof InvalidYaml && error.message === message;
}
