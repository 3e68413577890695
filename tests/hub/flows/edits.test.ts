import assert from 'node:assert/strict';
import { registryOf, saveText } from '../modelStage';
import { typeInto } from '../saves/reviewOnScreen';
import { focusedAtLast, press, useHub, type OpenHub } from '../support/browser';

const environments = Array.from({ length: 12 }, (_, index) => `env${index + 1}`);
const text = [
  'variables:',
  '  modelName: wide',
  '  epochs: 300',
  '  note: hello',
  'environments:',
  ...environments.flatMap((name, index) => [`  ${name}:`, `    epochs: ${index}`]),
  '',
].join('\n');

describe('Edits in the grid', function () {
  this.timeout(120_000);
  const { openHub, organization } = useHub({
    fill: (filled) => saveText(registryOf(filled), 'wide', text),
  });
  const openWide = async (): Promise<OpenHub> => {
    const hub = await openHub({ hash: 'model=wide' });
    await hub.frame.getByRole('grid').waitFor();
    return hub;
  };
  const cell = ({ frame }: OpenHub, place: string) => frame.locator(`[data-cell="${place}"]`);
  const button = ({ frame }: OpenHub, name: string) => frame.getByRole('button', { name, exact: true });
  const details = ({ frame }: OpenHub) => frame.locator('#variables-details').innerText();
  const hasFocus = async ({ frame }: OpenHub, wanted: RegExp) => {
    assert.match(await focusedAtLast(frame, wanted), wanted);
  };

  it('leave the focus beside what they take away', async () => {
    const hub = await openWide();
    const { page, frame } = hub;
    await typeInto(hub, 'note', 1, 'typed');
    await button(hub, 'Discard').focus();
    await press(page, 'Enter');
    await frame.getByRole('dialog').getByRole('button', { name: 'Discard' }).focus();
    await press(page, 'Enter');
    await hasFocus(hub, /^gridcell /);
    await button(hub, 'Add variable').focus();
    await press(page, 'Enter');
    await frame.getByRole('textbox', { name: 'Name' }).fill('added');
    await frame.getByRole('textbox', { name: 'Value' }).fill('5');
    await button(hub, 'Apply').click();
    await cell(hub, 'added/1').focus();
    await press(page, 'Delete');
    await cell(hub, 'added/1').waitFor({ state: 'detached' });
    await hasFocus(hub, /^gridcell hello/);
    await typeInto(hub, 'note', 1, 'saved');
    await button(hub, 'Review and save').focus();
    await press(page, 'Enter');
    await button(hub, 'Save').focus();
    await press(page, 'Enter');
    await frame.getByText(/Revision 2\b/).waitFor();
    await hasFocus(hub, /^gridcell /);
    await button(hub, 'Back to all models').focus();
    await press(page, 'Enter');
    await hasFocus(hub, /^heading Models/);
  });

  it('are applied where the person leaves with the Back button of the browser', async () => {
    const hub = await openHub();
    await hub.frame.getByRole('link', { name: 'wide' }).click();
    await cell(hub, 'note/1').click();
    await hub.page.keyboard.type('typed');
    await hub.page.goBack();
    await hub.frame.getByRole('link', { name: 'wide' }).waitFor();
    await hub.page.goForward();
    await hub.frame.getByText('1 change', { exact: true }).last().waitFor();
    assert.equal(await cell(hub, 'note/1').innerText(), 'typed');
  });

  it('that cannot be applied wait for their row, while the filter keeps the focus and the menus open', async () => {
    const hub = await openWide();
    const { page, frame } = hub;
    await cell(hub, 'epochs/1').click();
    await page.keyboard.type('{a: 1}');
    await press(page, 'Enter');
    const filter = frame.getByRole('textbox', { name: 'Filter variables' });
    await filter.click();
    await page.keyboard.type('not');
    await cell(hub, 'epochs/1').waitFor({ state: 'detached' });
    await press(page, 'Backspace', 'Backspace', 'Backspace');
    await cell(hub, 'epochs/1').getByRole('alert').waitFor();
    assert.equal(await cell(hub, 'epochs/1').getByRole('textbox').inputValue(), '{a: 1}');
    await hasFocus(hub, /^input Filter variables/);
    await page.keyboard.type('not');
    await cell(hub, 'epochs/1').waitFor({ state: 'detached' });
    await cell(hub, 'note/1').click({ button: 'right' });
    await frame.getByRole('menu').waitFor();
  });

  it('that are empty remove a value in the panel as in the cell, and are refused for a new variable', async () => {
    const hub = await openWide();
    const { frame } = hub;
    await cell(hub, 'epochs/2').click({ button: 'right' });
    await frame.getByRole('menuitem', { name: 'Edit in a panel' }).click();
    await frame.getByRole('textbox', { name: 'Value' }).fill('');
    await button(hub, 'Apply').click();
    await frame.getByText('1 change', { exact: true }).last().waitFor();
    assert.equal(await cell(hub, 'epochs/2').innerText(), '300');
    await button(hub, 'Add variable').click();
    await frame.getByRole('textbox', { name: 'Name' }).fill('added');
    await button(hub, 'Apply').click();
    await frame.getByText("Enter a value: '' is an empty text").waitFor();
  });

  it('show in a conflict what the value was before, as the grid does', async () => {
    const registry = registryOf(organization());
    await saveText(registry, 'unset', 'variables:\n  a: null\n');
    const hub = await openHub({ hash: 'model=unset' });
    await typeInto(hub, 'a', 1, '1');
    await saveText(registry, 'unset', 'variables:\n  a: 2\n');
    await button(hub, 'Review and save').click();
    await hub.frame.getByRole('dialog').getByText('Before: unset').waitFor();
  });

  it('keep pasted lines apart, in the panel', async () => {
    const hub = await openWide();
    const { page, frame } = hub;
    await cell(hub, 'note/1').click();
    await cell(hub, 'note/1').getByRole('textbox').press('End');
    await cell(hub, 'note/1')
      .getByRole('textbox')
      .evaluate((field) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', ' one\r\ntwo\r\n');
        field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      });
    const value = frame.getByRole('dialog').getByRole('textbox', { name: 'Value' });
    await value.waitFor();
    assert.equal(await value.inputValue(), 'hello one\ntwo');
    await button(hub, 'Apply').click();
    await frame.getByText('1 change', { exact: true }).last().waitFor();
    await hasFocus(hub, /^gridcell hello one two/);
    await press(page, 'Control+s');
    await frame.getByRole('dialog').getByRole('table').getByText('hello one\ntwo').waitFor();
  });

  it('are copied from a cell into another, and stay in the field where they cannot be applied', async () => {
    const hub = await openWide();
    const { page, frame } = hub;
    await cell(hub, 'note/1').focus();
    await press(page, 'Control+c');
    await cell(hub, 'note/3').focus();
    await press(page, 'Control+v');
    await frame.getByText('1 change', { exact: true }).last().waitFor();
    await hasFocus(hub, /^gridcell hello/);
    assert.match((await cell(hub, 'note/3').getAttribute('class')) ?? '', /vg-own vg-changed/);
    await cell(hub, 'note/0').focus();
    await press(page, 'Control+c');
    await press(page, 'Control+v');
    await cell(hub, 'note/2').focus();
    await press(page, 'Control+v');
    await cell(hub, 'note/2').getByText('note').waitFor();
    await frame.getByText('2 changes', { exact: true }).last().waitFor();
    await cell(hub, 'note/2').evaluate((element) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', '{a: 1}\n');
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    });
    await frame.getByRole('alert').getByText('A map cannot be entered here').waitFor();
    await hasFocus(hub, /^input note, env1/);
  });

  it('are named by whole words in the review of a narrow window', async () => {
    const hub = await openHub({ hash: 'model=wide', size: { width: 320, height: 640 } });
    await typeInto(hub, 'note', 1, 'typed');
    await button(hub, 'Review and save').click();
    const place = hub.frame.getByRole('dialog').getByText('All environments', { exact: true });
    const box = await place.boundingBox();
    assert.ok(box && box.height < 40, `The name of the environment is ${box?.height ?? 0} pixels high.`);
  });

  it('are named as their own source until they are saved', async () => {
    const hub = await openWide();
    await typeInto(hub, 'note', 1, 'typed');
    await cell(hub, 'note/1').focus();
    assert.match(await details(hub), /set in your edits\./);
    await cell(hub, 'note/2').focus();
    assert.match(await details(hub), /inherits typed from your edits\./);
  });

  it('are reviewed by Ctrl+S, that of the cell that is being edited too', async () => {
    const hub = await openWide();
    const { page, frame } = hub;
    await cell(hub, 'note/1').click();
    await page.keyboard.type('typed');
    await press(page, 'Control+s');
    const changes = frame.getByRole('dialog').getByRole('table', { name: 'Changed values' });
    await changes.getByText('typed').waitFor();
    await press(page, 'Escape');
    await changes.waitFor({ state: 'detached' });
    await hasFocus(hub, /^gridcell typed/);
    await cell(hub, 'epochs/1').click();
    await page.keyboard.type('{a: 1}');
    await press(page, 'Control+s');
    await frame.getByRole('alert').getByText('A map cannot be entered here').waitFor();
    assert.equal(await frame.getByRole('dialog').count(), 0);
  });

  it('stay in sight of the filter, which is in the hash, over a reload and another tab', async () => {
    const hub = await openHub({ hash: 'model=wide&env=env2' });
    await hub.frame.getByRole('textbox', { name: 'Filter variables' }).fill('not');
    await hub.hasHash('model=wide&env=env2&q=not');
    await hub.frame.getByRole('tab', { name: 'File' }).click();
    await hub.frame.locator('.cm-content').waitFor();
    await hub.hasHash('model=wide&tab=file&env=env2&q=not');
    await hub.frame.getByRole('tab', { name: 'Variables' }).click();
    await cell(hub, 'note/1').waitFor();
    assert.equal(await hub.frame.locator('[role="rowheader"]').count(), 1);
    await hub.page.reload();
    const frame = hub.page.frameLocator('iframe');
    await frame.getByRole('rowheader', { name: 'note' }).waitFor();
    assert.equal(await frame.getByRole('textbox', { name: 'Filter variables' }).inputValue(), 'not');
  });

  it('begin in a cell that is in sight, whatever stays over the grid', async () => {
    const hub = await openWide();
    await cell(hub, 'epochs/1').focus();
    await press(hub.page, 'End');
    const hidden: string[] = [];
    for (let column = 14; column >= 1; column -= 1) {
      const place = `epochs/${column}`;
      const [at, name] = await Promise.all([cell(hub, place).boundingBox(), cell(hub, 'epochs/0').boundingBox()]);
      if (at && name && at.x < name.x + name.width - 1)
        hidden.push(`${place} at ${at.x}, the names end at ${name.x + name.width}`);
      await press(hub.page, 'ArrowLeft');
    }
    assert.deepEqual(hidden, []);
    assert.match(await details(hub), /Select a value to edit it\. Shift\+F10 opens the menu\.$/);
    assert.equal((await registryOf(organization()).model('wide'))?.rev, 1);
  });

  it('move the focus to cells that neither the line below the grid nor the bar covers', async () => {
    const hub = await openHub({ hash: 'model=wide', size: { width: 683, height: 420 } });
    await typeInto(hub, 'modelName', 1, 'typed');
    await cell(hub, 'modelName/1').focus();
    for (const name of ['epochs', 'note']) {
      await press(hub.page, 'ArrowDown');
      const box = await cell(hub, `${name}/1`).boundingBox();
      const lines = await hub.frame.locator('#variables-details').boundingBox();
      assert.ok(
        box && lines && box.y + box.height <= lines.y + 1,
        `${name} ends at ${(box?.y ?? 0) + (box?.height ?? 0)}`,
      );
    }
  });

  it('have a place for the keyboard in a window that becomes narrow, and a margin', async () => {
    const hub = await openWide();
    await typeInto(hub, 'epochs', 5, '70');
    await cell(hub, 'epochs/5').focus();
    await hub.page.setViewportSize({ width: 320, height: 640 });
    await button(hub, 'Column: All environments').waitFor();
    assert.equal(await hub.frame.locator('[data-cell][tabindex="0"]').count(), 1);
    const lines = await hub.frame.locator('#variables-details').boundingBox();
    assert.ok((lines?.x ?? 0) >= 12, `The lines below the grid begin at ${lines?.x ?? 0}.`);
  });
});
