import assert from 'node:assert/strict';
import { press, tabTo, useHub } from '../support/browser';
import { registryOf, saveText } from '../modelStage';

const [models, variables] = [60, 120];
const lines = Array.from({ length: variables }, (_, index) => `  v${index}: ${index}\n`);

describe('Long lists in a browser', () => {
  const hub = useHub({
    fill: async (organization) => {
      const registry = registryOf(organization);
      for (let index = 0; index < models; index++)
        await saveText(registry, `m${index}`, index === 0 ? `variables:\n${lines.join('')}` : 'variables:\n  a: 1\n');
    },
  });

  it('have all models and their states, although those in view are shown before the others', async () => {
    const { page, frame } = await hub.openHub();
    const rows = frame.locator('.hub-table tbody tr');
    await rows.nth(models - 1).waitFor();
    await frame.locator('.hub-state-checking').first().waitFor({ state: 'detached' });
    assert.equal(await frame.getByText('Valid', { exact: true }).count(), models);
    await tabTo(page, frame, /^a m0$/);
    await press(page, 'End');
    assert.equal(await frame.locator(':focus').innerText(), `m${models - 1}`);
  });

  const lists = [
    { what: 'models', hash: '', row: '.hub-table tbody tr' },
    { what: 'variables', hash: 'model=m0', row: '.vg-row' },
  ];
  for (const { what, hash, row } of lists)
    it(`fill the screen with ${what} when they are painted first`, async () => {
      const first = await hub.openHub({ changesBrowser: true });
      // The frame gets higher once the page is shown. Rows that come after the first painting never come.
      await first.context.addInitScript('if (window !== top) window.requestAnimationFrame = () => 0;');
      const { page, frame } = await hub.openHub({ hash, within: first });
      await page.locator('#state').waitFor({ state: 'hidden' });
      const rows = frame.locator(row);
      await rows.first().waitFor();
      const bottom = await rows.last().evaluate((element) => element.getBoundingClientRect().bottom);
      assert.ok(bottom >= (await frame.evaluate<number>('innerHeight')), `the last row ends at ${bottom}`);
      assert.ok((await rows.count()) < models, 'no row is rendered that nobody sees');
      assert.equal(await frame.locator('.hub-state-checking').count(), 0);
    });

  it('have the last variable for the keyboard, which needs all rows before it', async () => {
    const { page, frame } = await hub.openHub({ hash: 'model=m0' });
    await frame.locator('[data-cell="v0/1"]').focus();
    await page.keyboard.press('Control+End');
    assert.match((await frame.locator(':focus').getAttribute('data-cell')) ?? '', new RegExp(`^v${variables - 1}/`));
    assert.equal(await frame.locator('.vg-row[aria-rowindex]').count(), variables + 1);
  });
});
