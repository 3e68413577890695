import assert from 'node:assert/strict';
import fc from 'fast-check';
import { modelTabs, parseRoute, routeHash, settingsParts, type Route } from '../../hub/page/route';

const name = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
const optional = <T>(field: string, values: fc.Arbitrary<T>) =>
  fc.option(values, { nil: undefined }).map((value) => (value === undefined ? {} : { [field]: value }));
const fields = (...parts: readonly fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as Route);
const route: fc.Arbitrary<Route> = fc.oneof(
  fields(
    fc.constant({ view: 'model' }),
    name.map((model) => ({ model })),
    fc.constantFrom(...modelTabs).map((tab) => ({ tab })),
    optional('environment', name),
    optional('revision', fc.integer({ min: 1, max: 999_999 })),
    optional('against', fc.integer({ min: 1, max: 999_999 })),
  ),
  fields(fc.constant({ view: 'new' }), optional('from', name)),
  fields(
    fc.constant({ view: 'compare' }),
    optional(
      'left',
      fields(
        name.map((model) => ({ model })),
        optional('environment', name),
      ),
    ),
    optional(
      'right',
      fields(
        name.map((model) => ({ model })),
        optional('environment', name),
      ),
    ),
  ),
  fields(fc.constant({ view: 'settings' }), optional('part', fc.constantFrom(...settingsParts))),
  fields(
    fc.constant({ view: 'settings', hasHistory: true }),
    optional('part', fc.constantFrom(...settingsParts)),
    optional('revision', fc.integer({ min: 1, max: 999_999 })),
    optional('against', fc.integer({ min: 1, max: 999_999 })),
  ),
  fields(
    optional('text', name),
    optional('environment', name),
    optional('sort', name),
    optional('mine', fc.constant(true)),
  ).map((filter) => (Object.keys(filter).length === 0 ? { view: 'models' } : { view: 'models', filter }) as Route),
);

describe('the route in the hash', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(route, (each) => assert.deepEqual(parseRoute(routeHash(each)), each)));
  });

  it('shows something for every hash', () => {
    fc.assert(fc.property(fc.string(), (hash) => assert.ok(parseRoute(hash).view.length > 0)));
    assert.deepEqual(parseRoute('#model=churn&tab=unknown&rev=-1&other=1'), {
      view: 'model',
      model: 'churn',
      tab: 'variables',
    });
  });
});
