import assert from 'node:assert/strict';
import { StoreError } from '../../../../shared/variables/registry/documentStore';
import { ModelRegistry } from '../../../../shared/variables/registry/modelRegistry';
import { RegistryRefusal } from '../../../../shared/variables/registry/refusal';
import type { RegistryModel } from '../../../../shared/variables/registry/revision';
import type { SaveResult } from '../../../../shared/variables/registry/saveRevision';
import { MemoryStore, storeWith } from './memoryStore';

const heads = 'models-p';
const revisions = 'model-revs-p-churn';
const textOf = (epochs: number): string =>
  `# how it is trained\nvariables:\n  modelVersion: 1.10\n  epochs: ${epochs}\nenvironments:\n  prod: {}\n`;

function registryOf(store: MemoryStore, name = 'Ana', options = {}): ModelRegistry {
  const now = () => new Date('2026-11-30T20:00:00Z');
  return new ModelRegistry(store, { projectId: 'p', author: { id: `id-${name}`, name }, now, ...options });
}

function saved(result: SaveResult): RegistryModel {
  assert.equal(result.kind, 'saved');
  return result.kind === 'saved' ? result.model : assert.fail();
}

function conflicting(result: SaveResult): RegistryModel {
  assert.equal(result.kind, 'conflict');
  return result.kind === 'conflict' ? result.theirs : assert.fail();
}

describe('the model registry', () => {
  it('saves a model with two writes, and reads what was saved', async () => {
    const store = new MemoryStore();
    const registry = registryOf(store);
    assert.deepEqual(await registry.models(), []);
    assert.equal(await registry.model('churn'), undefined);
    const first = saved(await registry.save({ id: 'churn', text: textOf(1), comment: ' first ', base: undefined }));
    store.requests.length = 0;
    const second = saved(await registry.save({ id: 'churn', text: textOf(2), comment: 'more', base: first }));
    assert.deepEqual(store.requests, [`create ${revisions} 000002`, `replace ${heads} churn`]);

    assert.deepEqual([first.rev, first.comment, first.previousHash], [1, 'first', '']);
    assert.deepEqual([second.rev, second.text, second.previousHash], [2, textOf(2), first.hash]);
    assert.deepEqual([second.version, second.environments, second.status], ['1.10', ['prod'], 'active']);
    assert.deepEqual([second.updatedBy, second.updatedOn], [{ id: 'id-Ana', name: 'Ana' }, '2026-11-30T20:00:00.000Z']);
    for (const read of [await registry.model('churn'), await registry.head('churn'), (await registry.models())[0]])
      assert.deepEqual(read, second);
    const history = await registry.revisions('churn');
    assert.deepEqual(
      history.map(({ rev, isIntact }) => [rev, isIntact]),
      [
        [2, true],
        [1, true],
      ],
    );
    assert.deepEqual(await registry.revision('churn', 1), history[1]);
    assert.equal(await registry.revision('churn', 3), undefined);
  });

  it('sends nothing for a text that is there already', async () => {
    const store = new MemoryStore();
    const registry = registryOf(store);
    const base = saved(await registry.save({ id: 'churn', text: textOf(1), comment: '', base: undefined }));
    store.requests.length = 0;
    assert.equal(saved(await registry.save({ id: 'churn', text: textOf(1), comment: 'again', base })), base);
    assert.deepEqual(store.requests, []);
  });
});
