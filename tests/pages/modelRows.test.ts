import assert from 'node:assert/strict';
import { modelRows, modelsInOrder, shownRows } from '../../hub/models/modelRows';
import type { FileComparison } from '../../hub/repository/state/compareFiles';
import type { ModelFilter } from '../../hub/page/route';
import type { RegistryModel } from '../../shared/variables/registry/revision';

const model = (id: string, fields: Partial<RegistryModel> = {}): RegistryModel => ({
  ...{
    id,
    rev: 1,
    text: '',
    status: 'active',
    version: '1',
    environments: ['dev'],
    repository: undefined,
    comment: '',
  },
  ...{ updatedBy: { id: 'ada', name: 'Ada' }, updatedOn: '2026-11-01T00:00:00.000Z', hash: '', previousHash: '' },
  ...{ isIntact: true, problem: undefined, etag: 1, otherFields: {} },
  ...fields,
});
const models = [
  model('a10'),
  model('a2', { environments: ['dev', 'prod'], updatedOn: '2026-11-02T00:00:00.000Z' }),
  model('b', { updatedBy: { id: 'grace', name: 'Grace' } }),
  model('old', { status: 'archived' }),
  model('broken', { isIntact: false, problem: 'It was changed.' }),
  model('new'),
];
const counts = new Map([
  ['a10', 0],
  ['a2', 2],
  ['b', 0],
]);
const files = new Map<string, FileComparison>();
const rows = modelRows(models, { counts, files });
const shown = (filter: ModelFilter) => shownRows(rows, filter, 'ada').map((row) => row.model.id);

describe('the rows of the list of models', () => {
  it('have the state of each model', () => {
    assert.deepEqual(
      rows.map(({ state, problemCount }) => [state, problemCount]),
      [
        ['valid', 0],
        ['problems', 2],
        ['valid', 0],
        ['archived', 0],
        ['damaged', 0],
        ['checking', 0],
      ],
    );
  });

  it('differ from the repository where nothing is worse', () => {
    const all = new Map(models.map(({ id }): [string, FileComparison] => [id, 'differs']));
    const states = (from: ReadonlyMap<string, FileComparison>) =>
      modelRows(models, { counts, files: from }).map(({ state }) => state);
    assert.deepEqual(states(all), ['differs', 'problems', 'differs', 'archived', 'damaged', 'checking']);
    assert.deepEqual(states(new Map([['a10', { unknown: 'It was refused.' }]])).slice(0, 3), [
      'valid',
      'problems',
      'valid',
    ]);
    const differing = modelRows(models, { counts, files: new Map([['a10', 'differs']]) });
    const ids = shownRows(differing, { state: 'differs' }, 'ada').map(({ model: { id } }) => id);
    assert.deepEqual(ids, ['a10']);
    const sorted = shownRows(differing, { sort: 'state' }, 'ada').map(({ model: { id } }) => id);
    assert.deepEqual(sorted, ['broken', 'a2', 'a10', 'new', 'b']);
  });

  it('stay the same objects where nothing in them changed', () => {
    const after = modelRows(models, { counts: new Map([...counts, ['a2', 0], ['new', 0]]), files }, rows);
    assert.deepEqual(
      after.map((row, index) => row === rows[index]),
      [true, false, true, true, true, false],
    );
  });

  it('are known in their order before the models are checked', () => {
    const ids = (filter: ModelFilter) => modelsInOrder(models, filter, 'ada').map(({ id }) => id);
    assert.deepEqual(ids({}), ['a2', 'a10', 'b', 'broken', 'new']);
    assert.deepEqual(ids({ state: 'differs' }), ['a2', 'a10', 'b', 'broken', 'new']);
    assert.deepEqual(ids({ state: 'problems', sort: '-name' }), ['new', 'broken', 'b', 'a10', 'a2']);
    assert.deepEqual(ids({ withProblems: true, text: 'a1' }), ['a10']);
    assert.deepEqual(ids({ state: 'archived' }), ['old']);
  });

  const cases: readonly [filter: ModelFilter, ids: readonly string[]][] = [
    [{}, ['a2', 'a10', 'b', 'broken', 'new']],
    [{ text: 'OLD' }, ['old']],
    [{ text: 'grace' }, ['b']],
    [{ state: 'archived' }, ['old']],
    [{ environment: 'prod' }, ['a2']],
    [{ withProblems: true }, ['a2', 'broken']],
    [{ mine: true, text: 'a' }, ['a2', 'a10', 'broken', 'new', 'old']],
    [{ sort: '-name' }, ['new', 'broken', 'b', 'a10', 'a2']],
    [{ sort: 'changed' }, ['a2', 'a10', 'b', 'broken', 'new']],
    [{ sort: 'state' }, ['broken', 'a2', 'new', 'a10', 'b']],
    [{ sort: 'constructor' }, ['a2', 'a10', 'b', 'broken', 'new']],
  ];
  for (const [filter, ids] of cases)
    it(`are filtered and sorted by ${JSON.stringify(filter)}`, () => assert.deepEqual(shown(filter), ids));
});
