import assert from 'node:assert/strict';
import { JsonLimitError, parseJson, parsedJson } from '../../shared/json';

describe('JSON', () => {
  it('is refused where it has too many values or levels, before it is read', () => {
    assert.throws(() => parseJson(`[${'0,'.repeat(2_500_000)}0]`), JsonLimitError);
    assert.throws(() => parseJson('{"a":'.repeat(100_000)), JsonLimitError);
    // An integer beyond 2^53 is read by a parser that calls itself for each level.
    assert.throws(() => parseJson(`${'['.repeat(100_000)}12345678901234567890`), JsonLimitError);
    assert.equal(parsedJson('['.repeat(1000)), undefined);
  });

  it('may have as many commas and brackets in its texts as it likes', () => {
    const text = '[{,"\\'.repeat(1_000_000);
    assert.equal(parseJson(JSON.stringify(text)), text);
    assert.deepEqual(parseJson(`{"a":[${'[],'.repeat(1000)}[]]}`), { a: Array<[]>(1001).fill([]) });
    assert.throws(() => parseJson('"[[['), SyntaxError);
  });

  it('has up to 500 levels', () => {
    assert.ok(Array.isArray(parseJson('['.repeat(500) + ']'.repeat(500))));
  });

  it('that is not valid is undefined where that is allowed', () => {
    assert.deepEqual(['', 'null', '{', '{"a":1}'].map(parsedJson), [undefined, null, undefined, { a: 1 }]);
  });
});
