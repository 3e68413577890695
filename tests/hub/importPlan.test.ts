import assert from 'node:assert/strict';
import { exportRegistry } from '../../hub/settings/transfer/exportFile';
import { planImport, readImport } from '../../hub/settings/transfer/importPlan';
import { carryOutImport } from '../../hub/settings/transfer/carryOutImport';
import { ModelRegistry } from '../../shared/variables/registry/modelRegistry';
import { MemoryStore } from '../shared/variables/registry/memoryStore';
import { saveText } from './modelStage';

const project = { id: 'p', name: 'Project' };
const registryIn = (store: MemoryStore) =>
  new ModelRegistry(store, {
    projectId: 'p',
    author: { id: 'a', name: 'Ada' },
    now: () => new Date('2026-11-30T12:00:00Z'),
  });

async function exported(registry: ModelRegistry): Promise<string> {
  const now = new Date('2026-11-30T12:00:00Z');
  return JSON.stringify(
    await exportRegistry(registry, { project, hasRevisions: true, now, onProgress: () => undefined }),
  );
}

describe('Import of a registry', () => {
  it('takes all of an export into an empty project, and finds it there afterwards', async () => {
    const source = registryIn(new MemoryStore());
    await source.saveBase({ text: 'variables:\n  region: west\n', comment: '', base: undefined });
    for (const epochs of [1, 2]) await saveText(source, 'churn', `variables:\n  epochs: ${epochs}\n`);
    const content = await exported(source);
    const target = registryIn(new MemoryStore());
    const file = readImport(content);
    assert.ok(!('problem' in file));
    const items = planImport(file, await target.contents());
    assert.deepEqual(
      items.map(({ name, effect }) => [name, effect]),
      [
        ['Base variables', 'new'],
        ['churn', 'new'],
        ['Settings', 'same'],
      ],
    );
    await carryOutImport(
      target,
      items.filter(({ effect }) => effect === 'new'),
      'Import',
      (item, error) => assert.fail(`${item.id}: ${String(error)}`),
    );
    assert.equal((await target.model('churn'))?.text, 'variables:\n  epochs: 2\n');
    const again = planImport(file, await target.contents());
    assert.deepEqual([...new Set(again.map(({ effect }) => effect))], ['same']);
    await saveText(target, 'churn', 'variables:\n  epochs: 5\n');
    const [changed] = planImport(file, await target.contents()).filter(({ id }) => id === 'churn');
    assert.deepEqual([changed?.effect, changed?.effectText], ['revision', 'Becomes revision 3']);
  });

  it('refuses what cannot be saved, with the reason, and what is protected', async () => {
    const target = registryIn(new MemoryStore());
    await saveText(target, 'guarded', 'environments:\n  prod:\n    epochs: 1\n');
    await target.saveSettings({
      settings: { protectedEnvironments: ['prod'], refusesSecrets: true },
      comment: '',
      base: undefined,
    });
    const texts: Readonly<Record<string, string>> = {
      Bad: 'variables:\n',
      constructor: 'variables:\n  a: 1\n',
      list: '- 1\n',
      version: 'variables:\n  modelVersion: 7\n',
      guarded: 'environments:\n  prod:\n    epochs: 2\n',
    };
    const models = Object.entries(texts).map(([id, text]) => ({ id, text }));
    const file = readImport(
      JSON.stringify({ format: 'model-registry-export/1', models: [...models, { id: 'list', text: 'variables:\n' }] }),
    );
    assert.ok(!('problem' in file));
    const found = planImport(file, await target.contents()).map(({ id, effect }) => `${id} ${effect}`);
    assert.deepEqual(found, [
      'Bad refused',
      'constructor new',
      'list refused',
      'version refused',
      'guarded refused',
      'list refused',
    ]);
  });

  it('refuses files that are not an export', () => {
    const ofModels = (models: unknown) => JSON.stringify({ format: 'model-registry-export/1', models });
    const contents = [
      '',
      '[]',
      'null',
      '{"format": 1}',
      ofModels({}),
      ofModels([null]),
      ofModels([{ id: 1, text: '' }]),
    ];
    for (const content of contents) assert.ok('problem' in readImport(content), content);
    const newer = readImport(JSON.stringify({ format: 'model-registry-export/2', models: [] }));
    assert.match('problem' in newer ? newer.problem : '', /does not read/);
  });
});
