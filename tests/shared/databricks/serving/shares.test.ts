import assert from 'node:assert/strict';
import { entryFor, servedIn, type Served } from '../../../../shared/databricks/serving/traffic/served';
import {
  previousOf,
  trafficText,
  withoutEntry,
  withoutPrevious,
  withTraffic,
  withTrial,
} from '../../../../shared/databricks/serving/traffic/shares';

const own = 'churn-1-mp00000001';
const canary = 'churn-2-mp00000002';
const fresh = 'churn-3-mp00000003';

const one = (name: string, percent: number): Served => ({
  name,
  model: 'main.demo.churn',
  version: '1',
  settings: {},
  percent,
});
const config = (shares: Readonly<Record<string, number>>): readonly Served[] =>
  Object.entries(shares).map(([name, percent]) => one(name, percent));
const shares = (served: readonly Served[] | undefined): Readonly<Record<string, number>> | undefined =>
  served && Object.fromEntries(served.map(({ name, percent }) => [name, percent]));

describe('the traffic of a serving endpoint', () => {
  it('of a trial does not change, and the first entry gets all', () => {
    assert.deepEqual(shares(withTrial(config({ [own]: 100 }), one(fresh, 0))), { [own]: 100, [fresh]: 0 });
    assert.deepEqual(shares(withTrial([], one(fresh, 0))), { [fresh]: 100 });
  });

  it('makes room by entries without traffic that have our names, and by no other', () => {
    const others = Object.fromEntries(
      Array.from({ length: 13 }, (_, index) => [`other-${index}`, index === 0 ? 100 : 0]),
    );
    const trial = shares(withTrial(config({ ...others, [own]: 0, [canary]: 0 }), one(fresh, 0)));
    assert.deepEqual(trial, { ...others, [canary]: 0, [fresh]: 0 });
    const full = config({ ...others, a: 0, b: 0 });
    assert.throws(
      () => withTrial(full, one(fresh, 0)),
      /serves 15 entities, and Databricks allows 15\. Remove some of/,
    );
  });

  const strategies = { replace: { kind: 'replace' }, blueGreen: { kind: 'blueGreen' } } as const;
  for (const [name, strategy] of Object.entries(strategies))
    it(`goes to the new entry, and the previous one keeps its container: ${name}`, () => {
      const shifted = withTraffic(
        config({ [own]: 90, [canary]: 10, a: 0, [fresh]: 0 }),
        one(fresh, 0),
        strategy,
        undefined,
      );
      assert.deepEqual(shares(shifted), { a: 0, [own]: 0, [fresh]: 100 });
    });

  it('is shared with a canary in whole percentages, in the proportions of before', () => {
    const split = (present: Readonly<Record<string, number>>, percent: number) =>
      shares(withTraffic(config({ ...present, [fresh]: 0 }), one(fresh, 0), { kind: 'canary', percent }, undefined));
    assert.deepEqual(split({ a: 50, b: 50 }, 25), { a: 38, b: 37, [fresh]: 25 });
    assert.deepEqual(split({ a: 34, b: 33, c: 33 }, 1), { a: 33, b: 33, c: 33, [fresh]: 1 });
    // A canary that was not promoted is replaced.
    assert.deepEqual(split({ [own]: 90, [canary]: 10 }, 5), { [own]: 95, [fresh]: 5 });
  });

  it('stays with an entry that has all of it, whatever the strategy', () => {
    const present = config({ [own]: 0, [fresh]: 100 });
    for (const strategy of [{ kind: 'replace' }, { kind: 'canary', percent: 10 }] as const)
      assert.equal(withTraffic(present, one(fresh, 100), strategy, own), present);
    assert.deepEqual(shares(withoutPrevious(present, one(fresh, 100), own)), { [fresh]: 100 });
    const taken = config({ theirs: 0, a: 0, [fresh]: 100 });
    assert.deepEqual(shares(withoutPrevious(taken, one(fresh, 100), 'theirs')), { a: 0, [fresh]: 100 });
  });

  it('is what it was before when an entry is withdrawn', () => {
    const back = (present: Readonly<Record<string, number>>, options: Parameters<typeof withoutEntry>[2]) =>
      shares(withoutEntry(config(present), fresh, options));
    const good = config({ a: 60, b: 40 });
    assert.deepEqual(back({ a: 0, [fresh]: 100, c: 0 }, { recorded: 'a', good }), { a: 60, b: 40, c: 0 });
    assert.deepEqual(back({ a: 54, b: 36, [fresh]: 10 }, { recorded: 'a' }), { a: 60, b: 40 });
    assert.deepEqual(back({ a: 0, [fresh]: 100 }, { recorded: 'a' }), { a: 100 });
    assert.equal(back({ [fresh]: 100 }, { recorded: 'a' }), undefined);
    assert.equal(previousOf(config({ [fresh]: 100, a: 0 }), fresh, undefined), undefined);
  });

  it('is told with the largest share first', () => {
    assert.equal(
      trafficText(config({ a: 10, b: 90 })),
      'Version 1 of main.demo.churn (b) serves 90 %, version 1 of main.demo.churn (a) serves 10 % of the requests.',
    );
    assert.equal(trafficText([]), 'Nothing serves requests.');
  });

  it('is sent back with a size or a concurrency, where an answer has both', () => {
    const whole = { name: 'a', workload_size: 'Small', min_provisioned_concurrency: 0, max_provisioned_concurrency: 4 };
    const entity = { name: 'a', model: 'm', version: '1', deployment: '', message: '', whole };
    const read = { version: 1, entities: [entity], routes: new Map([['a', 100]]), autoCapture: undefined };
    assert.deepEqual(servedIn(read)[0]?.settings, { workload_size: 'Small' });
  });

  it('goes to the only entry of a config without routes', () => {
    const entity = { name: 'a', model: 'm', version: '1', deployment: '', message: '', whole: {} };
    const read = { version: 1, entities: [entity], routes: new Map<string, number>(), autoCapture: undefined };
    assert.equal(servedIn(read)[0]?.percent, 100);
  });
});

describe('the entry of a model version', () => {
  const settings = { workload_size: 'Small', environment_vars: { A: '1' } };
  const wanted = { model: 'main.demo.a long name, with ünï', version: '3', settings, autoCapture: undefined };

  it('has a name that Databricks accepts, and another one for other settings', () => {
    const { name } = entryFor(wanted, []);
    assert.match(name, /^a-long-name--with--n--3-mp[0-9a-f]{8}$/);
    assert.notEqual(entryFor({ ...wanted, settings: { ...settings, workload_size: 'Large' } }, []).name, name);
    assert.ok(entryFor({ ...wanted, model: `a.b.${'c'.repeat(200)}` }, []).name.length <= 63);
  });

  it('is the present one when that has the same settings, whatever Databricks does not return', () => {
    const entry = entryFor(wanted, []);
    const found = { ...entry, percent: 40, settings: { environment_vars: { A: '1' }, workload_type: 'CPU' } };
    assert.deepEqual(entryFor(wanted, [found]), { ...found, settings });
    // A variable more or less is another setting.
    const more = { ...found, settings: { environment_vars: { A: '1', B: '2' } } };
    const other = entryFor(wanted, [more]);
    assert.notEqual(other.name, more.name);
    assert.equal(entryFor(wanted, [more, { ...other, percent: 0 }]).name, other.name);
  });
});
