import assert from 'node:assert/strict';
import { registryOf, saveText } from '../modelStage';
import { saveOnScreen, typeInto } from '../saves/reviewOnScreen';
import { churnText, fillProject } from '../screens/filledProject';
import { press, useHub } from '../support/browser';

describe('What someone else saved in the meantime', function () {
  this.timeout(120_000);
  const { openHub, organization } = useHub({ fill: fillProject });
  const registry = () => registryOf(organization());

  it('does not take the comment away that was typed before the save', async () => {
    const hub = await openHub({ hash: 'model=churn' });
    await typeInto(hub, 'epochs', 1, '90');
    await hub.frame.getByRole('button', { name: 'Review and save' }).click();
    await hub.frame.getByRole('dialog').getByRole('textbox').fill('The loss falls <b>still</b>');
    await saveText(registry(), 'churn', churnText(70, 8));
    await saveOnScreen(hub, { keepsOwn: () => true, onConflict: () => undefined });
    await hub.frame.getByText(/Revision 4\b/).waitFor();
    const saved = await registry().model('churn');
    assert.deepEqual([saved?.text, saved?.comment], [churnText(90, 8), 'The loss falls <b>still</b>']);
  });

  it('keeps the choices in the settings, which can be saved again', async () => {
    const { frame } = await openHub({ hash: 'view=settings' });
    await frame.getByRole('checkbox', { name: 'prod' }).click();
    const settings = { protectedEnvironments: ['dev'], refusesSecrets: true };
    await registry().saveSettings({ settings, comment: '', base: undefined });
    const save = frame.getByRole('button', { name: 'Save', exact: true });
    await save.click();
    await frame.getByText('Grace Hopper changed the settings in the meantime.').waitFor();
    assert.equal(await frame.getByRole('checkbox', { name: 'prod' }).getAttribute('aria-checked'), 'true');
    await save.click();
    await save.waitFor({ state: 'hidden' });
    assert.deepEqual((await registry().settings()).settings.protectedEnvironments, ['prod']);
  });

  it('is merged into the base variables, and asked for where both changed a name', async () => {
    const { page, frame } = await openHub({ hash: 'view=settings&part=base' });
    await frame.locator('.cm-line').nth(1).click();
    await press(page, 'End');
    await page.keyboard.type('1\nlimit: 1');
    const base = await registry().base();
    const text = 'variables:\n  region: northeurope\n  share: 2\nlocked: [region]\n';
    await registry().saveBase({ text, comment: '', base });
    await press(page, 'Control+s');
    await frame.getByRole('button', { name: 'Save', exact: true }).click();
    await frame.getByText('Someone else changed the same values').waitFor();
    await frame.getByRole('radio', { name: 'Theirs: northeurope' }).check();
    await frame.getByRole('button', { name: 'Use these values' }).click();
    await frame.getByRole('button', { name: 'Save', exact: true }).click();
    await frame.getByText(/Revision 3\b/).waitFor();
    const saved = (await registry().base())?.text ?? '';
    for (const line of ['  region: northeurope\n', '  share: 2\n', '  limit: 1\n'])
      assert.ok(saved.includes(line), saved);
  });
});
