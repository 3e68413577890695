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
  return result.kind === 'saved' ? result.model : assert.fail(result.kind);
}

function conflicting(result: SaveResult): RegistryModel {
  return result.kind === 'conflict' ? result.theirs : assert.fail(result.kind);
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

  it('reports a conflict with what the other saved, and no conflict where both saved the same', async () => {
    const store = new MemoryStore();
    const base = saved(await registryOf(store).save({ id: 'churn', text: textOf(1), comment: '', base: undefined }));
    const ben = registryOf(store, 'Ben');
    const theirs = saved(await ben.save({ id: 'churn', text: textOf(2), comment: '', base }));
    const change = { id: 'churn', comment: '', base };
    assert.deepEqual(conflicting(await registryOf(store).save({ ...change, text: textOf(3) })), theirs);
    assert.deepEqual(saved(await registryOf(store).save({ ...change, text: textOf(2) })), theirs);
    assert.deepEqual(
      conflicting(await registryOf(store).save({ ...change, text: textOf(3), base: undefined })),
      theirs,
    );
    assert.equal((await ben.revisions('churn')).length, 2);
  });

  it('archives a model, keeps its link and its unknown fields, and removes the link', async () => {
    const store = new MemoryStore();
    const registry = registryOf(store);
    const repository = { id: 'r', path: '/model_variables.yml', branch: 'main' };
    const change = { id: 'churn', text: textOf(1), comment: '' };
    const first = saved(await registry.save({ ...change, repository, base: undefined }));
    store.put(heads, { ...(await store.read(heads, 'churn')), owner: 'team' }, 5);
    const base = await registry.model('churn');
    assert.deepEqual([base?.isIntact, base?.otherFields], [true, { owner: 'team' }]);
    const archived = saved(await registry.save({ ...change, base, status: 'archived' }));
    assert.deepEqual([archived.rev, archived.status, archived.repository], [2, 'archived', repository]);
    assert.equal((await store.read(heads, 'churn'))?.['owner'], 'team');
    const bare = saved(await registry.save({ ...change, base: archived, repository: null }));
    assert.deepEqual([bare.status, bare.repository, bare.otherFields], ['archived', undefined, { owner: 'team' }]);
    assert.equal(first.repository?.branch, 'main');
  });

  it('keeps base variables, schema and settings in documents of their own', async () => {
    const store = new MemoryStore();
    const registry = registryOf(store);
    const schema = '{"definitions":{"variables":{"properties":{"epochs":{"type":"integer"}}}}}';
    await registry.saveBase({ text: textOf(1), comment: '', base: undefined });
    await registry.saveSchema({ text: schema, comment: '', base: undefined });
    const before = await registry.settings();
    assert.deepEqual(before.settings, { protectedEnvironments: [], refusesSecrets: true });
    const settings = { protectedEnvironments: ['prod'], refusesSecrets: false };
    await registry.saveSettings({ settings, comment: '', base: before.document });
    assert.deepEqual((await registry.settings()).settings, settings);
    assert.equal((await registry.schema())?.text, schema);
    const contents = await registry.contents();
    assert.deepEqual([contents.models, contents.base?.version, contents.settings.settings], [[], '1.10', settings]);
    const changed = { ...(await registry.settings()).document } as RegistryModel;
    const kept = { ...settings, refusesSecrets: true };
    const text = '{"protectedEnvironments": "prod", "later": 1}';
    const bad = saved(await registry.saveSettings({ settings: kept, comment: '', base: { ...changed, text } }));
    assert.deepEqual(JSON.parse(bad.text), { later: 1, ...kept });
  });

  it('refuses what cannot be stored, with the sentences of the reader', async () => {
    const registry = registryOf(new MemoryStore());
    const refused = async (id: string, text: string, comment = ''): Promise<string> => {
      const error: unknown = await registry.save({ id, text, comment, base: undefined }).catch((each: unknown) => each);
      return error instanceof RegistryRefusal ? error.message : assert.fail(String(error));
    };
    assert.match(await refused('schema', textOf(1)), /"schema" is reserved/);
    assert.match(await refused('Churn', textOf(1)), /"Churn" is not a valid id/);
    assert.match(await refused('c'.repeat(51), textOf(1)), /is longer than 50 characters/);
    assert.match(await refused('churn', `variables:\n  a: '${'ä'.repeat(33 * 1024)}'\n`), /is longer than 65536 bytes/);
    assert.match(await refused('churn', 'variables: [\n'), /^churn:\d: is not valid YAML/);
    assert.match(await refused('churn', 'variables:\n  a: "\ud800"\n'), /^churn:2: contains a control character/);
    assert.match(await refused('churn', '- a\n'), /^churn:1: must be a map with `variables`/);
    assert.match(await refused('churn', textOf(1), 'c'.repeat(2001)), /The comment is longer than 2000/);
  });

  it('completes an interrupted save where it may write, and only reads past it elsewhere', async () => {
    const store = new MemoryStore();
    const ana = registryOf(store);
    const base = saved(await ana.save({ id: 'churn', text: textOf(1), comment: '', base: undefined }));
    const document = await store.read(heads, 'churn');
    await ana.save({ id: 'churn', text: textOf(2), comment: 'interrupted', base });
    store.put(heads, document ?? {}, 1);

    store.requests.length = 0;
    const reader = registryOf(store, 'Pipeline', { canRepair: false });
    assert.deepEqual([(await reader.model('churn'))?.text, (await reader.head('churn'))?.rev], [textOf(2), 1]);
    assert.ok(!store.requests.some((request) => /^(create|replace)/.test(request)));
    const refusing = storeWith(store, async (method, effect) => {
      if (method === 'replace') throw new StoreError('refused', 'No permission.');
      return effect();
    });
    const now = () => new Date(0);
    const readOnly = new ModelRegistry(refusing, { projectId: 'p', author: { id: 'r', name: 'Ron' }, now });
    assert.equal((await readOnly.model('churn'))?.rev, 2);
    assert.equal((await store.read(heads, 'churn'))?.['rev'], 1);

    const ben = registryOf(store, 'Ben');
    const theirs = conflicting(await ben.save({ id: 'churn', text: textOf(3), comment: '', base }));
    assert.deepEqual([theirs.rev, theirs.updatedBy.name, theirs.comment], [2, 'Ana', 'interrupted']);
    assert.deepEqual(await ben.head('churn'), theirs);
    assert.equal(saved(await ben.save({ id: 'churn', text: textOf(3), comment: '', base: theirs })).rev, 3);
  });
});
