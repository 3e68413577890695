import assert from 'node:assert/strict';
import { array, assert as assertAll, dictionary, integer, letrec, oneof, property, string, boolean } from 'fast-check';
import { differenceLine, differences, type DifferenceRules } from '../../../shared/databricks/difference';
import type { Json } from '../../../shared/json';
import { stringifyJson } from '../../../shared/json';

const said = (value: Json): string => `${typeof value} ${stringifyJson(value)}`;

describe('The difference between what was written and what is there', () => {
  const lines = (wanted: Json, found: Json, rules?: DifferenceRules): readonly string[] =>
    differences(wanted, found, rules).map(differenceLine);

  it('is none where all that was written is there, whatever else is', () => {
    const wanted = { name: 'a', deep: { one: 1 } };
    assert.deepEqual(lines(wanted, { name: 'a', more: true, deep: { one: 1, two: { three: 3 } } }), []);
  });

  it('names the place and both values', () => {
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
      assert.equal(differences({ a: wanted }, { a: found }).length, 1);
    });

  for (const empty of [null, false, 0, '', [], {}, [null], { a: { b: [] } }] as Json[])
    it(`is none between the empty ${said(empty)} and what is missing`, () => {
      assert.deepEqual(lines({ a: empty }, {}), []);
      assert.deepEqual(lines({}, { a: empty }, { countsUnwritten: () => true }), []);
    });

  it('takes the order of entries that have a key for nothing, and counts those that nobody wrote', () => {
    const rules = { listKeys: { tasks: 'key' } };
    const [a, b, c] = ['a', 'b', 'c'].map((key) => ({ key, run: key }));
    assert.deepEqual(lines({ tasks: [a, b] } as Json, { tasks: [b, { ...a, more: 1 }] } as Json, rules), []);
    assert.deepEqual(lines({ tasks: [a, { ...b, run: 'x' }] } as Json, { tasks: [c, b] } as Json, rules), [
      '+ tasks.a: {"key":"a","run":"a"}',
      '~ tasks.b.run: b → x',
      '- tasks.c: {"key":"c","run":"c"}',
    ]);
    assert.deepEqual(lines({ tasks: [] }, { tasks: [c] } as Json, rules), ['- tasks.c: {"key":"c","run":"c"}']);
  });

  it('compares a list position by position where entries have no key, or the same', () => {
    const rules = { listKeys: { tasks: 'key' } };
    assert.deepEqual(lines({ tasks: ['a', 'b'] }, { tasks: ['b', 'a'] }, rules), [
      '~ tasks.0: b → a',
      '~ tasks.1: a → b',
    ]);
    const twice = [{ key: 'a' }, { key: 'a' }];
    assert.equal(differences({ tasks: twice }, { tasks: [{ key: 'a' }] }, rules).length, 1);
    assert.deepEqual(lines({ libraries: [{ jar: 'a' }] }, { libraries: [{ jar: 'a', more: 1 }] }, rules), []);
    assert.deepEqual(lines({ list: ['a'] }, { list: ['a', 'b'] }), ['~ list: ["a","b"] → ["a"]']);
  });

  it('counts what nobody wrote where it is told to', () => {
    const rules = { countsUnwritten: (path: readonly string[]) => path.join() !== 'a,usual' };
    assert.deepEqual(lines({ a: { b: 1 } }, { a: { b: 1, usual: 1, odd: 2 }, more: { c: 3 } }, rules), [
      '- a.odd: 2',
      '- more: {"c":3}',
    ]);
  });

  it('is not misled by names that every object knows', () => {
    assert.deepEqual(lines({ constructor: 'a', toString: 'b' }, {}), ['+ constructor: a', '+ toString: b']);
    assert.deepEqual(lines({}, { constructor: 'a' }, { countsUnwritten: () => true }), ['- constructor: a']);
  });

  it('shows no values where people leave secrets', () => {
    const wanted = {
      parameters: [{ name: 'token', default: 'secret1' }],
      tasks: [{ key: 'a', notebook_task: { base_parameters: { token: 'secret2' } } }],
      new_cluster: { spark_env_vars: { TOKEN: 'secret3' }, spark_conf: { 'fs.key': 'secret4' }, num_workers: 1 },
      git: 'https://me:secret5@host/x',
    };
    const rules = { listKeys: { parameters: 'name' } };
    for (const found of [{}, { parameters: [{ name: 'token', default: 'secret6' }], new_cluster: { spark_conf: {} } }])
      assert.doesNotMatch(lines(wanted, found, rules).join('\n'), /secret/);
    assert.ok(
      lines(wanted, {}, rules).includes('+ new_cluster: {"spark_env_vars":"***","spark_conf":"***","num_workers":1}'),
    );
    assert.ok(lines(wanted, {}).includes('+ git: https://***@host/x'));
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
        assert.deepEqual(differences(value, structuredClone(value), { countsUnwritten: () => true }), []);
        assert.deepEqual(differences(value, { ...structuredClone(value), 'one more': 1 }), []);
      }),
    );
  });
});
