import assert from 'node:assert/strict';
import { differencePlace, differences, type Difference } from '../../../shared/comparison/difference';
import type { KnownBehaviors } from '../../../shared/comparison/knownBehavior';
import {
  digestIn,
  digestOf,
  isUnconfirmed,
  secretLeftOut,
  unreturned,
  withDigest,
} from '../../../shared/comparison/unreturned';
import type { Json } from '../../../shared/json';

const source = 'this test';
const behaviors: KnownBehaviors = [
  { path: 'tasks', is: 'set', key: 'key', source },
  { path: '**.hidden', is: 'writeOnly', source },
];

describe('What a service does not return', () => {
  it('is found at every depth, by the keys of lists', () => {
    const wanted = { hidden: 1, tasks: [{ key: 'a', hidden: true }, { key: 'b' }], more: [{ hidden: 'x' }] };
    assert.deepEqual(unreturned(wanted, behaviors).map(differencePlace), ['hidden', 'tasks.a.hidden', 'more.0.hidden']);
    assert.deepEqual(unreturned({ hidden: false, tasks: [{ key: 'a', hidden: {} }] }, behaviors), []);
    assert.deepEqual(unreturned({ shown: 1 }, behaviors), []);
  });

  it('differs from another value, such as false or a list without an entry', () => {
    const unconfirmed = (wanted: Json, found: Json): readonly string[] =>
      differences(wanted, found, behaviors).filter(isUnconfirmed).map(differencePlace);
    assert.deepEqual(unconfirmed({ a: 1, b: 2, c: 3 }, { b: 3, d: 4 }), ['a', 'c', 'd']);
    assert.deepEqual(unconfirmed({ a: true, b: 0 }, { a: false, b: 2 }), []);
    const [one, two] = [{ key: 'a' }, { key: 'b' }];
    assert.deepEqual(unconfirmed({ tasks: [one, two] }, { tasks: [one] }), []);
    assert.deepEqual(unconfirmed({ tasks: [one] }, { tasks: [one, two] }), []);
    assert.deepEqual(unconfirmed({ tasks: [one] }, {}), ['tasks.a']);
    assert.deepEqual(unconfirmed({ tasks: [{ ...one, x: 1 }] }, { tasks: [one] }), ['tasks.a.x']);
  });

  const at = (place: string, wanted: Json): Difference => ({ path: place.split('.'), wanted, found: undefined });

  it('has a digest that changes with it, and only with it', () => {
    const digest = digestOf([at('a', { x: 1, y: true }), at('b', 2)]);
    assert.match(digest ?? '', /^[0-9a-f]{16}$/);
    assert.equal(digestOf([at('b', '2'), at('a', { y: true, x: '1' })]), digest);
    assert.notEqual(digestOf([at('a', { x: 1, y: true }), at('b', 3)]), digest);
    assert.notEqual(digestOf([at('a', { x: 1, y: true }), at('c', 2)]), digest);
    assert.notEqual(digestOf([at('a', { x: 1, y: true })]), digest);
    assert.equal(digestOf([]), undefined);
  });

  it('has a digest that reveals no secret, so that trying out values is of no use', () => {
    for (const [place, secret, other] of [
      ['docker_image.basic_auth', { username: 'u', password: 'winter' }, { username: 'u', password: 'summer' }],
      ['new_cluster', { spark_env_vars: { PIN: '1234' } }, { spark_env_vars: { PIN: '4321' } }],
      ['tasks.a.notebook_task.base_parameters.pin', '1234', '4321'],
    ] as const) {
      assert.equal(digestOf([at(place, secret)]), digestOf([at(place, other)]));
      assert.match(
        secretLeftOut([at(place, secret)]) ?? '',
        /^Databricks does not return .*\{\{secrets\/scope\/key\}\}/,
      );
    }
    const image = (username: string, password: string): Difference => at('image.basic_auth', { username, password });
    const reference = image('u', '{{secrets/scope/key}}');
    assert.notEqual(digestOf([reference]), digestOf([image('u', '{{secrets/scope/other}}')]));
    assert.notEqual(digestOf([reference]), digestOf([image('v', '{{secrets/scope/key}}')]));
    assert.notEqual(digestOf([reference]), digestOf([image('u', 'winter')]));
    assert.equal(secretLeftOut([reference]), undefined);
  });

  it('is remembered by a tag, where there is room for one', () => {
    assert.deepEqual(withDigest({ a: 'b' }, 'd', 2), { a: 'b', 'definition-digest': 'd' });
    assert.deepEqual(withDigest({ a: 'b' }, 'd', 1), { a: 'b' });
    assert.deepEqual(withDigest(undefined, undefined, 1), {});
    assert.equal(digestIn(withDigest({}, 'd', 1)), 'd');
    assert.equal(digestIn({ a: 'b' }), undefined);
  });
});
