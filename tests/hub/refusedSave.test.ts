import assert from 'node:assert/strict';
import { registryOf, saveText } from './modelStage';
import { axe, press, useHub, type OpenHub } from './support/browser';

const text = "variables:\n  modelName: churn\n  modelVersion: '1'\n  seed: 1\n";

describe('A save that Azure DevOps refuses', function () {
  this.timeout(90_000);
  const { openHub, organization } = useHub({
    fill: async (filled) => {
      const registry = registryOf(filled);
      for (const id of ['churn', 'other']) await saveText(registry, id, text);
      await registry.saveBase({ text: 'variables:\n  region: west\n', comment: '', base: undefined });
    },
  });
  const refuse = ({ failNext }: OpenHub, method: string) =>
    failNext(method, { message: 'TF400813: not authorized', status: 403 });
  const banner = 'This page is read-only, because Azure DevOps refused to save';
  const save = { name: 'Save', exact: true } as const;

  it('makes the page read-only with the reason, and keeps what was typed until it can be saved', async () => {
    const hub = await openHub({ hash: 'model=churn' });
    const { page, frame } = hub;
    await frame.getByRole('gridcell', { name: '1', exact: true }).first().dblclick();
    await press(page, 'Control+a');
    await page.keyboard.type('42');
    await press(page, 'Enter');
    await frame.getByRole('button', { name: 'Review and save' }).click();
    await refuse(hub, 'createDocument');
    await frame.getByRole('button', save).click();
    await frame.getByText('You do not have permission to do this.').waitFor();
    assert.equal(await frame.getByRole('button', save).isDisabled(), true);
    await press(page, 'Escape');
    await frame.getByText(banner).first().waitFor();
    await frame.getByText('TF400813: not authorized').first().waitFor();
    await frame.getByRole('button', { name: 'Copy the text' }).waitFor();
    assert.equal(await frame.getByRole('button', { name: 'Review and save' }).isDisabled(), true);
    assert.equal(await frame.getByRole('button', { name: 'Add variable' }).isDisabled(), true);
    assert.deepEqual(await axe(frame), []);

    await hub.goto('model=other');
    await frame.getByText(banner).first().waitFor();
    assert.equal(await frame.getByRole('button', { name: 'Add variable' }).isDisabled(), true);
    await hub.goto('model=churn');
    await frame.getByRole('button', { name: 'Edit again' }).click();
    await frame.getByRole('button', { name: 'Review and save' }).click();
    await frame.getByRole('button', save).click();
    await frame
      .getByText(/Revision 2\b/)
      .first()
      .waitFor();
    assert.match((await registryOf(organization()).model('churn'))?.text ?? '', /: 42\n/);
  });

  it('of a new model keeps the text in its field', async () => {
    const hub = await openHub({ hash: 'view=new&from=text' });
    const { frame } = hub;
    const field = frame.getByLabel('Variables in YAML or JSON');
    await field.fill(text.replace('churn', 'fresh'));
    await refuse(hub, 'createDocument');
    await frame.getByRole('button', { name: 'Create model' }).click();
    await frame.getByText(banner).first().waitFor();
    assert.equal(await field.inputValue(), text.replace('churn', 'fresh'));
    assert.equal(await frame.getByRole('button', { name: 'Create model' }).isDisabled(), true);
    assert.deepEqual(await axe(frame), []);
  });

  it('of the settings keeps what was chosen', async () => {
    const hub = await openHub({ hash: 'view=settings' });
    const { frame } = hub;
    const box = frame.getByRole('checkbox', { name: 'Refuse to save names and values that look like secrets' });
    await box.click();
    await refuse(hub, 'createDocument');
    await frame.getByRole('button', save).click();
    await frame.getByText(banner).first().waitFor();
    assert.equal(await box.getAttribute('aria-checked'), 'false');
    assert.equal(await frame.getByRole('button', save).isDisabled(), true);
  });

  it('of an archived model says so on the page', async () => {
    const hub = await openHub({ hash: 'model=churn' });
    const { frame } = hub;
    await frame.getByRole('button', { name: 'More actions' }).click();
    await frame.getByRole('menuitem', { name: 'Archive' }).click();
    await refuse(hub, 'createDocument');
    await frame.getByRole('button', { name: 'Archive' }).click();
    await frame.getByText(banner).first().waitFor();
    assert.equal((await registryOf(organization()).model('churn'))?.status, 'active');
  });
});
