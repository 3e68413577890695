import assert from 'node:assert/strict';
import { InputError } from '../../../shared/errors';
import { choice, flag, pairs, sensitivePairs, text } from '../../../shared/task/inputs';
import { readInputs } from '../../../shared/task/readInputs';
import {
  atLeastOneOf,
  atMostOneOf,
  distinctNames,
  exactlyOneOf,
  requiredWith,
  type Relation,
} from '../../../shared/task/relations';
import { defineTask } from '../../../shared/task/task';
import { FakeAgent } from '../../support/fakeAgent';

const file = { source: 'file' } as const;
const inputs = {
  a: text(),
  b: text({ pattern: { matches: /^ok/, rule: 'must begin with ok.' } }),
  c: text(),
  source: choice(['text', 'file'], { default: 'text' }),
  d: text({ when: file }),
  e: text({ when: file }),
  wait: flag({ default: true }),
  plain: pairs(),
  hidden: sensitivePairs(),
};
type Name = keyof typeof inputs;

/** What is said of the inputs that a test gives. */
function problemsOf(relations: readonly Relation<Name>[], given: Partial<Record<Name, string>>): readonly string[] {
  const task = defineTask({ inputs, relations, outputs: [], run: () => Promise.resolve('') });
  try {
    readInputs(task, new FakeAgent(given));
    return [];
  } catch (error) {
    assert.ok(error instanceof InputError);
    return error.problems.map(({ input, problem }) => `${input} ${problem}`);
  }
}

describe('relations between inputs', () => {
  const cases: [string, Relation<Name>, Partial<Record<Name, string>>, readonly string[]][] = [
    ['exactly one of two takes the first', exactlyOneOf('a', 'b'), { a: 'x' }, []],
    ['exactly one of two takes the second', exactlyOneOf('a', 'b'), { b: 'ok' }, []],
    ['exactly one of two refuses none', exactlyOneOf('a', 'b'), {}, ["a is required, unless 'b' is given."]],
    [
      'exactly one of two refuses both',
      exactlyOneOf('a', 'b'),
      { a: 'x', b: 'ok' },
      ["a cannot be combined with 'b'."],
    ],
    ['exactly one of three names all', exactlyOneOf('a', 'b', 'c'), {}, ["a is required, unless 'b' or 'c' is given."]],
    [
      'exactly one of three names those that are given',
      exactlyOneOf('a', 'b', 'c'),
      { b: 'ok', c: 'x' },
      ["b cannot be combined with 'c'."],
    ],
    ['at most one takes none', atMostOneOf('a', 'b', 'c'), {}, []],
    [
      'at most one refuses three',
      atMostOneOf('a', 'b', 'c'),
      { a: 'x', b: 'ok', c: 'x' },
      ["a cannot be combined with 'b' or 'c'."],
    ],
    ['at least one takes both', atLeastOneOf('a', 'b'), { a: 'x', b: 'ok' }, []],
    ['at least one refuses none', atLeastOneOf('c', 'a', 'b'), {}, ["c is required, unless 'a' or 'b' is given."]],
    ['different names go together', distinctNames('plain', 'hidden'), { plain: 'A=1', hidden: 'a=1' }, []],
    [
      'each name is in one of two inputs, whatever its value is and however it is written',
      distinctNames('plain', 'hidden'),
      { plain: 'A=1\nB=2\nC=3\ntoString=x', hidden: '{"C": "x", "A": "1", "valueOf": "y"}' },
      ["hidden contains C, A, which 'plain' contains too. Keep each name in one of them."],
    ],
    [
      'a name is not repeated in one input either: lines',
      distinctNames('plain', 'hidden'),
      { hidden: 'A=1\nB=2\nA=3' },
      ['hidden line 3 repeats the name of line 1.'],
    ],
    ['an input goes with another', requiredWith('a', 'b'), { a: 'x', b: 'ok' }, []],
    ['an input can be given without the other that needs it', requiredWith('a', 'b'), { a: 'x' }, []],
    [
      'an input that another one needs is required',
      requiredWith('a', 'b'),
      { b: 'ok' },
      ["a is required when 'b' is given."],
    ],
    ['a blank text is not given', exactlyOneOf('a', 'c'), { a: ' ', c: 'x' }, []],
    ['inputs that do not apply take no part', exactlyOneOf('d', 'e'), {}, []],
    [
      'inputs that apply take part',
      exactlyOneOf('d', 'e'),
      { source: 'file' },
      ["d is required, unless 'e' is given."],
    ],
    ['the only one that applies is required', exactlyOneOf('d', 'a'), {}, ['a is required.']],
    ['an input that does not apply is required with nothing', requiredWith('d', 'a'), { a: 'x' }, []],
    [
      'an input that does not apply is ignored by the relation',
      atMostOneOf('a', 'd'),
      { a: 'x', d: 'x' },
      ["d applies only when 'source' is 'file'. Change that, or leave this empty."],
    ],
    [
      'an input with a bad value is given',
      atMostOneOf('a', 'b'),
      { a: 'x', b: 'no' },
      ['b must begin with ok.', "a cannot be combined with 'b'."],
    ],
    [
      'an input with a bad value needs the other',
      requiredWith('a', 'b'),
      { b: 'no' },
      ['b must begin with ok.', "a is required when 'b' is given."],
    ],
  ];
  for (const [behaviour, relation, given, expected] of cases)
    it(behaviour, () => assert.deepEqual(problemsOf([relation], given), expected));

  it('are all reported at once', () => {
    assert.deepEqual(problemsOf([atLeastOneOf('a', 'b'), requiredWith('b', 'c')], { c: 'x', wait: 'maybe' }), [
      'wait must be true or false.',
      "a is required, unless 'b' is given.",
      "b is required when 'c' is given.",
    ]);
  });

  it('keep the inputs that break them out of further checks', () => {
    let seen: { readonly values: object; readonly bad: readonly string[] } | undefined;
    const task = defineTask({
      inputs,
      relations: [atMostOneOf('a', 'c')],
      outputs: [],
      check(values, bad) {
        seen = { values, bad: [...bad] };
        return [
          { input: 'a', problem: 'is too long.' },
          { input: 'b', problem: 'is too short.' },
        ];
      },
      run: () => Promise.resolve(''),
    });
    assert.throws(() => readInputs(task, new FakeAgent({ a: 'x', b: 'ok', c: 'x' })), {
      message: "2 inputs need attention:\n  - Input 'a' cannot be combined with 'c'.\n  - Input 'b' is too short.",
    });
    assert.deepEqual(seen, { values: { b: 'ok', source: 'text', wait: true }, bad: ['a', 'c'] });
  });
});
