import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clashes, mergeTrees, plainOf, treeOf, type Branch, type Plain } from '../../../shared/variables/tree';
import { resolveTexts, type Texts } from './resolveTexts';

const overridesOrigin = "input 'overrides'";
const base = 'variables:\n  a: 1\nenvironments:\n  prod:\n    a: 2\n  dev:\n    a: 9\n';
const model = base.replace('1', '3').replace('2', '4');
const lists = 'variables:\n  list: [1, 2]\n  map: {x: 1, y: {z: 2}}\n';

interface Rule extends Texts {
  readonly rule: string;
  readonly values: Plain;
  readonly origins?: Readonly<Record<string, readonly string[]>>;
}

const rules: readonly Rule[] = [
  { rule: 'the base file gives a value', base, values: { a: 1 }, origins: { a: ['base.yml:2'] } },
  {
    rule: 'the environment of the base file wins over the base file',
    base,
    environment: 'prod',
    values: { a: 2 },
    origins: { a: ['base.yml:5', 'base.yml:2'] },
  },
  {
    rule: 'the model wins over the base file and its environment',
    base,
    model: 'variables:\n  a: 3\n',
    environment: 'prod',
    values: { a: 3 },
    origins: { a: ['model.yml:2', 'base.yml:5', 'base.yml:2'] },
  },
  {
    rule: 'the environment of the model wins over the model',
    base,
    model,
    environment: 'prod',
    values: { a: 4 },
    origins: { a: ['model.yml:5', 'model.yml:2', 'base.yml:5', 'base.yml:2'] },
  },
  {
    rule: 'an override wins over everything',
    base,
    model,
    environment: 'prod',
    overrides: { a: '5' },
    values: { a: 5 },
    origins: { a: [overridesOrigin, 'model.yml:5', 'model.yml:2', 'base.yml:5', 'base.yml:2'] },
  },
  { rule: 'no environment counts when none is named', base, model, values: { a: 3 } },
  { rule: 'another environment does not count', base, environment: 'dev', values: { a: 9 } },
  {
    rule: 'an environment that one of the files has is enough',
    base,
    model: 'variables:\n  b: 1\n',
    environment: 'prod',
    values: { a: 2, b: 1 },
  },
  {
    rule: 'maps are merged name by name, at every depth',
    base: lists,
    model: 'variables:\n  map:\n    y:\n      w: 3\n    x: 7\n',
    values: { list: [1, 2], map: { x: 7, y: { z: 2, w: 3 } } },
    origins: {
      list: ['base.yml:2'],
      'map.x': ['model.yml:5', 'base.yml:3'],
      'map.y.z': ['base.yml:3'],
      'map.y.w': ['model.yml:4'],
    },
  },
  {
    rule: 'a list is replaced as a whole',
    base: lists,
    model: 'variables: {list: [3]}',
    values: { list: [3], map: { x: 1, y: { z: 2 } } },
  },
  {
    rule: 'null unsets a value',
    base: lists,
    model: 'variables: {list: null, map: {x: ~}}',
    values: { map: { y: { z: 2 } } },
  },
  {
    rule: 'null unsets a map, and what comes later does not bring it back',
    base: lists,
    model: 'variables: {map: }\nenvironments: {prod: {map: {new: 1}}}',
    environment: 'prod',
    values: { list: [1, 2], map: { new: 1 } },
  },
  { rule: 'an override can unset', base, overrides: { a: null }, values: {} },
  {
    rule: 'an override names what is in a map',
    base: lists,
    overrides: { 'map.y.z': '8', 'map.x': 9 },
    values: { list: [1, 2], map: { x: 9, y: { z: 8 } } },
  },
  {
    rule: 'an override can be a map',
    base: lists,
    overrides: { map: { y: { z: 8 } } },
    values: { list: [1, 2], map: { x: 1, y: { z: 8 } } },
  },
  {
    rule: "Azure Pipelines' list form says the same as a map",
    base: 'variables:\n- name: a\n  value: 1\n- {name: m, value: {x: 1}}\nenvironments:\n  prod:\n  - name: a\n    value: 2\n',
    model: 'variables:\n  m: {y: 2}\n',
    environment: 'prod',
    values: { a: 2, m: { x: 1, y: 2 } },
    origins: { a: ['base.yml:7', 'base.yml:2'], 'm.x': ['base.yml:4'], 'm.y': ['model.yml:2'] },
  },
  {
    rule: 'JSON says the same as YAML',
    base: '{\n  "variables": {\n    "a": 1\n  },\n  "environments": {"prod": {\n    "a": 2}}\n}',
    environment: 'prod',
    values: { a: 2 },
    origins: { a: ['base.yml:6', 'base.yml:3'] },
  },
  {
    rule: 'empty sections say nothing',
    base: 'variables:\nenvironments:\n',
    model: 'environments: {dev: }',
    environment: 'dev',
    values: {},
  },
];

describe('the precedence of variables', () => {
  for (const { rule, values, origins, ...texts } of rules)
    it(rule, () => {
      const outcome = resolveTexts(texts);
      assert.deepEqual(outcome.problems, []);
      assert.deepEqual(outcome.values, values);
      if (origins) assert.deepEqual(outcome.origins, origins);
    });

  const refused: readonly [rule: string, texts: Texts, ...problems: RegExp[]][] = [
    [
      'an environment that no file has is refused',
      { base, environment: 'prd' },
      /^input 'environment': there is no such environment in the files, which define prod, dev\.$/,
    ],
    [
      'an environment is refused where there are none',
      { base: 'variables: {a: 1}', environment: 'prod' },
      /which define no environments\.$/,
    ],
    [
      'a map does not give way to a value',
      { base: lists, model: 'variables:\n  map: 1\n' },
      /^model\.yml:2: map is a value here, but a map in base\.yml:3\.$/,
    ],
    [
      'a value does not give way to a map',
      { base, overrides: { 'a.b': '1' } },
      /^input 'overrides': a is a map here, but a value in base\.yml:2\.$/,
    ],
    [
      'what a file locks no later file and no override may set',
      {
        base: 'locked: [a, m]\nvariables: {a: 1, m: {x: 1}}\nenvironments: {prod: {a: 2}}',
        model: 'variables:\n  a: 3\n  m: {y: 1}\n  b: 1\nenvironments:\n  prod:\n    m: null\n',
        overrides: { 'm.x': '5' },
        environment: 'prod',
      },
      /^model\.yml:2: a is locked by base\.yml:1: it is 2 \(base\.yml:3\), not 3\.$/,
      /^model\.yml:3: m\.y is locked by base\.yml:1: no earlier source sets it\.$/,
      /^model\.yml:7: m is locked by base\.yml:1: it is a map \(model\.yml:3\)\.$/,
      /^input 'overrides': m\.x is locked/,
    ],
    [
      'readonly locks in the list form',
      { model: 'variables:\n- name: a\n  value: 1\n  readonly: true', overrides: { a: '2' } },
      /^input 'overrides': a is locked by model\.yml:2/,
    ],
    [
      'a lock in an environment counts where that is in force',
      {
        base: 'environments: {prod: [{name: a, value: 1, readonly: true}]}',
        model: 'variables: {a: 2}',
        environment: 'prod',
      },
      /^model\.yml:1: a is locked by base\.yml:1/,
    ],
    [
      'a lock on what is not there is a mistake',
      { base: 'variables: {a: 1}\nlocked:\n  - b\n' },
      /^base\.yml:3: locked names b, which this file does not set\.$/,
    ],
    [
      'what the schema locks only the base file may set',
      {
        base: 'variables: {m: {x: 1}}',
        model: 'variables:\n  m:\n    x: 2\n',
        overrides: { m: null },
        schema: { properties: { m: { properties: { x: { locked: true } } } } },
      },
      /^model\.yml:3: m\.x is locked by the schema, only the base file may set it: it is 1 \(base\.yml:1\), not 2\.$/,
      /^input 'overrides': m is locked by the schema/,
    ],
    [
      'what is read before the run can not be overridden in it',
      {
        model: 'variables: {pool: a}',
        overrides: { pool: 'b' },
        schema: { properties: { pool: { compileTime: true } } },
      },
      /^input 'overrides': pool is read at compile time, before the run, so only files may set it: it is "a" \(model\.yml:1\), not "b"\.$/,
    ],
  ];
  for (const [rule, texts, ...problems] of refused)
    it(rule, () => {
      const outcome = resolveTexts(texts);
      assert.equal(outcome.problems.length, problems.length, outcome.problems.join('\n'));
      for (const [index, problem] of problems.entries()) assert.match(outcome.problems[index] ?? '', problem);
    });

  it('accepts the value that a locked variable already has, from any source', () => {
    const locks = [
      { base: 'locked: [a, l, m]\nvariables: {a: 1, l: [1, {x: y}], m: {x: z, n: ~}}' },
      {
        base: 'variables: {a: 1, l: [1, {x: y}], m: {x: z, n: ~}}',
        schema: { properties: { a: { locked: true }, l: { compileTime: true }, m: { locked: true } } },
      },
    ];
    for (const texts of locks) {
      const same = resolveTexts({
        ...texts,
        model: 'variables: {a: 1, m: {n: null}}',
        overrides: { a: '1', 'm.x': 'z', l: '[1, {"x": "y"}]' },
      });
      assert.deepEqual(same.problems, []);
      assert.deepEqual(same.origins['a'], [overridesOrigin, 'model.yml:1', texts.schema ? 'base.yml:1' : 'base.yml:2']);
      for (const overrides of [{ a: 'x' }, { a: null }, { 'm.n': 'z' }, { m: null }, { 'm.o': '1' }, { l: ['1'] }])
        assert.match(resolveTexts({ ...texts, overrides }).problems.join(), /is (locked|read at compile time)/);
    }
  });

  it('shows both values of a locked variable, unless they may be secret or are long', () => {
    const base = (value: string): string => `variables:\n  a: ${value}\nlocked: [a]\n`;
    const said = (value: string, override: string): string =>
      resolveTexts({ base: base(value), overrides: { a: override } }).problems.at(-1) ?? '';
    assert.equal(
      said('demo', 'second'),
      `${overridesOrigin}: a is locked by base.yml:3: it is "demo" (base.yml:2), not "second".`,
    );
    const another = `${overridesOrigin}: a is locked by base.yml:3: it has a different value (base.yml:2).`;
    assert.equal(said('demo', `dapi${'0a'.repeat(16)}`), another);
    assert.equal(said('x'.repeat(200), 'y'), another);
    const { problems } = resolveTexts({ base: 'variables: {pwd: hush}\nlocked: [pwd]', overrides: { pwd: 'quiet' } });
    assert.doesNotMatch(problems.join(), /hush|quiet/);
  });

  it('lets the base file set variables locked by the schema, and any file those read at compile time', () => {
    const outcome = resolveTexts({
      base: 'variables: {a: 1}\nenvironments: {prod: {a: 2}}',
      model: 'variables: {b: 1}',
      environment: 'prod',
      schema: { properties: { a: { locked: true }, b: { compileTime: true } } },
    });
    assert.deepEqual(outcome.problems, []);
  });
});

describe('merging', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const value = fc.oneof(fc.integer(), fc.constant(null), fc.array(fc.integer(), { maxLength: 2 }), fc.string());
  const { map } = fc.letrec<{ map: Plain }>((tie) => ({
    map: fc.dictionary(name, fc.oneof({ maxDepth: 4 }, value, tie('map')), { maxKeys: 3 }),
  }));
  let count = 0;
  const tree = map.map((plain) => treeOf(plain, { source: 'file', line: ++count }) as Branch);

  it('is associative, in values and in origins', () => {
    fc.assert(
      fc.property(tree, tree, tree, (a, b, c) => {
        assert.deepEqual(mergeTrees(mergeTrees(a, b), c), mergeTrees(a, mergeTrees(b, c)));
      }),
      { numRuns: 2000 },
    );
  });

  it('with an empty map changes no value', () => {
    fc.assert(
      fc.property(tree, (a) => {
        const empty = treeOf({}, { source: 'empty' }) as Branch;
        assert.deepEqual(plainOf(mergeTrees(empty, a)), plainOf(a));
        assert.deepEqual(plainOf(mergeTrees(a, empty)), plainOf(a));
      }),
    );
  });

  it('takes the last of two values, and never merges lists', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const merged = mergeTrees(treeOf({ x: a }, { source: 'a' }), treeOf({ x: b }, { source: 'b' }));
        assert.deepEqual(plainOf(merged), b === null ? {} : { x: b });
      }),
    );
  });

  it('finds a clash wherever a map meets a value, and nowhere else', () => {
    fc.assert(
      fc.property(tree, (a) => {
        assert.deepEqual([...clashes(a, a)], []);
      }),
    );
    const [clash] = clashes(
      treeOf({ m: { x: { y: 1 } } }, { source: 'a' }),
      treeOf({ m: { x: [1] } }, { source: 'b' }),
    );
    assert.deepEqual(clash?.path, ['m', 'x']);
  });
});
