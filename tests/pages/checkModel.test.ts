import assert from 'node:assert/strict';
import { checkModel, modelSource, type SharedVariables } from '../../hub/variables/checkModel';
import { readVariableSchema } from '../../shared/variables/schema/variableSchema';

function shared(variables: object, refusesSecrets = true): SharedVariables {
  const text = JSON.stringify({ definitions: { variables } });
  const schema = readVariableSchema(text, 'schema', (_, message) => assert.fail(message));
  return { base: undefined, schema: schema ?? assert.fail(), problems: [], refusesSecrets };
}

function checked(text: string, sharedVariables: SharedVariables) {
  const { problems, notes } = checkModel(text, modelSource(1), sharedVariables);
  const ofExtension = /^model(Name|Version) is mandatory/;
  const texts = (found: typeof problems) =>
    found.map(({ message }) => message).filter((message) => !ofExtension.test(message));
  return { problems: texts(problems), notes: texts(notes) };
}

describe('What prevents a model from being saved', () => {
  it('is not a name that the files of the repository can set', () => {
    const rules = { required: ['a'], properties: { a: {}, b: { mandatory: true } } };
    const { problems, notes } = checked("variables:\n  c: '{{d}} and more'\n", shared(rules));
    assert.deepEqual(problems, []);
    assert.deepEqual(notes, [
      'c refers to d, which is not set.',
      'a is missing, but the schema requires it.',
      'b is mandatory, but no source sets it.',
    ]);
  });

  it('is not a pattern that only a pipeline can match in time, which a note says', () => {
    const text = `variables:\n  c: ${'a'.repeat(60)}!\n`;
    const { problems, notes } = checked(text, shared({ properties: { c: { pattern: '^(a+)+$' } } }));
    assert.deepEqual(problems, []);
    assert.deepEqual(notes, [
      'c is matched with the pattern ^(a+)+$ when a pipeline loads it, not here: the pattern can take long.',
    ]);
    const short = checked('variables:\n  c: aaa!\n', shared({ properties: { c: { pattern: '^(a+)+$' } } }));
    assert.deepEqual(short, { problems: ['c must match the pattern ^(a+)+$.'], notes: [] });
  });

  it('is decided by what a problem is about, not by its words', () => {
    const endings = ['a, which is not set', 'is mandatory, but no source sets it', 'b looks like a secret, or not'];
    for (const pattern of endings) {
      const { problems, notes } = checked(
        'variables:\n  c: other\n',
        shared({ properties: { c: { pattern } } }, false),
      );
      assert.deepEqual([problems, notes], [[`c must match the pattern ${pattern}.`], []]);
    }
  });

  const secrets: readonly [what: string, text: string][] = [
    ['a name', 'variables:\n  dbPassword: a\n'],
    ['a value', 'variables:\n  url: https://ada:1234@example.com\n'],
    ['a name in a list', 'variables:\n  list: [{apiKey: a}]\n'],
    ['a value that references make', "variables:\n  host: ada:1234@example.com\n  url: 'https://{{host}}'\n"],
  ];
  for (const [what, text] of secrets)
    it(`is what looks like a secret, unless the settings permit it: ${what}`, () => {
      const [refusing, permitting] = [checked(text, shared({}, true)), checked(text, shared({}, false))] as const;
      assert.equal(refusing.problems.length, 1);
      assert.match(refusing.problems[0] ?? '', /looks like a secret/);
      assert.deepEqual([permitting.problems, permitting.notes], [[], refusing.problems]);
    });
});
