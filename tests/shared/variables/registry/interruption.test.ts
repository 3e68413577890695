import assert from 'node:assert/strict';
import { StoreError, type DocumentStore } from '../../../../shared/variables/registry/documentStore';
import { ModelRegistry } from '../../../../shared/variables/registry/modelRegistry';
import type { RegistryModel } from '../../../../shared/variables/registry/revision';
import { MemoryStore, storeWith } from './memoryStore';

const textOf = (epochs: number): string => `variables:\n  epochs: ${epochs}\n`;

function registryOf(store: DocumentStore, name: string): ModelRegistry {
  return new ModelRegistry(store, { projectId: 'p', author: { id: name, name }, now: () => new Date(0) });
}

async function savedBy(registry: ModelRegistry, epochs: number, base: RegistryModel | undefined) {
  const result = await registry.save({ id: 'churn', text: textOf(epochs), comment: '', base });
  return result.kind === 'saved' ? result.model : assert.fail(`conflict with revision ${result.theirs.rev}`);
}

/** A store with one revision, seen by someone for whom something happens at a method. */
async function interrupted(
  method: keyof DocumentStore,
  happens: (store: MemoryStore, effect: () => Promise<unknown>) => Promise<unknown>,
) {
  const store = new MemoryStore();
  const base = await savedBy(registryOf(store, 'ana'), 1, undefined);
  let isOver = false;
  const seen = storeWith(store, async (called, effect) => {
    if (called === method && !isOver) {
      isOver = true;
      await happens(store, effect);
    }
    return effect();
  });
  return { store, base, registry: registryOf(seen, 'ana') };
}

async function lost(effect: () => Promise<unknown>): Promise<never> {
  await effect();
  throw new StoreError('unreachable', 'The answer was lost.');
}

describe('an interrupted save', () => {
  for (const method of ['create', 'replace'] as const) {
    it(`is done where only the answer to ${method} was lost`, async () => {
      const { store, base, registry } = await interrupted(method, (_, effect) => lost(effect));
      const model = await savedBy(registry, 2, base);
      assert.deepEqual([model.rev, model.text], [2, textOf(2)]);
      assert.deepEqual(await registryOf(store, 'ben').head('churn'), model);
    });

    it(`is reported where ${method} itself was lost, and done once when it is repeated`, async () => {
      const { store, base, registry } = await interrupted(method, () => {
        throw new StoreError('unreachable', 'The request was lost.');
      });
      await assert.rejects(savedBy(registry, 2, base), /The request was lost/);
      assert.equal((await savedBy(registry, 2, base)).rev, 2);
      assert.equal((await registryOf(store, 'ben').revisions('churn')).length, 2);
    });
  }

  it('is done where a visitor has completed it', async () => {
    const { base, registry } = await interrupted('replace', (store) => registryOf(store, 'ben').model('churn'));
    assert.deepEqual(await savedBy(registry, 2, base), await registry.head('churn'));
  });

  it('is done where someone has completed it and has saved on top of it', async () => {
    const { base, registry } = await interrupted('replace', async (store) => {
      const ben = registryOf(store, 'ben');
      await savedBy(ben, 3, await ben.model('churn'));
    });
    const model = await savedBy(registry, 2, base);
    assert.deepEqual([model.rev, model.text], [2, textOf(2)]);
    assert.equal((await registry.model('churn'))?.text, textOf(3));
    const next = await registry.save({ id: 'churn', text: textOf(4), comment: '', base: model });
    assert.deepEqual(next.kind === 'conflict' && next.theirs.rev, 3);
  });

  it('goes on where the head was written again without a new revision', async () => {
    const { base, registry } = await interrupted('replace', async (store) => {
      store.put('models-p', { ...(await store.read('models-p', 'churn')), owner: 'team' }, 9);
    });
    const model = await savedBy(registry, 2, base);
    assert.deepEqual([model.rev, model.etag, model.otherFields], [2, 10, { owner: 'team' }]);
  });

  it('is a conflict where the head was changed by hand', async () => {
    const { base, registry } = await interrupted('replace', async (store) => {
      store.put('models-p', { ...(await store.read('models-p', 'churn')), text: textOf(9) }, 9);
    });
    const result = await registry.save({ id: 'churn', text: textOf(2), comment: '', base });
    assert.deepEqual(result.kind === 'conflict' && [result.theirs.text, result.theirs.isIntact], [textOf(9), false]);
  });

  it('of a new model leaves nothing where there is such a model without its history', async () => {
    const { store, base, registry } = await interrupted('list', () => Promise.resolve());
    store.collections.get('model-revs-p-churn')?.clear();
    const result = await registry.save({ id: 'churn', text: textOf(2), comment: '', base: undefined });
    assert.deepEqual(result, { kind: 'conflict', theirs: base });
    assert.deepEqual(await registry.revisions('churn'), []);
  });
});
