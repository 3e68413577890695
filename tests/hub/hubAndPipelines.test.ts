import assert from 'node:assert/strict';
import { ModelRegistry } from '../../shared/variables/registry/modelRegistry';
import { localDocuments } from '../../local/hub/localDocuments';
import { installExtension, ownExtension } from '../../local/hub/ownExtension';
import { useHub } from './support/browser';
import { LoadingPipeline, modelFile, useBuiltTask } from './support/loadingPipeline';
import { registryPage } from './support/testPages';

async function assertLoaded(pipeline: LoadingPipeline): Promise<void> {
  const newest = await pipeline.run();
  assert.match(newest.log, /replicas=5 epochs=300/);
  assert.match(newest.summary, /replicas.*hub r2:4/);
  assert.match(newest.summary, /epochs.*model\\_variables\.yml:5/);
  assert.ok(newest.tags.includes('model-churn-r2'), newest.tags.join());
  const pinned = await pipeline.run(1);
  assert.match(pinned.log, /replicas=2 epochs=300/);
  assert.match(pinned.summary, /replicas.*hub r1:4/);
}

const firstText = modelFile.replace('replicas: 1', 'replicas: 2').replace(/ {2}epochs.*\n/, '');

describe('What is saved through the connection of the hub', function () {
  this.timeout(240_000);
  const { openHub, organization } = useHub({ hubFolder: registryPage, tasks: useBuiltTask() });

  it('is what the built task loads, with its revision and line; a pinned revision gives the value before', async () => {
    const { frame } = await openHub({ user: 'grace@example.com' });
    await frame.evaluate(async (first) => {
      const save = async (text: string) => {
        const base = await window.registry.model('churn');
        await window.registry.save({ id: 'churn', text, comment: 'Change the replicas', base });
      };
      await save(first);
      await save(first.replace('replicas: 2', 'replicas: 5'));
    }, firstText);
    await assertLoaded(await LoadingPipeline.create(organization()));
  });
});

describe('What is saved in the pages of the hub', function () {
  this.timeout(240_000);
  const { openHub, organization } = useHub({
    tasks: useBuiltTask(),
    fill: async (filled) => {
      await installExtension(filled);
      const projectId = filled.state.projects.find(filled.project)?.id ?? '';
      const author = { id: 'ada', name: 'Ada Lovelace' };
      const store = localDocuments(filled, await ownExtension());
      const registry = new ModelRegistry(store, { projectId, author, now: () => new Date() });
      await registry.save({ id: 'churn', text: firstText, comment: 'Add churn', base: undefined });
    },
  });

  it('is what the built task loads; the line of the value is the only one that changes', async () => {
    const { page, frame, toasts } = await openHub({ user: 'grace@example.com', hash: 'model=churn' });
    await frame.locator('[data-cell="replicas/1"]').click();
    await page.keyboard.type('5');
    await page.keyboard.press('Enter');
    await frame.getByRole('button', { name: 'Review and save' }).click();
    await frame.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved revision 2').waitFor();
    assert.deepEqual(await toasts(), [{ message: 'Saved revision 2', callToAction: 'Undo' }]);
    await assertLoaded(await LoadingPipeline.create(organization()));
  });
});
