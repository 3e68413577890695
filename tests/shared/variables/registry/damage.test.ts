import assert from 'node:assert/strict';
import { StoreError } from '../../../../shared/variables/registry/documentStore';
import { readRevision } from '../../../../shared/variables/registry/documents';
import { ModelRegistry } from '../../../../shared/variables/registry/modelRegistry';
import { RegistryRefusal } from '../../../../shared/variables/registry/refusal';
import type { RegistryModel } from '../../../../shared/variables/registry/revision';
import { revisionHash } from '../../../../shared/variables/registry/revisionHash';
import { MemoryStore } from './memoryStore';

const heads = 'models-p';
const revisions = 'model-revs-p-churn';
const textOf = (epochs: number): string => `variables:\n  epochs: ${epochs}\n`;

/** A registry in which `churn` has three revisions. */
async function threeRevisions(): Promise<{ store: MemoryStore; registry: ModelRegistry; model: RegistryModel }> {
  const store = new MemoryStore();
  const author = { id: 'a', name: 'Ana' };
  const registry = new ModelRegistry(store, { projectId: 'p', author, now: () => new Date(0) });
  let base: RegistryModel | undefined;
  for (const epochs of [1, 2, 3]) {
    const result = await registry.save({ id: 'churn', text: textOf(epochs), comment: '', base });
    base = result.kind === 'saved' ? result.model : assert.fail();
  }
  return { store, registry, model: base ?? assert.fail() };
}

async function edit(store: MemoryStore, collection: string, id: string, fields: object): Promise<void> {
  const document = (await store.read(collection, id)) ?? assert.fail();
  store.put(collection, { ...document, ...fields }, document.__etag + 1);
}

describe('a damaged model registry', () => {
  const edits: readonly [what: string, fields: object, problem: RegExp][] = [
    ['another text', { text: textOf(9) }, /changed after it was saved/],
    ['another environment in the list', { environments: ['prod'] }, /changed after it was saved/],
    ['another author', { updatedBy: { id: 'b', name: 'Ben' } }, /changed after it was saved/],
    ['no text', { text: undefined }, /no valid text\./],
    ['fields of other types', { rev: '3', updatedBy: null, updatedOn: 'now', status: 'on' }, /rev, status, updatedBy/],
    ['a revision beyond exact numbers', { rev: 2 ** 60 }, /no valid rev\./],
    ['a format that is not one', { format: '2' }, /It has the format "2"; this version reads 1\./],
  ];
  for (const [what, fields, problem] of edits)
    it(`shows a head with ${what} as damaged, and saves on top of it only explicitly`, async () => {
      const { store, registry } = await threeRevisions();
      await registry.save({ id: 'other', text: textOf(1), comment: '', base: undefined });
      await edit(store, heads, 'churn', fields);
      const [listed, other] = await registry.models();
      assert.deepEqual([listed?.isIntact, other?.isIntact], [false, true]);
      assert.match(listed?.problem ?? '', problem);
      const damaged = await registry.model('churn');
      assert.deepEqual(damaged, listed);

      const change = { id: 'churn', text: textOf(4), comment: 'restored', base: damaged };
      await assert.rejects(registry.save(change), RegistryRefusal);
      const result = await registry.save({ ...change, acceptsDamage: true });
      const restored = result.kind === 'saved' ? result.model : assert.fail();
      assert.deepEqual([restored.rev, restored.text, restored.isIntact], [4, textOf(4), true]);
      assert.deepEqual(await registry.model('churn'), restored);
      assert.ok((await registry.revisions('churn')).every(({ isIntact }) => isIntact));
    });

  it('reports a time that was only shortened as intact', async () => {
    const { store, registry, model } = await threeRevisions();
    await edit(store, heads, 'churn', { updatedOn: '1970-01-01T00:00:00Z' });
    assert.deepEqual(await registry.head('churn'), { ...model, etag: 4 });
  });

  it('tells which revision was changed, replaced, renumbered or removed', async () => {
    const problems = async (damage: (store: MemoryStore) => Promise<void> | void): Promise<readonly string[]> => {
      const { store, registry } = await threeRevisions();
      await damage(store);
      const history = await registry.revisions('churn');
      return history.filter(({ isIntact }) => !isIntact).map(({ rev, problem }) => `${rev}: ${problem}`);
    };
    const documents = (store: MemoryStore) => store.collections.get(revisions) ?? assert.fail();
    const changed = await problems((store) => edit(store, revisions, '000002', { text: textOf(9) }));
    assert.deepEqual(changed, ['2: It was changed after it was saved: its content does not have its hash.']);
    const replaced = await problems(async (store) => {
      const second = await readRevision('churn', (await store.read(revisions, '000002')) ?? assert.fail());
      const hash = await revisionHash({ ...second, text: textOf(9) });
      await edit(store, revisions, '000002', { text: textOf(9), hash });
    });
    assert.deepEqual(replaced, ['3: It was not made from revision 2 as it is now: one of the two was replaced.']);
    assert.deepEqual(await problems((store) => void documents(store).delete('000002')), ['3: Revision 2 is missing.']);
    const renumbered = await problems(async (store) => edit(store, revisions, '000003', { id: '000007' }));
    assert.deepEqual(renumbered, ['7: The document of revision 7 says that it is revision 3.']);
  });

  it('does not take a revision that does not fit the chain for an interrupted save', async () => {
    const { store, registry, model } = await threeRevisions();
    const next = { ...(await store.read(revisions, '000003')), id: '000004', rev: 4 };
    store.put(revisions, next, 1);
    assert.deepEqual(await registry.model('churn'), model);
    const change = { id: 'churn', text: textOf(5), comment: '', base: model };
    await assert.rejects(registry.save(change), /Revision 4 of churn is damaged/);
    const result = await registry.save({ ...change, acceptsDamage: true });
    assert.equal(result.kind === 'saved' && result.model.rev, 5);
    assert.equal((await registry.model('churn'))?.text, textOf(5));
  });

  it('creates the document of a model again that was deleted', async () => {
    const { store, registry, model } = await threeRevisions();
    store.collections.get(heads)?.clear();
    assert.deepEqual(await registry.models(), []);
    assert.deepEqual(await registry.model('churn'), { ...model, etag: 1 });
    store.collections.get(heads)?.clear();
    const result = await registry.save({ id: 'churn', text: textOf(4), comment: '', base: model });
    assert.deepEqual(result.kind === 'saved' && [result.model.rev, result.model.etag], [4, 1]);
  });

  it('does not report a save as done after others have deleted the revisions that it stands on', async () => {
    const { store, registry } = await threeRevisions();
    const first = { ...((await registry.revision('churn', 1)) ?? assert.fail()), etag: 1, otherFields: {} };
    store.collections.get(revisions)?.delete('000002');
    const result = await registry.save({ id: 'churn', text: textOf(9), comment: '', base: first });
    assert.deepEqual(result.kind === 'conflict' && [result.theirs.rev, result.theirs.text], [3, textOf(3)]);
  });

  it('passes on what the store refuses', async () => {
    const { store, registry, model } = await threeRevisions();
    store.create = async () => Promise.reject(new StoreError('tooLarge', 'Too large.'));
    await assert.rejects(registry.save({ id: 'churn', text: textOf(4), comment: '', base: model }), /Too large/);
  });
});
