import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { registryOf, saveText } from './modelStage';
import { axe, press, useHub } from './support/browser';

describe('The settings', function () {
  this.timeout(90_000);
  const { openHub, organization } = useHub({
    fill: async (filled) => {
      const registry = registryOf(filled);
      await saveText(registry, 'churn', 'variables:\n  seed: 1\nenvironments:\n  prod:\n    seed: 2\n');
      await registry.saveBase({ text: 'variables:\n  region: west\n', comment: '', base: undefined });
    },
  });

  it('protects an environment, and shows that this is a courtesy', async () => {
    const { frame, toasts } = await openHub({ hash: 'view=settings' });
    await frame.getByRole('checkbox', { name: 'prod' }).click();
    assert.deepEqual(await axe(frame), []);
    await frame.getByText('not a protection').waitFor();
    await frame.getByRole('button', { name: 'Save', exact: true }).click();
    await frame.getByRole('button', { name: 'Save', exact: true }).waitFor({ state: 'hidden' });
    assert.deepEqual(await toasts(), [{ message: 'The settings were saved.' }]);
    const { settings } = await registryOf(organization()).settings();
    assert.deepEqual(settings.protectedEnvironments, ['prod']);
  });

  it('keeps choices that are not saved on another part and after a reload, until they are discarded', async () => {
    const { page, frame } = await openHub({ hash: 'view=settings' });
    const prod = frame.getByRole('checkbox', { name: 'prod' });
    await prod.click();
    await frame.getByLabel('Comment', { exact: true }).fill('Before the audit');
    await frame.getByRole('tab', { name: 'Schema' }).click();
    await frame.locator('.cm-content').waitFor();
    await frame.getByRole('tab', { name: 'General' }).click();
    const comment = frame.getByLabel('Comment', { exact: true });
    assert.deepEqual(
      [await prod.getAttribute('aria-checked'), await comment.inputValue()],
      ['true', 'Before the audit'],
    );
    await page.reload();
    const reloaded = page.frameLocator('iframe');
    assert.equal(await reloaded.getByLabel('Comment', { exact: true }).inputValue(), 'Before the audit');
    await reloaded.getByRole('button', { name: 'Discard' }).click();
    assert.equal(await reloaded.getByRole('checkbox', { name: 'prod' }).getAttribute('aria-checked'), 'false');
    assert.equal(await reloaded.getByLabel('Comment', { exact: true }).count(), 0);
  });

  it('does not replace settings that someone else saved while another part was shown', async () => {
    const { frame, goto } = await openHub({ hash: 'view=settings' });
    await frame.getByRole('checkbox', { name: 'prod' }).click();
    const settings = { protectedEnvironments: ['stage'], refusesSecrets: true };
    await registryOf(organization()).saveSettings({ settings, comment: '', base: undefined });
    await goto('view=settings&part=base');
    await frame.locator('.cm-line').nth(1).click();
    await frame.page().keyboard.insertText(' ');
    await frame.getByRole('button', { name: 'Review and save' }).click();
    await frame.getByRole('button', { name: 'Save', exact: true }).click();
    await frame.getByText('Revision 2').waitFor();
    await goto('view=settings');
    await frame.getByRole('checkbox', { name: 'prod' }).waitFor();
    await frame.getByRole('button', { name: 'Save', exact: true }).click();
    await frame.getByText('Grace Hopper changed the settings in the meantime.').waitFor();
    assert.deepEqual((await registryOf(organization()).settings()).settings.protectedEnvironments, ['stage']);
    await frame.getByRole('button', { name: 'Discard' }).click();
    assert.equal(await frame.getByText('changed the settings in the meantime').count(), 0);
  });

  it('saves the base variables, and refuses those with problems', async () => {
    const { page, frame } = await openHub({ hash: 'view=settings&part=base', theme: 'dark' });
    await frame.locator('.cm-line').nth(1).click();
    await press(page, 'End');
    await page.keyboard.type('\nmodelVersion: 7');
    await press(page, 'Control+s');
    await frame.getByText('Correct these problems before saving:').waitFor();
    assert.equal(await frame.getByRole('button', { name: 'Save', exact: true }).isDisabled(), true);
    assert.deepEqual(await axe(frame), []);
    await press(page, 'Escape');
    await frame.getByRole('dialog').waitFor({ state: 'detached' });
    await frame.locator('.cm-line').nth(2).click();
    await press(page, 'End');
    await press(page, 'Backspace');
    await page.keyboard.type("'7'");
    await frame.getByText("modelVersion: '7'").waitFor();
    await press(page, 'Control+s');
    await frame.getByRole('button', { name: 'Save', exact: true }).click();
    await frame.getByText(/Revision 2\b/).waitFor();
    assert.equal((await registryOf(organization()).base())?.text, "variables:\n  region: west\n  modelVersion: '7'\n");
    await frame.locator('.cm-content').click();
    await press(page, 'Control+End');
    await page.keyboard.insertText('x: [1\n');
    await press(page, 'Control+s');
    await frame.getByText('One of the texts is not a variable file, so its values cannot be compared.').waitFor();
  });

  it('does not show base variables as unsaved that were saved when the page ended', async () => {
    const { page, frame } = await openHub({ hash: 'view=settings&part=base' });
    await frame.locator('.cm-content').click();
    await press(page, 'Control+Home');
    await page.keyboard.insertText('# All\n');
    await frame.getByText('Unsaved edits').first().waitFor();
    const registry = registryOf(organization());
    const text = '# All\nvariables:\n  region: west\n';
    await registry.saveBase({ text, comment: '', base: await registry.base() });
    await page.reload();
    const again = page.frameLocator('iframe');
    await again.getByText('Revision 2', { exact: true }).waitFor();
    assert.equal(await again.getByRole('button', { name: 'Review and save' }).isDisabled(), true);
  });

  it('exports all, and shows what an import would change before it does', async () => {
    const { page, frame } = await openHub({
      hash: 'view=settings&part=data',
      size: { width: 320, height: 800 },
    });
    const downloaded = page.waitForEvent('download');
    await frame.getByRole('button', { name: 'Export' }).click();
    const file = JSON.parse(await text(await (await downloaded).createReadStream())) as {
      models: { text: string }[];
    };
    assert.equal(file.models.length, 1);
    const [churn] = file.models;
    const changed = {
      ...file,
      models: [
        { ...churn, text: 'variables:\n  seed: 5\n' },
        { id: '<b>', text: '' },
      ],
    };
    const choose = (content: string) =>
      frame
        .getByLabel('File to import')
        .setInputFiles({ name: 'export.json', mimeType: 'application/json', buffer: Buffer.from(content) });
    await choose('no JSON');
    await frame.getByText('The file cannot be imported: it is not JSON.').waitFor();
    await choose(JSON.stringify({ ...changed, models: [{ id: '<b>', text: '' }] }));
    await frame.getByText('Nothing new of the file can be imported.').waitFor();
    assert.equal(await frame.getByText('All of the file is there already.').count(), 0);
    await choose(JSON.stringify(changed));
    await frame.getByText('Becomes revision 2').waitFor();
    await frame.getByText('Cannot be imported: the name').waitFor();
    assert.deepEqual(await axe(frame), []);
    assert.ok((await frame.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
    await frame.getByRole('button', { name: 'Import 1 change' }).click();
    await frame.getByText('1 change was imported.').waitFor();
    assert.equal((await registryOf(organization()).model('churn'))?.text, 'variables:\n  seed: 5\n');
  });
});
