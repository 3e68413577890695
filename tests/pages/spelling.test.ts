import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readTyped, spellPlain } from '../../hub/variables/spelling';
import { shippedSchema } from '../../shared/variables/schema/variableSchema';

const schema = shippedSchema();
const read = (typed: string, path: readonly string[] = ['other']) => readTyped(typed, schema, path);

describe('the spelling of a value in a cell', () => {
  const scalar = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.integer(),
    fc.constantFrom('3', 'true', 'null', '~', "'a'", '"', '[a]', '{a: 1}', '{{a}}', '', ' a ', '1.10'),
  );

  it('is read as the same value', () => {
    fc.assert(
      fc.property(scalar, (value) => {
        const result = read(spellPlain(value));
        assert.ok('value' in result, JSON.stringify(result));
        assert.equal(result.value, value);
      }),
    );
  });

  it('is read as the same list', () => {
    const printable = fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.integer(),
      fc.constantFrom('3', 'a, b', ']', "it's", '# x', ': '),
    );
    fc.assert(
      fc.property(fc.array(printable), (value) => {
        assert.deepEqual(read(spellPlain(value)), { value });
      }),
    );
  });

  const typed: readonly [typed: string, result: unknown][] = [
    ['300', { value: 300 }],
    ['1.10', { value: 1.1, text: '1.10' }],
    ['True', { value: true, text: 'True' }],
    ["'300'", { value: '300' }],
    ['null', { value: null }],
    ['a b', { value: 'a b' }],
    ['{{region}}-x', { value: '{{region}}-x' }],
    ['[1, a]', { value: [1, 'a'] }],
  ];
  for (const [text, result] of typed) it(`reads ${text}`, () => assert.deepEqual(read(text), result));

  it('reads what is not in quotes as text where the schema wants text', () => {
    assert.deepEqual(read('3', ['modelVersion']), { value: '3' });
  });

  for (const text of ['010', '{a: 1}', '[[1]]', '[a', '[{a: 1}]'])
    it(`refuses ${text} with a sentence`, () => {
      const result = read(text);
      assert.ok('problem' in result);
      assert.match(result.problem, /\.$/);
    });
});
