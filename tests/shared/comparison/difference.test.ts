import assert from 'node:assert/strict';
import { array, assert as assertAll, dictionary, integer, letrec, oneof, property, string, boolean } from 'fast-check';
import { differenceLine, differences } from '../../../shared/comparison/difference';
import { onlyWritten, type KnownBehavior, type KnownBehaviors, within } from '../../../shared/comparison/knownBehavior';
import { stringifyJson, type Json } from '../../../shared/json';

const said = (value: Json): string => `${typeof value} ${stringifyJson(value)}`;

const source = 'this test';
const tasksByKey: KnownBehavior = { path: 'tasks', is: 'set', key: 'key', source };

describe('The difference between a specification and an object', () => {
  const lines = (wanted: Json, found: Json, behaviors: KnownBehaviors = onlyWritten): readonly string[] =>
    differences(wanted, found, behaviors).map(differenceLine);

  it('is empty when the object has all specified values, whatever else it has', () => {
    const wanted = { name: 'a', deep: { one: 1 } };
    assert.deepEqual(lines(wanted, { name: 'a', more: true, deep: { one: 1, two: { three: 3 } } }), []);
  });

  it('contains the path and both values', () => {
    assert.deepEqual(
      lines({ name: 'a', deep: { one: 1, two: 2 }, list: [1, 2] }, { name: 'b', deep: { one: 2 }, list: [1, 3] }),
      ['~ name: b → a', '~ deep.one: 2 → 1', '+ deep.two: 2', '~ list.1: 3 → 2'],
    );
    assert.deepEqual(lines({ tags: { 'a.b c': 'x' }, gone: '' }, { gone: 'y' }), [
      '+ tags: {"a.b c":"x"}',
      '- gone: y',
    ]);
    assert.deepEqual(lines({ tags: { 'a.b c': 'x' } }, { tags: {} }), ["+ tags['a.b c']: x"]);
  });

  for (const [wanted, found] of [
    [1, '1'],
    ['8', 8],
    [1, '1.0'],
    [true, 'true'],
    ['false', false],
    [9007199254740993n, '9007199254740993'],
    [1.5, '1.50'],
  ] as [Json, Json][])
    it(`is none between ${said(wanted)} and ${said(found)}`, () => {
      assert.deepEqual(lines({ a: wanted }, { a: found }), []);
    });

  for (const [wanted, found] of [
    ['1.0', '1'],
    ['1e3', '1000'],
    [9007199254740993n, '9007199254740992'],
    ['', 1],
    [true, 1],
    ['a', 'A'],
    [[], ['a']],
    [{ a: 1 }, 'a'],
    [1, null],
  ] as [Json, Json][])
    it(`is there between ${said(wanted)} and ${said(found)}`, () => {
      assert.equal(differences({ a: wanted }, { a: found }, onlyWritten).length, 1);
    });

  for (const empty of [null, false, 0, '', [], {}, [null], { a: { b: [] } }] as Json[])
    it(`is none between the empty ${said(empty)} and what is missing`, () => {
      assert.deepEqual(lines({ a: empty }, {}), []);
      assert.deepEqual(lines({}, { a: empty }, []), []);
    });

  it('ignores the order of a list whose entries have a key, and reports entries that nobody wrote', () => {
    const behaviors = [tasksByKey, ...onlyWritten];
    const [a, b, c] = ['a', 'b', 'c'].map((key) => ({ key, run: key }));
    assert.deepEqual(lines({ tasks: [a, b] } as Json, { tasks: [b, { ...a, more: 1 }] } as Json, behaviors), []);
    assert.deepEqual(lines({ tasks: [a, { ...b, run: 'x' }] } as Json, { tasks: [c, b] } as Json, behaviors), [
      '+ tasks.a: {"key":"a","run":"a"}',
      '~ tasks.b.run: b → x',
      '- tasks.c: {"key":"c","run":"c"}',
    ]);
    assert.deepEqual(lines({ tasks: [] }, { tasks: [c] } as Json, behaviors), ['- tasks.c: {"key":"c","run":"c"}']);
  });

  it('compares a list position by position where entries have no key, or the same', () => {
    const behaviors = [tasksByKey, ...onlyWritten];
    assert.deepEqual(lines({ tasks: ['a', 'b'] }, { tasks: ['b', 'a'] }, behaviors), [
      '~ tasks.0: b → a',
      '~ tasks.1: a → b',
    ]);
    const twice = [{ key: 'a' }, { key: 'a' }];
    assert.equal(differences({ tasks: twice }, { tasks: [{ key: 'a' }] }, behaviors).length, 1);
    assert.deepEqual(lines({ libraries: [{ jar: 'a' }] }, { libraries: [{ jar: 'a', more: 1 }] }, behaviors), []);
    assert.deepEqual(lines({ list: ['a'] }, { list: ['a', 'b'] }), ['~ list: ["a","b"] → ["a"]']);
  });

  it('reports values that were not specified, except defaults of the service', () => {
    const behaviors: KnownBehaviors = [
      { path: 'a.usual', is: 'default', source },
      { path: 'a.one', is: 'default', values: [1, 'one'], source },
      { path: 'a.two', is: 'default', values: [2], source },
    ];
    assert.deepEqual(
      lines({ a: { b: 1 } }, { a: { b: 1, usual: 1, one: 'one', two: 3, odd: 2 }, more: { c: 3 } }, behaviors),
      ['- a.two: 3', '- a.odd: 2', '- more: {"c":3}'],
    );
    assert.deepEqual(lines({ a: { usual: 2 } }, { a: { usual: 1 } }, behaviors), ['~ a.usual: 1 → 2']);
  });

  it('does not accept a default where a setting that excludes it was written', () => {
    const behaviors: KnownBehaviors = [{ path: 'auto', is: 'default', unlessWritten: 'fixed', source }, ...onlyWritten];
    assert.deepEqual(lines({ fixed: 1 }, { fixed: 1, auto: 2, more: 3 }, behaviors), ['- auto: 2']);
    assert.deepEqual(lines({ fixed: null }, { auto: 2, more: 3 }, behaviors), []);
  });

  it('treats null as not specified', () => {
    assert.deepEqual(lines({ a: null }, { a: 1 }), []);
    assert.deepEqual(lines({ a: null }, { a: 1 }, []), ['- a: 1']);
  });

  for (const is of ['ignored', 'writeOnly'] as const)
    it(`never compares what is ${is}, written or not`, () => {
      const behaviors: KnownBehaviors = [{ path: 'a.*.b', is, source }];
      assert.deepEqual(lines({ a: { x: { b: 1 } } }, { a: { x: {} } }, behaviors), []);
      assert.deepEqual(lines({ a: { x: { b: 1 } } }, { a: { x: { b: 2 } } }, behaviors), []);
      assert.deepEqual(lines({ a: { x: {} } }, { a: { x: { b: 2, c: 3 } } }, behaviors), ['- a.x.c: 3']);
    });

  it('ignores the order of a list whose entries are known by their value', () => {
    const behaviors: KnownBehaviors = [{ path: 'list', is: 'set', source }];
    assert.deepEqual(lines({ list: ['b', 'a'] }, { list: ['a', 'b'] }, behaviors), []);
    assert.deepEqual(lines({ list: [{ x: 1, y: 2 }, 'a'] }, { list: ['a', { y: '2', x: 1 }] }, behaviors), []);
    assert.deepEqual(lines({ list: ['b', 'a'] }, { list: ['a', 'c'] }, behaviors), [
      '~ list.0: a → b',
      '~ list.1: c → a',
    ]);
    assert.equal(differences({ list: ['a', 'a'] }, { list: ['a'] }, behaviors).length, 1);
    assert.equal(differences({ list: ['a', 'a', 'b'] }, { list: ['a', 'b', 'b'] }, behaviors).length, 1);
  });

  it('accepts another name of a value that was written, not the other way round', () => {
    const behaviors: KnownBehaviors = [{ path: 'a', is: 'alias', values: { NEW: ['OLD', 'OLDER'] }, source }];
    assert.deepEqual(lines({ a: 'NEW' }, { a: 'OLDER' }, behaviors), []);
    assert.deepEqual(lines({ a: 'OLD' }, { a: 'NEW' }, behaviors), ['~ a: NEW → OLD']);
    assert.deepEqual(lines({ a: 'NEW' }, {}, behaviors), ['+ a: NEW']);
    assert.deepEqual(lines({ b: 'NEW' }, { b: 'OLD' }, behaviors), ['~ b: OLD → NEW']);
  });

  it('ignores a setting only where another one beside it was written', () => {
    const behaviors: KnownBehaviors = [{ path: 'a.b', is: 'ignored', ifWritten: 'c', source }];
    assert.deepEqual(lines({ a: { b: 1, c: true } }, { a: { b: 2, c: true } }, behaviors), []);
    assert.deepEqual(lines({ a: { c: true } }, { a: { b: 2, c: true } }, behaviors), []);
    assert.deepEqual(lines({ a: { b: 1, c: false } }, { a: { b: 2 } }, behaviors), ['~ a.b: 2 → 1']);
    assert.deepEqual(lines({ a: { b: 1 } }, { a: { b: 2, c: true } }, behaviors), ['~ a.b: 2 → 1', '- a.c: true']);
  });

  it('finds settings by patterns of their names, at the depth that the pattern says', () => {
    const at = (path: string): KnownBehaviors => [{ path, is: 'ignored', source }];
    const wanted = { a_task: { x: 1, file: { x: 1 } }, b: { c: { x: 1 } } };
    const found = { a_task: { x: 2, file: { x: 2 } }, b: { c: { x: 2 } } };
    assert.deepEqual(lines(wanted, found, at('*_task.x')), ['~ a_task.file.x: 2 → 1', '~ b.c.x: 2 → 1']);
    assert.deepEqual(lines(wanted, found, at('*.*.x')), ['~ a_task.x: 2 → 1']);
    assert.deepEqual(lines(wanted, found, at('*.x')), ['~ a_task.file.x: 2 → 1', '~ b.c.x: 2 → 1']);
    assert.deepEqual(lines(wanted, found, at('b.**.x')), ['~ a_task.x: 2 → 1', '~ a_task.file.x: 2 → 1']);
    assert.deepEqual(lines(wanted, found, at('**.file.**')), ['~ a_task.x: 2 → 1', '~ b.c.x: 2 → 1']);
    assert.deepEqual(lines(wanted, found, at('**.x')), []);
    assert.deepEqual(lines({ 'a.x': 1 }, { 'a.x': 2 }, at('a.x')), ['~ a.x: 2 → 1']);
  });

  it('applies also to a resource that is part of another one', () => {
    const behaviors = within(['one.*', 'two'], [{ path: 'x', is: 'ignored', source }]);
    assert.deepEqual(lines({ one: { a: { x: 1 } }, two: { x: 1 }, x: 1 }, { one: { a: {} }, two: {} }, behaviors), [
      '+ x: 1',
    ]);
  });

  it('is not confused by names that every object has', () => {
    assert.deepEqual(lines({ constructor: 'a', toString: 'b' }, {}), ['+ constructor: a', '+ toString: b']);
    assert.deepEqual(lines({}, { constructor: 'a' }, []), ['- constructor: a']);
  });

  it('shows no values of settings that may contain secrets', () => {
    const wanted = {
      parameters: [{ name: 'token', default: 'secret1' }],
      tasks: [{ key: 'a', notebook_task: { base_parameters: { token: 'secret2' } } }],
      new_cluster: { spark_env_vars: { TOKEN: 'secret3' }, spark_conf: { 'fs.key': 'secret4' }, num_workers: 1 },
      azure_attributes: { log_analytics_info: { log_analytics_primary_key: 'secret7' } },
      git: 'https://me:secret5@host/x',
    };
    const behaviors: KnownBehaviors = [{ path: 'parameters', is: 'set', key: 'name', source }, ...onlyWritten];
    for (const found of [{}, { parameters: [{ name: 'token', default: 'secret6' }], new_cluster: { spark_conf: {} } }])
      assert.doesNotMatch(lines(wanted, found, behaviors).join('\n'), /secret/);
    assert.ok(
      lines(wanted, {}, behaviors).includes(
        '+ new_cluster: {"spark_env_vars":"***","spark_conf":"***","num_workers":1}',
      ),
    );
    assert.ok(lines(wanted, {}).includes('+ git: https://***@host/x'));
  });

  it('shows no values whose names are those of secrets, and what else has such words in its name', () => {
    const wanted = {
      apiToken: 'secret1',
      a: { client_secret: { x: 'secret2' }, enable_token: true },
      env: [
        { name: 'API_KEY', value: 'secret3' },
        { name: 'REGION', value: 'west' },
      ],
      task_key: 'train',
    };
    assert.deepEqual(lines(wanted, { apiToken: 'secret0', env: [] }), [
      '~ apiToken: *** → ***',
      '+ a: {"client_secret":"***","enable_token":true}',
      '+ env: [{"name":"API_KEY","value":"***"},{"name":"REGION","value":"west"}]',
      '+ task_key: train',
    ]);
  });

  it('cuts off values that are too long to read', () => {
    assert.equal(lines({ a: 'x'.repeat(1000) }, {})[0]?.length, '+ a: '.length + 301);
  });

  it('is none between anything and itself, also with more around it', () => {
    const { any } = letrec<{ any: Json }>((tie) => ({
      any: oneof({ maxDepth: 3 }, integer(), string(), boolean(), array(tie('any')), dictionary(string(), tie('any'))),
    }));
    assertAll(
      property(dictionary(string(), any), (value) => {
        assert.deepEqual(differences(value, structuredClone(value), []), []);
        assert.deepEqual(differences(value, { ...structuredClone(value), 'one more': 1 }, onlyWritten), []);
      }),
    );
  });
});
