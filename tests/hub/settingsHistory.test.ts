import assert from 'node:assert/strict';
import { projectId } from '../../sandbox/agent/variables/predefined';
import { defaultSettings } from '../../shared/variables/registry/settings';
import { registryOf, saveText, storeOf } from './modelStage';
import { axe, press, useHub } from './support/browser';

const baseText = (seed: number) => `variables:\n  seed: ${seed}\n`;

describe('The settings of what all models share', function () {
  this.timeout(90_000);
  const { openHub, organization } = useHub({
    fill: async (filled) => {
      const registry = registryOf(filled);
      const text = "variables:\n  modelName: churn\n  modelVersion: '1'\nenvironments:\n  prod: {}\n";
      await saveText(registry, 'churn', text);
      for (const seed of [1, 2])
        await registry.saveBase({ text: baseText(seed), comment: `Seed ${seed}`, base: await registry.base() });
    },
  });
  const protect = async (protectedEnvironments: readonly string[]) => {
    const registry = registryOf(organization());
    const { document: base } = await registry.settings();
    await registry.saveSettings({ settings: { ...defaultSettings, protectedEnvironments }, comment: '', base });
  };
  const save = { name: 'Save', exact: true } as const;

  it('have a history, from which an old text is restored through the review', async () => {
    const { frame, hasHash } = await openHub({ hash: 'view=settings&part=base' });
    await frame.getByRole('button', { name: 'History' }).click();
    await frame.getByText('All 2 revisions are intact').waitFor();
    assert.deepEqual(await axe(frame), []);
    await frame.getByRole('link', { name: 'Revision 1' }).click();
    await frame.getByRole('heading', { name: 'Revision 1' }).waitFor();
    await hasHash('view=settings&part=base&tab=history&rev=1');
    await frame.getByRole('button', { name: 'Restore revision 1' }).click();
    await frame.getByRole('button', save).click();
    await frame.getByText('All 3 revisions are intact').waitFor();
    const { text, comment } = (await registryOf(organization()).base()) ?? assert.fail();
    assert.deepEqual([text, comment], [baseText(1), 'Restore revision 1']);
  });

  it('have a history of the protected environments', async () => {
    await protect(['prod']);
    await protect([]);
    const { frame } = await openHub({ hash: 'view=settings&tab=history&rev=1' });
    await frame.getByRole('button', { name: 'Restore revision 1' }).click();
    await frame.getByRole('button', save).click();
    await frame.getByRole('button', save).waitFor({ state: 'hidden' });
    const { settings } = await registryOf(organization()).settings();
    assert.deepEqual(settings.protectedEnvironments, ['prod']);
  });

  it('do not save base variables that change a protected environment', async () => {
    await protect(['prod']);
    const { page, frame } = await openHub({ hash: 'view=settings&part=base' });
    await frame.locator('.cm-line').nth(1).click();
    await press(page, 'End');
    await page.keyboard.type('0');
    await press(page, 'Control+s');
    await frame.getByText('The change takes effect in protected environments').waitFor();
    await frame.getByText('churn: prod', { exact: true }).waitFor();
    assert.equal(await frame.getByRole('button', save).isDisabled(), true);
    assert.deepEqual(await axe(frame), []);
    await press(page, 'Escape');
    await frame.locator('.cm-content').focus();
    await press(page, 'Backspace');
    await page.keyboard.type(' # twenty');
    await press(page, 'Control+s');
    await frame.getByRole('button', save).click();
    await frame.getByText(/Revision 3\b/).waitFor();
    assert.equal((await registryOf(organization()).base())?.text, 'variables:\n  seed: 2 # twenty\n');
  });

  it('are read-only for a person who does not administer the project', async () => {
    const { frame } = await openHub({ hash: 'view=settings', user: 'rosa@example.com' });
    await frame.getByText('you do not have the permission Edit project-level information').waitFor();
    assert.equal(await frame.getByRole('checkbox', { name: 'prod' }).getAttribute('aria-disabled'), 'true');
    assert.deepEqual(await axe(frame), []);
  });

  it('are read-only where a newer version of the extension saved them', async () => {
    const store = storeOf(organization());
    const document = (await store.read(`models-${projectId}`, 'base')) ?? assert.fail();
    store.damage(`models-${projectId}`, { ...document, format: 2 });
    const { frame } = await openHub({ hash: 'view=settings&part=base' });
    await frame.getByText('Update the extension.').first().waitFor();
    assert.equal(await frame.locator('.cm-content').getAttribute('aria-readonly'), 'true');
  });
});
