import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { InjectedFailure, TestHandles } from '../../../sandbox/devops/host/page/testHandles';
import { axe, press, tabTo, useHub, type OpenHub } from '../support/browser';
import { registryOf, saveText } from '../modelStage';

const churn = `# The variables of this model.
variables:
  modelName: churn
  modelVersion: '3'
  training:
    epochs: 300 # found by a sweep
    learningRate: 0.5
environments:
  dev:
    training:
      epochs: 10
  prod:
    training:
      learningRate: 0.05
`;
const base = 'variables:\n  region: westeurope\nlocked: [region]\n';

describe('the list and the variables of models in a browser', () => {
  const hub = useHub({
    fill: async (organization) => {
      const registry = registryOf(organization);
      await registry.saveBase({ text: base, comment: '', base: undefined });
      await saveText(registry, 'churn', churn, 'Start');
      await saveText(registry, 'forecast', churn.replace('epochs: 10', 'epochs: $(x)'));
    },
  });

  const cell = ({ frame }: OpenHub, name: string, column: number): Locator =>
    frame.locator(`[data-cell="${name}/${column}"]`);

  it('opens a model from the list by keyboard alone, and names it in the hash and the title', async () => {
    const open = await hub.openHub();
    await open.frame.getByRole('link', { name: 'churn' }).waitFor();
    await open.frame.getByText('1 problem').waitFor();
    await tabTo(open.page, open.frame, /^button New model/);
    await press(open.page, '/');
    await open.page.keyboard.type('chu');
    await open.frame.getByRole('link', { name: 'forecast' }).waitFor({ state: 'detached' });
    await open.hasHash('q=chu');
    await tabTo(open.page, open.frame, /^a churn$/);
    await press(open.page, 'Enter');
    await open.frame.getByRole('grid').waitFor();
    await open.hasHash('model=churn');
    await open.page.waitForFunction(() => window.host?.title().includes('churn - Variables'));
  });

  it('edits, reviews and saves by keyboard alone, and undoes it', async () => {
    const open = await hub.openHub({ hash: 'model=churn' });
    await cell(open, 'training.epochs', 2).focus();
    await press(open.page, 'F2');
    await open.page.keyboard.type('25');
    await press(open.page, 'Enter');
    await open.frame.getByText('1 change', { exact: true }).last().waitFor();
    await tabTo(open.page, open.frame, /^button Review and save/);
    await press(open.page, 'Enter');
    await open.frame.getByRole('table', { name: 'Changed values' }).getByRole('row').nth(1).waitFor();
    await tabTo(open.page, open.frame, /^button Save/);
    await press(open.page, 'Enter');
    await open.frame.getByText(/Version 3 · Revision 2\b/).waitFor();
    const saved = await registryOf(hub.organization()).model('churn');
    assert.equal(saved?.text, churn.replace('epochs: 10', 'epochs: 25'));
    const [toast] = (await open.toasts()).slice(-1);
    assert.deepEqual([toast?.message, toast?.callToAction], ['Saved revision 2', 'Undo']);
    await open.page.getByText('Undo').click();
    await open.frame.getByText(/Version 3 · Revision 3\b/).waitFor();
    assert.equal((await registryOf(hub.organization()).model('churn'))?.text, churn);
  });

  it('does not paste into a variable that is locked', async () => {
    const open = await hub.openHub({ hash: 'model=churn' });
    await cell(open, 'training.epochs', 1).focus();
    await press(open.page, 'Control+c');
    await cell(open, 'region', 1).focus();
    await press(open.page, 'Control+v');
    await cell(open, 'training.learningRate', 1).focus();
    await press(open.page, 'Control+v');
    await open.frame.getByText('1 change', { exact: true }).last().waitFor();
    assert.equal(await cell(open, 'region', 1).innerText(), 'westeurope');
  });

  it('keeps edits over another tab and a reload, and removes a value by Delete', async () => {
    const open = await hub.openHub({ hash: 'model=churn' });
    await cell(open, 'training.learningRate', 3).focus();
    await press(open.page, 'Delete');
    await open.frame.getByText('1 change', { exact: true }).last().waitFor();
    assert.match(await cell(open, 'training.learningRate', 3).innerText(), /0\.5/);
    await open.frame.getByRole('tab', { name: 'History' }).click();
    await open.frame.getByRole('tab', { name: 'Variables' }).click();
    await open.page.reload();
    const frame = open.page.frameLocator('iframe');
    await frame.getByText('1 change', { exact: true }).last().waitFor();
  });

  it('merges what someone else saved, and asks for the names that both changed', async () => {
    const open = await hub.openHub({ hash: 'model=churn' });
    await cell(open, 'training.epochs', 2).click();
    await open.page.keyboard.type('25');
    await press(open.page, 'Enter');
    const registry = registryOf(hub.organization());
    await saveText(registry, 'churn', churn.replace('epochs: 10', 'epochs: 20').replace('0.05', '0.01'));
    await open.frame.getByRole('button', { name: 'Review and save' }).click();
    const dialog = open.frame.getByRole('dialog');
    await dialog.getByText('Someone else changed the same values').waitFor();
    assert.deepEqual(await axe(open.frame), []);
    await press(open.page, 'Escape');
    await open.frame.getByText('1 change', { exact: true }).last().waitFor();
    assert.match(await cell(open, 'training.epochs', 2).innerText(), /25/);
    await open.frame.getByRole('button', { name: 'Review and save' }).click();
    await dialog.getByRole('button', { name: 'Use these values' }).click();
    await open.frame.getByRole('button', { name: 'Save', exact: true }).click();
    await open.frame.getByText(/Version 3 · Revision 3\b/).waitFor();
    const wanted = churn.replace('epochs: 10', 'epochs: 25').replace('0.05', '0.01');
    assert.equal((await registry.model('churn'))?.text, wanted);
  });

  it('refuses what the step would refuse, in the same words', async () => {
    const open = await hub.openHub({ hash: 'model=churn' });
    await cell(open, 'modelName', 1).focus();
    await press(open.page, 'F2');
    await open.page.keyboard.type('{a: 1}');
    await press(open.page, 'Enter');
    await open.frame.getByRole('alert').getByText('A map cannot be entered here').waitFor();
    await press(open.page, 'Escape');
    await press(open.page, 'F2');
    await open.page.keyboard.type('<script>alert(1)</script>');
    await press(open.page, 'Enter');
    await open.frame
      .getByText(/modelName must match the pattern/)
      .first()
      .waitFor();
    await open.frame.getByRole('button', { name: 'Review and save' }).click();
    const save = open.frame.getByRole('button', { name: 'Save', exact: true });
    await save.waitFor();
    assert.equal(await save.getAttribute('aria-disabled'), 'true');
    assert.equal((await registryOf(hub.organization()).model('churn'))?.rev, 1);
  });

  it('keeps the edits where a save fails, and says what to do', async () => {
    const open = await hub.openHub({ hash: 'model=churn' });
    await cell(open, 'training.epochs', 2).click();
    await open.page.keyboard.type('25');
    await press(open.page, 'Enter');
    await open.frame.getByRole('button', { name: 'Review and save' }).click();
    const save = open.frame.getByRole('button', { name: 'Save', exact: true });
    await save.waitFor();
    await open.failNext('createDocument', { message: 'No.', status: 403 });
    await save.click();
    await open.frame.getByText('You do not have permission to do this.').waitFor();
    await press(open.page, 'Escape');
    await open.frame.getByText('1 change', { exact: true }).last().waitFor();
  });

  const failures: readonly [what: string, failure: InjectedFailure, text: RegExp][] = [
    ['no permission', { message: 'No.', status: 403 }, /You do not have permission/],
    [
      'no extension',
      { message: '%error="1660004";%:Not installed.', status: 404 },
      /is not installed in this organization/,
    ],
    ['no answer', { message: 'Failed to fetch' }, /did not answer/],
  ];
  for (const [what, failure, text] of failures)
    it(`says what to do on ${what}, and tries again`, async () => {
      const open = await hub.openHub({ changesBrowser: true });
      await open.context.addInitScript(failAtStart, failure);
      await open.page.reload();
      const frame = open.page.frameLocator('iframe');
      await frame.getByText(text).waitFor();
      await frame.getByRole('button', { name: 'Try again' }).click();
      await frame.getByRole('link', { name: 'churn' }).waitFor();
    });
});

/** Runs in the page: the first reading of the models fails, however fast the extension is. */
function failAtStart(failure: InjectedFailure): void {
  Object.defineProperty(window, 'host', {
    configurable: true,
    set: (host: TestHandles) => {
      Object.defineProperty(window, 'host', { configurable: true, writable: true, value: host });
      host.failNext('getDocuments', failure);
    },
  });
}
