import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CaseInsensitiveMap } from '../../../sandbox/agent/caseInsensitiveMap';
import { evaluateExpression } from '../../../sandbox/agent/expressions/evaluateExpression';
import { DateTime } from '../../../sandbox/agent/expressions/dateTime';
import { Decimal } from '../../../sandbox/agent/expressions/decimal';
import { generalFunctions } from '../../../sandbox/agent/expressions/functions';
import { parseExpression } from '../../../sandbox/agent/expressions/parseExpression';
import { toText, Version, type Value } from '../../../sandbox/agent/expressions/value';

const list: Value = ['a', 'b', 'c'];
const people: Value = [
  new CaseInsensitiveMap<Value>([
    ['id', Decimal.of(1)],
    ['name', 'Ada'],
  ]),
  new CaseInsensitiveMap<Value>([['id', Decimal.of(2)]]),
];
const object = new CaseInsensitiveMap<Value>([
  ['Key', 'value'],
  ['nested', new CaseInsensitiveMap<Value>([['deep', 'x']])],
  ['list', list],
]);
const names = new Map<string, Value>([
  [
    'variables',
    new CaseInsensitiveMap<Value>([
      ['a', 'A'],
      ['Build.Reason', 'Manual'],
      ['empty', ''],
      ['five', '5'],
    ]),
  ],
  [
    'parameters',
    new CaseInsensitiveMap<Value>([
      ['list', list],
      ['object', object],
      ['people', people],
      ['yes', true],
      ['index', Decimal.of(1)],
    ]),
  ],
  [
    'pipeline',
    new CaseInsensitiveMap<Value>([['startTime', DateTime.of(new Date(Date.UTC(2024, 0, 2, 3, 4, 5, 678)))]]),
  ],
]);

function evaluate(text: string): Value {
  const expression = parseExpression(text, { names: [...names.keys()], functions: generalFunctions });
  return evaluateExpression(expression, { names, functions: generalFunctions });
}

const values: readonly (readonly [string, Value | number])[] = [
  // Literals.
  ['true', true],
  ['TRUE', true],
  ['False', false],
  ['-1.2', -1.2],
  ['.5', 0.5],
  ["'it''s'", "it's"],
  ["  'spaced'  ", 'spaced'],

  // Variables and keys, without regard to case; a miss is null.
  ['variables.A', 'A'],
  ["variables['build.REASON']", 'Manual'],
  ['VARIABLES.a', 'A'],
  ['variables.none', null],
  ['variables.none.deeper', null],
  ['parameters.object.nested.deep', 'x'],
  ["parameters.object['KEY']", 'value'],
  ['parameters.list[0]', 'a'],
  ["parameters.list['2']", 'c'],
  ['parameters.list[parameters.index]', 'b'],
  ['parameters.list[9]', null],
  ['parameters.yes.anything', null],

  // Logic, with its conversions and short cuts.
  ["and(true, 'x')", true],
  ["and(true, '')", false],
  ['and(false, gt(parameters.list, 1))', false],
  ["or('', variables.none, 0)", false],
  ["or('false', false)", true],
  ['or(true, gt(parameters.list, 1))', true],
  ['not(0)', true],
  ['not(parameters.object)', false],
  ['xor(true, 1)', false],
  ["xor(true, '')", true],
  ["iif(eq(1, 1), 'yes', 'no')", 'yes'],
  ["iif('', 'yes', 'no')", 'no'],
  ["iif(false, 'yes')", null],
  ["coalesce(variables.none, variables.empty, 'last')", 'last'],
  ["coalesce('', variables.none)", null],

  // Equality: the right side is made the kind of the left.
  ["eq('ABC', 'abc')", true],
  ["eq('true', true)", true],
  ["eq('false', true)", false],
  ["eq(true, 'false')", true],
  ["eq(parameters.yes, 'TRUE')", true],
  ["eq(5, '5')", true],
  ["eq(5, ' 5.0 ')", true],
  ["eq(1000, '1,000')", true],
  ["eq(5, 'five')", false],
  ["eq('5', 5.0)", true],
  ["eq(variables.none, '')", true],
  ["eq('', variables.none)", true],
  ["eq(variables.none, 'x')", false],
  ['eq(0, variables.none)', true],
  ['eq(1.2.3, 1.2.3)', true],
  ["eq(1.2.3, '1.2.3')", true],
  ["eq(1.2.0, '1.2')", false],
  ['eq(parameters.list, parameters.list)', true],
  ["eq(parameters.list, 'a')", false],
  ["ne(5, 'five')", true],
  ["ne('a', 'A')", false],
  ["in('B', 'a', 'b')", true],
  ["in('B')", false],
  ["notIn('D', 'A', 'B')", true],

  // Order.
  ['gt(5, 2)', true],
  ['ge(5, 5)', true],
  ['lt(false, true)', true],
  ['lt(True, False)', false],
  ["le(2, '10')", true],
  ["lt('10', 9)", true],
  ["gt('b', 'A')", true],
  ['gt(1.10.0, 1.9.9)', true],
  ["lt(1.2.3, '1.2.3.1')", true],
  ['gt(variables.five, 10)', true],

  // Texts.
  ["contains('ABCDE', 'bcd')", true],
  ["startsWith('ABCDE', 'ab')", true],
  ["endsWith('ABCDE', 'DE')", true],
  ["contains(123, '2')", true],
  ["lower('FOO')", 'foo'],
  ["upper('bah')", 'BAH'],
  ["trim('  x  ')", 'x'],
  ["replace('a.b.c', '.', '$&')", 'a$&b$&c'],
  ["replace('aXa', 'x', 'y')", 'aXa'],
  ["length('fabrikam')", 8],
  ['length(parameters.list)', 3],
  ['length(parameters.object)', 3],
  ["join(',', split('a;b.;', ';.'))", 'a,b,,'],
  ["split('a/b', '/')[1]", 'b'],
  ["join(';', parameters.list)", 'a;b;c'],
  ["join(';', parameters.people)", ';'],
  ["join(';', 'text')", 'text'],
  ["format('Hello {0} {1}', 'John', true)", 'Hello John True'],
  ["format('{{{0}}}', 1)", '{1}'],
  ["format('{0:yyyyMMdd}', pipeline.startTime)", '20240102'],
  [
    String.raw`format('{0:yy\/M\/d H\:m\:s\.f ff fff ffff K}', pipeline.startTime)`,
    '24/1/2 3:4:5.6 67 678 6780 +00:00',
  ],
  [String.raw`format('{0:HH\:mm\:ss}', pipeline.startTime)`, '03:04:05'],

  // Collections.
  ["containsValue(parameters.list, 'B')", true],
  ["containsValue(parameters.object, 'VALUE')", true],
  ["containsValue(parameters.list, 'z')", false],
  ["containsValue('abc', 'a')", false],
  ["join(',', parameters.people.*.id)", '1,2'],
  ["join(',', parameters.people[*].name)", 'Ada'],
  ["join(',', parameters.object.*)", 'value,,'],
  ['convertToJson(parameters.list)', '[\n  "a",\n  "b",\n  "c"\n]'],
  ['convertToJson(parameters.yes)', 'true'],
];

const errors: readonly (readonly [string, RegExp])[] = [
  ['', /is incomplete/],
  ['eq(1', /is incomplete/],
  ['eq(1, 2))', /unexpected '\)' at position 9/],
  ["'open", /can't be parsed from position 1 on/],
  ['1.2.3.4.5', /neither a number nor a version/],
  ['1x', /neither a number nor a version/],
  ['unknown', /unknown value 'unknown'.*expected one of variables, parameters, pipeline/],
  ['nothing(1)', /unknown function 'nothing'/],
  ['and(true)', /'and' takes at least 2 parameters, not 1/],
  ['not(1, 2)', /'not' takes 1 parameter, not 2/],
  ['iif()', /'iif' takes 1 to 3 parameters, not 0/],
  ['variables.', /is incomplete/],
  ['variables.1', /'variables.1' has an unexpected '.1' at position 10/],
  ["gt(5, 'five')", /can't compare a number with a string/],
  ['gt(parameters.list, 1)', /can't compare an array with a number/],
  ["gt(variables.none, 'x')", /can't compare null with a string/],
  ['lower(parameters.list)', /can't convert an array to a string/],
  ['+5', /can't be parsed from position 1 on/],
  ['79228162514264337593543950336', /neither a number nor a version/],
  [`${'not('.repeat(50)}1${')'.repeat(50)}`, /is nested 50 deep, and the limit is 49/],
  [`'${'x'.repeat(21_000)}'`, /longer than 21000 characters/],
  ["format('{1}', 'x')", /no value for '\{1\}'/],
  ["format('{0', 'x')", /single '\{'/],
  ["format('{0:yyyy}', 'x')", /that value is not a date/],
  ["format('{0}', parameters.list)", /does not accept an array/],
];

describe('An expression of the local agent', () => {
  for (const [text, expected] of values) {
    it(`${text} is ${JSON.stringify(expected)}`, () => {
      const value = evaluate(text);
      assert.deepEqual(value instanceof Decimal ? Number(value) : value, expected);
    });
  }

  for (const [text, pattern] of errors) {
    it(`${text.slice(0, 60) || '(nothing)'} is refused`, () =>
      assert.throws(() => evaluate(text), { name: 'ExpressionError', message: pattern }));
  }

  it('parses a version', () => assert.deepEqual(evaluate('1.2.3.4'), new Version([1, 2, 3, 4])));

  it('converts values to text as Azure Pipelines does', () => {
    assert.equal(toText(true), 'True');
    assert.equal(toText(false), 'False');
    assert.equal(toText(null), '');
    assert.equal(toText(Decimal.parse('1.50') ?? null), '1.5');
    assert.equal(toText(new Version([1, 2])), '1.2');
    assert.equal(toText([]), undefined);
  });

  it('returns the text of any string literal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => evaluate(`'${text.replaceAll("'", "''")}'`) === text),
    );
  });

  it('orders numbers and texts consistently with equality', () => {
    const literal = fc.oneof(
      fc.integer().map(String),
      fc.string({ unit: 'grapheme-ascii' }).map((text) => `'${text.replaceAll("'", "''")}'`),
    );
    fc.assert(
      fc.property(
        literal,
        (text) =>
          evaluate(`eq(${text}, ${text})`) === true &&
          evaluate(`le(${text}, ${text})`) === true &&
          evaluate(`lt(${text}, ${text})`) === false,
      ),
    );
  });
});
