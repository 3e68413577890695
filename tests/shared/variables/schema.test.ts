import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { checkTree } from '../../../shared/variables/schema/checkTree';
import { originText, type Report } from '../../../shared/variables/origin';
import { treeOf, type Plain } from '../../../shared/variables/tree';
import { untimedPatterns } from '../../../shared/variables/schema/patternMatcher';
import { readVariableSchema } from '../../../shared/variables/schema/variableSchema';
import { resolveTexts } from './resolveTexts';

/** The editor's checks: all keywords but those of ours and the formats, which editors pass over. */
const ajv = new Ajv({
  keywords: ['mandatory', 'locked', 'compileTime'],
  formats: { path: true, semver: true },
  allowUnionTypes: true,
});

const refuse: Report = (_, message) => {
  throw new Error(message);
};

type Rule = readonly [
  schema: object,
  right: readonly string[],
  wrong: readonly (readonly [yaml: string, problem: string])[],
];

const text = 'put it in quotes';
const bare = 'remove the quotes';
const rules: Readonly<Record<string, Rule>> = {
  string: [
    { type: 'string' },
    ['x', "'1'", '1.2.3', "''"],
    [
      ['1.10', `must be text, not a number: ${text}.`],
      ['true', `must be text, not true or false: ${text}.`],
      ['[x]', 'must be text, not a list.'],
      ['{x: y}', 'must be text, not a map.'],
    ],
  ],
  number: [
    { type: 'number' },
    ['1', '-0.5', '1e-3'],
    [
      ["'1'", `must be a number, not text: ${bare}.`],
      ['one', 'must be a number, not text.'],
    ],
  ],
  integer: [
    { type: 'integer' },
    ['1', '-7', '1.0'],
    [
      ['1.5', 'must be a whole number, not a number.'],
      ["'1'", `must be a whole number, not text: ${bare}.`],
      ['false', 'must be a whole number, not true or false.'],
    ],
  ],
  boolean: [
    { type: 'boolean' },
    ['true', 'False'],
    [
      ['yes', 'must be true or false, not text.'],
      ["'true'", `must be true or false, not text: ${bare}.`],
      ['0', 'must be true or false, not a number.'],
    ],
  ],
  list: [
    { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 3 },
    ['[1]', '[1, 2, 3]'],
    [
      ['1', 'must be a list, not a number.'],
      ['[]', 'must have from 1 to 3 entries.'],
      ['[1, 2, 3, 4]', 'must have from 1 to 3 entries.'],
    ],
  ],
  path: [
    { type: 'string', format: 'path' },
    ['/Shared/models/x', 'data/a b.csv', 'abfss://c@a.dfs.core.windows.net/x', './a..b'],
    [
      ['../x', 'must be a path: parts separated by /, none of them .., and no space at its ends.'],
      ['a\\b', 'must be a path: parts separated by /, none of them .., and no space at its ends.'],
      ['a/..', 'must be a path: parts separated by /, none of them .., and no space at its ends.'],
      ["'a '", 'must be a path: parts separated by /, none of them .., and no space at its ends.'],
    ],
  ],
  'semantic version': [
    { type: 'string', format: 'semver' },
    ['1.0.0', '10.20.30-rc.1+build.5'],
    [
      ["'1.0'", 'must be a semantic version, such as 1.4.0.'],
      ['01.0.0', 'must be a semantic version, such as 1.4.0.'],
      ['v1.0.0', 'must be a semantic version, such as 1.4.0.'],
    ],
  ],
  enum: [
    { enum: ['small', 'large', 3] },
    ['small', '3'],
    [
      ['medium', 'must be one of "small", "large", 3.'],
      ["'3'", 'must be one of "small", "large", 3.'],
      ['{small: 1}', 'must be one of "small", "large", 3.'],
    ],
  ],
  'one of two types': [
    { type: ['string', 'integer'] },
    ['x', '1'],
    [['1.5', `must be text or a whole number, not a number: ${text}.`]],
  ],
  'a range': [
    { minimum: 0, maximum: 1 },
    ['0', '1', 'x'],
    [
      ['-1', 'must be from 0 to 1.'],
      ['1.1', 'must be from 0 to 1.'],
    ],
  ],
  'an open range': [
    { exclusiveMinimum: 0, exclusiveMaximum: 1 },
    ['0.5'],
    [
      ['0', 'must be greater than 0.'],
      ['1', 'must be less than 1.'],
    ],
  ],
  'a least': [{ minimum: 2 }, ['2'], [['1', 'must be at least 2.']]],
  'a most': [{ maximum: 2 }, ['2'], [['3', 'must be at most 2.']]],
  'a length': [
    { minLength: 2, maxLength: 3 },
    ['ab', '👍👍👍'],
    [
      ['a', 'must have from 2 to 3 characters.'],
      ['abcd', 'must have from 2 to 3 characters.'],
    ],
  ],
  'a pattern': [{ pattern: '^[a-z]+$' }, ['abc', '1'], [['aBc', 'must match the pattern ^[a-z]+$.']]],
  'a map': [
    { type: 'object', properties: { x: { type: 'integer' } }, required: ['x'] },
    ['{x: 1}', '{x: 1, y: z}'],
    [
      ['{y: 1}', '.x is missing, but the schema requires it.'],
      ['{x: null}', '.x is missing, but the schema requires it.'],
      ['{x: a}', '.x must be a whole number, not text.'],
      ['[1]', 'must be a map, not a list.'],
    ],
  ],
  'no unknown names': [
    { properties: { x: {} }, additionalProperties: false },
    ['{x: 1}'],
    [['{y: 1}', '.y is not in the schema, which has: x.']],
  ],
  'a rule for all other names': [
    { properties: { x: {} }, additionalProperties: { type: 'integer' } },
    ['{x: a, y: 1}'],
    [['{y: a}', '.y must be a whole number, not text.']],
  ],
  'a list of maps': [
    { items: { properties: { metric: { type: 'string' } }, required: ['metric'] } },
    ['[{metric: rmse}]'],
    [
      ['[{metric: rmse}, {}]', '[1].metric is missing, but the schema requires it.'],
      ['[{metric: 1}]', `[0].metric must be text, not a number: ${text}.`],
    ],
  ],
};

describe('the schema of variables', () => {
  for (const [name, [schema, right, wrong]] of Object.entries(rules)) {
    it(`accepts a valid value: ${name}`, () => {
      for (const yaml of right)
        assert.deepEqual(
          resolveTexts({ model: `variables: {v: ${yaml}}`, schema: { properties: { v: schema } } }).problems,
          [],
          yaml,
        );
    });

    it(`reports an invalid value, with its line: ${name}`, () => {
      for (const [yaml, problem] of wrong) {
        const { problems } = resolveTexts({ model: `variables:\n  v: ${yaml}`, schema: { properties: { v: schema } } });
        assert.deepEqual(problems, [`model.yml:2: v${/^[.[]/.test(problem) ? '' : ' '}${problem}`], yaml);
      }
    });
  }

  it('names the file that the invalid value came from, not one that was overridden', () => {
    const schema = { properties: { m: { properties: { v: { type: 'integer' } } } } };
    const { problems } = resolveTexts({ base: 'variables:\n m:\n  v: x', model: 'variables:\n\n m: {v: y}', schema });
    assert.deepEqual(problems, ['model.yml:3: m.v must be a whole number, not text.']);
    assert.deepEqual(
      resolveTexts({ base: 'variables: {m: {v: x}}', model: 'variables: {m: {v: 1}}', schema }).problems,
      [],
    );
  });

  it('reports a missing mandatory variable only after all files are merged, at its place in the schema', () => {
    const schema = { properties: { v: { mandatory: true }, m: { properties: { x: { mandatory: true } } } } };
    assert.deepEqual(resolveTexts({ base: 'variables: {v: 1}', model: 'variables: {a: 1}', schema }).problems, []);
    assert.match(
      resolveTexts({ model: 'variables: {}', schema }).problems.join(),
      /^schema:1: v is mandatory, but no source sets it\.$/,
    );
    assert.match(resolveTexts({ model: 'variables: {v: ~}', schema }).problems.join(), /v is mandatory/);
    assert.match(resolveTexts({ model: 'variables: {v: 1, m: {}}', schema }).problems.join(), /m\.x is mandatory/);
  });

  it('reports a pattern that takes too long, and does not match any further text with it', () => {
    const text = `${'a'.repeat(40)}!`;
    for (const pattern of ['^(a+)+$', '(x|x)*(a|a)*$']) {
      const schema = { properties: { list: { items: { pattern } } } };
      const { problems } = resolveTexts({ model: `variables: {list: [${Array(200).fill(text).join()}]}`, schema });
      assert.equal(problems.length, 200, pattern);
      const message = `list[199] cannot be matched with the pattern ${pattern} within a second: simplify the pattern.`;
      assert.equal(problems.at(-1), `model.yml:1: ${message}`);
    }
  });

  const overridden: readonly [type: string, lower: string, override: unknown, value: unknown][] = [
    ['integer', '1', '5', 5],
    ['number', '1', '0.5', 0.5],
    ['boolean', 'true', 'false', false],
    ['string', 'x', '5', '5'],
    ['array', '[1]', '[2, "x"]', [2, 'x']],
    ['integer', '1', 5, 5],
  ];
  for (const [type, lower, override, value] of overridden)
    it(`reads the override ${JSON.stringify(override)} as ${type}: by the schema, or else by the value it replaces`, () => {
      const overrides = { v: override };
      const known = resolveTexts({ overrides, schema: { properties: { v: { type } } } });
      assert.deepEqual([known.values, known.problems], [{ v: value }, []]);
      assert.deepEqual(resolveTexts({ base: `variables: {v: ${lower}}`, overrides }).values, { v: value });
    });

  it('keeps an override as text where no type is known, and refuses one of another type', () => {
    assert.deepEqual(resolveTexts({ overrides: { v: '5' } }).values, { v: '5' });
    const { problems } = resolveTexts({
      overrides: { v: 'x', w: '[1' },
      schema: { properties: { v: { type: 'integer' }, w: { type: 'array' } } },
    });
    assert.deepEqual(problems, [
      "input 'overrides': v must be a whole number, not text.",
      "input 'overrides': w must be a list, not text.",
    ]);
    assert.match(
      resolveTexts({ overrides: { v: 2n ** 60n } }).problems.join(),
      /v has a number that cannot be represented exactly/,
    );
  });

  const wrongSchemas: readonly [text: string, problem: RegExp][] = [
    ['{}', /^s:1: has no `definitions\.variables`/],
    ['[', /^s:1: is not valid YAML or JSON/],
    [
      'definitions:\n  variables:\n    properties:\n      a: {default: 1}',
      /^s:4: the keyword default is not supported\.$/,
    ],
    ['definitions: {variables: {oneOf: []}}', /the keyword oneOf/],
    ['definitions: {variables: {__proto__: 1}}', /the keyword __proto__/],
    ['definitions: {variables: {type: text}}', /type has an invalid value/],
    ['definitions: {variables: {type: []}}', /type has an invalid value\.$/],
    ['definitions: {variables: {pattern: "("}}', /pattern has an invalid value\.$/],
    ['definitions: {variables: {format: email}}', /format has an invalid value\.$/],
    ['definitions: {variables: {minLength: -1}}', /minLength has an invalid value\.$/],
    ['definitions: {variables: {properties: []}}', /properties must be a map/],
    ['definitions: {variables: {properties: {a: true}}}', /a schema must be a map/],
    ['definitions: {variables: {locked: yes}}', /locked has an invalid value\.$/],
  ];
  for (const [schema, problem] of wrongSchemas)
    it(`refuses an unsupported schema: ${schema.replaceAll(/\s+/g, ' ')}`, () => {
      const problems: string[] = [];
      readVariableSchema(schema, 's', (origin, message) => problems.push(`${originText(origin)}: ${message}`));
      assert.match(problems.join('\n'), problem);
    });

  it('is ours, extended by the keywords of the team', () => {
    const schema = readVariableSchema(
      '{"definitions": {"variables": {"additionalProperties": false, "properties": {"epochs": {"type": "integer"}, "modelVersion": {"format": "semver"}}}}}',
      's',
      refuse,
    );
    assert.equal(schema?.properties?.['modelName']?.mandatory, true);
    assert.equal(schema.properties['modelVersion']?.format, 'semver');
    assert.equal(schema.properties['modelVersion'].mandatory, true);
    assert.equal(schema.properties['epochs']?.type, 'integer');
    assert.equal(schema.additionalProperties, false);
  });

  it('has the same meaning for editors: they accept and refuse the same values', () => {
    const size = fc.integer({ min: 0, max: 3 });
    const word = fc.constantFrom('a', 'b', 'ab', '', 'true', '1');
    const { schema, value } = fc.letrec<{ schema: object; value: Plain }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        word,
        fc.constantFrom(true, false, 0, 1, 1.5, 2),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b'), tie('value'), { maxKeys: 2 }),
      ),
      schema: fc.record(
        {
          type: fc.oneof(
            fc.constantFrom('string', 'number', 'integer', 'boolean', 'array', 'object'),
            fc.uniqueArray(fc.constantFrom('string', 'number', 'boolean', 'array', 'object'), { minLength: 1 }),
          ),
          enum: fc.uniqueArray(fc.oneof(word, fc.constantFrom(1, true)), { minLength: 1 }),
          pattern: fc.constantFrom('^a', 'b$'),
          minLength: size,
          maxLength: size,
          minimum: size,
          maximum: size,
          exclusiveMinimum: size,
          exclusiveMaximum: size,
          minItems: size,
          maxItems: size,
          items: fc.oneof({ maxDepth: 2 }, fc.constant({}), tie('schema')),
          properties: fc.dictionary(
            fc.constantFrom('a', 'b'),
            fc.oneof({ maxDepth: 2 }, fc.constant({}), tie('schema')),
            { maxKeys: 2 },
          ),
          required: fc.uniqueArray(fc.constantFrom('a', 'b')),
          additionalProperties: fc.oneof({ maxDepth: 2 }, fc.boolean(), tie('schema')),
        },
        { requiredKeys: [] },
      ),
    }));
    const lenient = new Ajv({ strict: false });
    fc.assert(
      fc.property(schema, fc.array(value, { minLength: 10 }), (rules, values) => {
        const isRight = lenient.compile(rules);
        const text = JSON.stringify({ definitions: { variables: { properties: { v: rules } } } });
        const own = readVariableSchema(text, 's', refuse)?.properties?.['v'];
        assert.ok(own);
        for (const plain of values) {
          const problems: string[] = [];
          const report: Report = (_, message) => void problems.push(message);
          checkTree(treeOf(plain, { source: '' }), own, { report, patterns: untimedPatterns });
          assert.equal(problems.length === 0, isRight(plain), problems.join('\n'));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('that we ship lets editors check files, and requires nothing of a single file that another may have', async () => {
    const file = path.resolve(import.meta.dirname, '../../../shared/variables/schema/model_variables.schema.json');
    const validate = ajv.compile(JSON.parse(await readFile(file, 'utf8')) as object);
    const right = [
      "variables:\n  modelName: demo\n  modelVersion: '1'\n  own: {x: [1]}\nenvironments:\n  prod: {workspaceFolder: /Shared/x}\n  dev:\nlocked: [modelName]",
      'variables:\n- name: modelName\n  value: demo\n- {name: x, value: 1, readonly: true}',
      'variables:\nenvironments:',
    ];
    const wrong = [
      'variables: {modelVersion: 1.10}',
      'variable: {}',
      'variables: {modelName: a b}',
      'environments: {prod: {modelName: 1}}',
      'variables: [{group: x}]',
    ];
    for (const yaml of right) assert.ok(validate(load(yaml)), JSON.stringify(validate.errors));
    for (const yaml of wrong) assert.equal(validate(load(yaml)), false, yaml);
    assert.match(JSON.stringify(validate.schema), /"description":"The name of the model/);
  });
});
