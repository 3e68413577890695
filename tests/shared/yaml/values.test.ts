import assert from 'node:assert/strict';
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

  it('is that of one document', () => {
    assert.throws(() => readYamlValue('a: 1\n---\nb: 2'), /is not valid YAML or JSON: /);
  });
});

function problem(message: string) {
  return (error: unknown): boolean => error instanceof InvalidYaml && error.message === message;
}
