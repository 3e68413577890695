import assert from 'node:assert/strict';
import { orHubUnavailable, readHub } from '../../../../shared/devops/registry/readHub';
import { ModelRegistry } from '../../../../shared/variables/registry/modelRegistry';
import { RegistryRefusal } from '../../../../shared/variables/registry/refusal';
import type { RegistryModel } from '../../../../shared/variables/registry/revision';
import type { SaveResult } from '../../../../shared/variables/registry/saveRevision';
import { defaultSettings } from '../../../../shared/variables/registry/settings';
import { MemoryStore } from './memoryStore';

const texts = {
  churn: 'variables:\n  a: 1\n',
  base: 'variables:\n  a: 0\n',
  schema: '{"definitions":{"variables":{}}}',
};
type Kind = keyof typeof texts | 'settings';
const kinds: readonly Kind[] = ['churn', 'base', 'schema', 'settings'];
const update = /in the format (2|17); this version reads 1\. Update the extension\./;

interface Stage {
  readonly store: MemoryStore;
  readonly registry: ModelRegistry;
  readonly save: (
    kind: Kind,
    base: RegistryModel | undefined,
    version: number,
    accepts?: boolean,
  ) => Promise<SaveResult>;
  readonly read: (kind: Kind) => Promise<RegistryModel>;
}

/** A registry in which each kind of document has two revisions. */
async function twoRevisionsOfEach(): Promise<Stage> {
  const store = new MemoryStore();
  const author = { id: 'a', name: 'Ana' };
  const registry = new ModelRegistry(store, { projectId: 'p', author, now: () => new Date(0) });
  const save: Stage['save'] = (kind, base, version, acceptsDamage = false) => {
    const change = { comment: '', base, acceptsDamage };
    if (kind === 'settings')
      return registry.saveSettings({
        ...change,
        settings: { ...defaultSettings, protectedEnvironments: [`e${version}`] },
      });
    const text = kind === 'schema' ? `${texts.schema}${' '.repeat(version)}` : `${texts[kind]}# ${version}\n`;
    if (kind === 'base') return registry.saveBase({ ...change, text });
    return kind === 'schema' ? registry.saveSchema({ ...change, text }) : registry.save({ ...change, id: kind, text });
  };
  const read = async (kind: Kind) => (await registry.model(kind)) ?? assert.fail();
  for (const kind of kinds) {
    const first = await save(kind, undefined, 1);
    await save(kind, first.kind === 'saved' ? first.model : assert.fail(), 2);
  }
  return { store, registry, save, read };
}

async function edit(store: MemoryStore, collection: string, id: string, fields: object): Promise<void> {
  const document = (await store.read(collection, id)) ?? assert.fail();
  store.put(collection, { ...document, ...fields }, document.__etag + 1);
}

function documentsOf(store: MemoryStore): string {
  return JSON.stringify([...store.collections].map(([name, documents]) => [name, [...documents]]));
}

/** The save is refused with the sentence, and nothing was written. */
async function isRefused(stage: Stage, kind: Kind, base: RegistryModel | undefined): Promise<void> {
  const before = documentsOf(stage.store);
  for (const accepts of [false, true])
    await assert.rejects(
      stage.save(kind, base, 3, accepts),
      (error: unknown) => error instanceof RegistryRefusal && update.test(error.message),
    );
  assert.equal(documentsOf(stage.store), before);
}

describe('a document of a newer format', () => {
  for (const kind of kinds) {
    for (const format of [2, 17])
      it(`is read-only: ${kind} in the format ${format}`, async () => {
        const stage = await twoRevisionsOfEach();
        await edit(stage.store, 'models-p', kind, { format, text: undefined, rev: 'two', hash: 7 });
        const newer = await stage.read(kind);
        assert.deepEqual([newer.isIntact, newer.isNewer], [false, true]);
        assert.match(newer.problem ?? '', update);
        await isRefused(stage, kind, newer);
        // Whoever has not seen it gets a conflict, and overwrites nothing.
        const before = documentsOf(stage.store);
        assert.equal((await stage.save(kind, undefined, 3, true)).kind, 'conflict');
        assert.equal(documentsOf(stage.store), before);
      });

    it(`keeps others from saving after it: a revision of ${kind} whose save was interrupted`, async () => {
      const stage = await twoRevisionsOfEach();
      const second = (await stage.store.read(`model-revs-p-${kind}`, '000002')) ?? assert.fail();
      stage.store.put(`model-revs-p-${kind}`, { ...second, id: '000003', rev: 3, format: 2 }, 1);
      const head = await stage.read(kind);
      assert.deepEqual([head.rev, head.isIntact], [2, true]);
      await isRefused(stage, kind, head);
    });

    it(`is not overwritten where the document of ${kind} is damaged and a newer version saved after it`, async () => {
      const stage = await twoRevisionsOfEach();
      const second = (await stage.store.read(`model-revs-p-${kind}`, '000002')) ?? assert.fail();
      stage.store.put(`model-revs-p-${kind}`, { ...second, id: '000003', rev: 3, format: 2 }, 1);
      await edit(stage.store, 'models-p', kind, { comment: 'changed' });
      const damaged = await stage.read(kind);
      assert.deepEqual([damaged.isIntact, damaged.isNewer], [false, undefined]);
      await assert.rejects(stage.save(kind, damaged, 3, true), update);
    });

    it(`keeps others from creating the document of ${kind} again`, async () => {
      const stage = await twoRevisionsOfEach();
      stage.store.collections.get('models-p')?.delete(kind);
      stage.store.collections.get(`model-revs-p-${kind}`)?.delete('000002');
      await edit(stage.store, `model-revs-p-${kind}`, '000001', { format: 2 });
      await isRefused(stage, kind, undefined);
    });

    it(`is shown as newer in the history of ${kind}, next to those that can be read`, async () => {
      const { store, registry } = await twoRevisionsOfEach();
      await edit(store, `model-revs-p-${kind}`, '000002', { format: 2 });
      const shown = (await registry.revisions(kind)).map(({ rev, isIntact, isNewer }) => [rev, isIntact, isNewer]);
      assert.deepEqual(shown, [
        [2, false, true],
        [1, true, undefined],
      ]);
    });
  }

  it('is in the list of all models, next to those that can be read', async () => {
    const { store, registry } = await twoRevisionsOfEach();
    await registry.save({ id: 'other', text: texts.churn, comment: '', base: undefined });
    for (const kind of kinds) await edit(store, 'models-p', kind, { format: 2 });
    const { models, base, schema, settings } = await registry.contents();
    assert.deepEqual(
      [...models, base, schema, settings.document].map((document) => document?.isNewer),
      [true, undefined, true, true, true],
    );
    assert.match(settings.problem ?? '', update);
  });

  it('can be saved on by others where only a revision before the newest is newer', async () => {
    const stage = await twoRevisionsOfEach();
    await edit(stage.store, 'model-revs-p-churn', '000001', { format: 2 });
    assert.equal((await stage.save('churn', await stage.read('churn'), 3)).kind, 'saved');
  });

  for (const [what, wanted, damage] of [
    ['the newest revision of a model', { model: 'churn' }, ['models-p', 'churn']],
    ['the newest base variables', { model: 'churn' }, ['models-p', 'base']],
    ['a revision by its number', { model: 'churn', revision: 1 }, ['model-revs-p-churn', '000001']],
    ['base variables by their number', { model: 'churn', baseRevision: 1 }, ['model-revs-p-base', '000001']],
  ] as const)
    it(`is not loaded by a step, which says to update the extension: ${what}`, async () => {
      const { store, registry } = await twoRevisionsOfEach();
      assert.ok((await readHub(registry, wanted)).model);
      await edit(store, damage[0], damage[1], { format: 2 });
      await assert.rejects(readHub(registry, wanted), (error: unknown) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, /^This version of the extension cannot read the (model|base)/);
        assert.match(error.message, update);
        assert.doesNotMatch(error.message, /damaged/);
        return true;
      });
    });

  it('fails a step that saves on top of it', async () => {
    const { store, registry } = await twoRevisionsOfEach();
    await edit(store, 'models-p', 'churn', { format: 2 });
    const base = (await registry.model('churn')) ?? assert.fail();
    const saving = registry.save({ id: 'churn', text: 'variables:\n  a: 3\n', comment: '', base });
    await assert.rejects(orHubUnavailable(saving), update);
  });
});
