import assert from 'node:assert/strict';
import { protectedNames } from '../../hub/protection/protectedNames';
import { touchedEnvironments } from '../../hub/protection/touchedEnvironments';
import { touchedModels } from '../../hub/protection/touchedModels';
import { planImport } from '../../hub/settings/transfer/importPlan';
import { withTexts } from '../../hub/settings/transfer/withTexts';
import { watchRefusals } from '../../hub/page/watchRefusals';
import { sharedVariables } from '../../hub/variables/checkModel';
import { StoreError } from '../../shared/variables/registry/documentStore';
import { ModelRegistry, type RegistryContents } from '../../shared/variables/registry/modelRegistry';
import { defaultSettings } from '../../shared/variables/registry/settings';
import { MemoryStore, storeWith } from '../shared/variables/registry/memoryStore';

const names = "  modelName: churn\n  modelVersion: '1'\n";
const model = (more: string) => `variables:\n${names}${more}environments:\n  prod:\n    epochs: 2\n  dev: {}\n`;
const rules = (seed: object) =>
  JSON.stringify({ definitions: { variables: { properties: { seed: { type: 'integer', ...seed } } } } });

/** A registry whose environment prod is protected, with a model that takes the seed from the base variables. */
async function stage(): Promise<{ store: MemoryStore; registry: ModelRegistry; contents: RegistryContents }> {
  const store = new MemoryStore();
  const author = { id: 'a', name: 'Ada' };
  const registry = new ModelRegistry(store, { projectId: 'p', author, now: () => new Date(0) });
  const settings = { ...defaultSettings, protectedEnvironments: ['prod'] };
  await registry.saveSettings({ settings, comment: '', base: undefined });
  await registry.saveBase({ text: 'variables:\n  seed: 7\n', comment: '', base: undefined });
  await registry.saveSchema({ text: rules({}), comment: '', base: undefined });
  await registry.save({ id: 'churn', text: model(''), comment: '', base: undefined });
  await registry.save({ id: 'own', text: model('  seed: 9\n'), comment: '', base: undefined });
  await registry.save({ id: 'old', text: model(''), status: 'archived', comment: '', base: undefined });
  return { store, registry, contents: await registry.contents() };
}

describe('Protected environments', () => {
  it('are touched by a model that sets or inherits another value in them', async () => {
    const shared = sharedVariables((await stage()).contents);
    const touched = (before: string | undefined, after: string) =>
      touchedEnvironments(before, after, shared, ['prod', 'other']);
    assert.deepEqual(touched(model(''), model('  seed: 8\n')), ['prod']);
    assert.deepEqual(touched(model(''), model('  seed: 7\n')), []);
    assert.deepEqual(touched(model(''), model('').replace('dev: {}', 'dev:\n    epochs: 3')), []);
  });

  it('are touched by a new model that has values for them', async () => {
    const shared = sharedVariables((await stage()).contents);
    assert.deepEqual(touchedEnvironments(undefined, model(''), shared, ['prod']), ['prod']);
    assert.deepEqual(touchedEnvironments(undefined, `variables:\n${names}`, shared, ['prod']), []);
  });

  it('are touched by base variables where an active model inherits the value', async () => {
    const { contents } = await stage();
    const touched = (base: string) =>
      touchedModels(contents, sharedVariables(contents), sharedVariables(withTexts(contents, { base })));
    assert.deepEqual(touched('variables:\n  seed: 8\n'), [{ model: 'churn', environments: ['prod'] }]);
    assert.deepEqual(touched('# only a comment\nvariables:\n  seed: 7\n'), []);
    assert.deepEqual(touched('variables:\n  seed: 7\nenvironments:\n  dev:\n    seed: 1\n'), []);
    // Pipelines without a model of the hub load the base variables, too.
    assert.deepEqual(touched('variables:\n  seed: 7\nenvironments:\n  prod:\n    lr: 1\n'), [
      { model: undefined, environments: ['prod'] },
      { model: 'churn', environments: ['prod'] },
      { model: 'own', environments: ['prod'] },
    ]);
  });

  it('are touched by a schema that makes a value invalid, not by one that permits more', async () => {
    const { contents } = await stage();
    const touched = (schema: string) =>
      touchedModels(contents, sharedVariables(contents), sharedVariables(withTexts(contents, { schema })));
    assert.deepEqual(touched(rules({ minimum: 8 })), [{ model: 'churn', environments: ['prod'] }]);
    assert.deepEqual(touched(rules({ maximum: 100 })), []);
    assert.deepEqual(touched(rules({ type: ['integer', 'string'] })), []);
  });

  it('are all environments where the settings cannot be read', async () => {
    const { store, registry, contents } = await stage();
    assert.deepEqual(protectedNames(contents), ['prod']);
    const document = (await store.read('models-p', 'settings')) ?? assert.fail();
    store.put('models-p', { ...document, format: 2 }, 9);
    assert.deepEqual(protectedNames(await registry.contents()), ['prod', 'dev']);
    store.put('models-p', { ...document, text: '{}' }, 10);
    assert.deepEqual(protectedNames(await registry.contents()), ['prod', 'dev']);
  });

  it('keep an import from changing them: models, new models, base variables and the schema', async () => {
    const { contents } = await stage();
    const text = (id: string, content: string) => ({ id, text: content, status: 'active' as const });
    const file = {
      models: [
        text('churn', model('  seed: 8\n')),
        text('fresh', model('')),
        text('plain', `variables:\n${names}`),
        text('own', model('  seed: 9\n')),
      ],
      base: text('base', 'variables:\n  seed: 8\n'),
      schema: text('schema', rules({ minimum: 8 })),
      settings: undefined,
    };
    const effects = planImport(file, contents).map(({ id, effect, effectText }) => {
      const isProtected = effectText.includes('protected environment prod');
      return [id, effect, isProtected];
    });
    assert.deepEqual(effects, [
      ['schema', 'refused', true],
      ['base', 'refused', true],
      ['churn', 'refused', true],
      ['fresh', 'refused', true],
      ['plain', 'new', false],
      ['own', 'same', false],
    ]);
  });

  it('say to update the extension where an import meets documents of a newer version', async () => {
    const { store, registry } = await stage();
    for (const id of ['churn', 'base', 'schema', 'settings']) {
      const document = (await store.read('models-p', id)) ?? assert.fail();
      store.put('models-p', { ...document, format: 2 }, 9);
    }
    const text = (id: string, content: string) => ({ id, text: content, status: 'active' as const });
    const file = {
      models: [text('churn', `variables:\n${names}`)],
      base: text('base', 'variables:\n  a: 1\n'),
      schema: text('schema', rules({ maximum: 99 })),
      settings: { ...defaultSettings, protectedEnvironments: ['prod', 'dev'] },
    };
    for (const { id, effect, effectText } of planImport(file, await registry.contents()))
      assert.deepEqual([id, effect, /Update the extension\.$/.test(effectText)], [id, 'refused', true]);
  });
});

describe('Writes that Azure DevOps refuses', () => {
  it('are told, and nothing else is', async () => {
    const told: string[] = [];
    let kind: StoreError['kind'] | undefined;
    const faulty = storeWith(new MemoryStore(), async (method, effect) => {
      if (kind !== undefined) throw new StoreError(kind, `${method} ${kind}`);
      return effect();
    });
    const store = watchRefusals(faulty, ({ message }) => void told.push(message));
    const created = await store.create('c', { id: 'a' });
    await store.replace('c', created);
    assert.deepEqual(
      (await store.list('c')).map(({ id }) => id),
      [(await store.read('c', 'a'))?.id],
    );
    for (kind of ['stale', 'unreachable', 'refused'] as const) {
      await assert.rejects(store.create('c', { id: 'b' }), new RegExp(`create ${kind}`));
      await assert.rejects(store.replace('c', created), new RegExp(`replace ${kind}`));
      await assert.rejects(store.read('c', 'a'), StoreError);
      await assert.rejects(store.list('c'), StoreError);
    }
    assert.deepEqual(told, ['create refused', 'replace refused']);
  });
});
