import assert from 'node:assert/strict';
import { projectId } from '../../sandbox/agent/variables/predefined';
import { revisionsOf } from '../../shared/variables/registry/documents';
import { registryOf, saveText, storeOf } from './modelStage';
import { axe, press, tabTo, useHub } from './support/browser';

const textWith = (epochs: number) => `variables:\n  training:\n    epochs: ${epochs}\n`;

describe('The History tab', function () {
  this.timeout(90_000);
  const { openHub, organization } = useHub({
    fill: async (filled) => {
      const registry = registryOf(filled);
      for (let epochs = 1; epochs <= 60; epochs++)
        await saveText(registry, 'churn', textWith(epochs), `Epochs ${epochs}`);
      for (const epochs of [1, 2]) await saveText(registry, 'damaged', textWith(epochs));
      const store = storeOf(filled);
      for (const [collection, id] of [
        [`models-${projectId}`, 'damaged'],
        [revisionsOf(projectId, 'damaged'), '000002'],
      ] as const) {
        const document = await store.read(collection, id);
        assert.ok(document);
        store.damage(collection, { ...document, text: textWith(99) });
      }
    },
  });

  it('compares two revisions that were selected, by the keyboard alone, and the link holds both', async () => {
    const { page, frame, hasHash } = await openHub({ hash: 'model=churn&tab=history' });
    await frame.getByText('All 60 revisions are intact').waitFor();
    assert.deepEqual(await axe(frame), []);
    for (const rev of [60, 58]) {
      await tabTo(page, frame, new RegExp(`Select revision ${rev} `));
      await press(page, 'Space');
    }
    await tabTo(page, frame, /Compare revisions 58 and 60/, 'Shift+Tab');
    await press(page, 'Enter');
    await frame.getByRole('heading', { name: 'Revision 60' }).waitFor();
    await hasHash('model=churn&tab=history&rev=60&against=58');
    await frame.getByText('No run of a pipeline has read this revision.').waitFor();
    assert.deepEqual(await frame.locator('.review-changes tbody td').allTextContents(), [
      'All environments',
      '58',
      '60',
    ]);
    assert.deepEqual(await axe(frame), []);
  });

  it('restores an old text through the review', async () => {
    const { frame } = await openHub({ hash: 'model=churn&tab=history&rev=7' });
    await frame.getByRole('button', { name: 'Restore revision 7' }).click();
    await frame.getByRole('button', { name: 'Save', exact: true }).click();
    await frame
      .getByText(/Revision 61\b/)
      .first()
      .waitFor();
    const saved = await registryOf(organization()).model('churn');
    assert.deepEqual([saved?.text, saved?.comment], [textWith(7), 'Restore revision 7']);
  });

  it('says what is damaged, and saves an intact revision after it', async () => {
    const { frame } = await openHub({
      hash: 'model=damaged&tab=history&rev=1',
      theme: 'dark',
      size: { width: 320, height: 800 },
    });
    await frame.getByText('The history is damaged').waitFor();
    assert.deepEqual(await axe(frame), []);
    assert.ok((await frame.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
    await frame.getByRole('button', { name: 'Restore revision 1' }).click();
    await frame.getByRole('button', { name: 'Restore', exact: true }).click();
    await frame
      .getByText(/Revision 3\b/)
      .first()
      .waitFor();
    const saved = await registryOf(organization()).model('damaged');
    assert.deepEqual([saved?.rev, saved?.text, saved?.isIntact], [3, textWith(1), true]);
  });
});
