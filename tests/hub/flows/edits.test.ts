import assert from 'node:assert/strict';
import { registryOf, saveText } from '../modelStage';
import { typeInto } from '../saves/reviewOnScreen';
import { focused, press, useHub, type OpenHub } from '../support/browser';

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
    let at = '';
    for (let attempt = 0; attempt < 40 && !wanted.test(at); attempt += 1) {
      await frame.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
      at = await focused(frame);
    }
    assert.match(at, wanted);
  };

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

  it('show in a conflict what the value was before, in the words of the grid', async () => {
    const registry = registryOf(organization());
    await saveText(registry, 'unset', 'variables:\n  a: null\n');
    const hub = await openHub({ hash: 'model=unset' });
    await typeInto(hub, 'a', 1, '1');
    await saveText(registry, 'unset', 'variables:\n  a: 2\n');
    await button(hub, 'Review and save').click();
    await hub.frame.getByRole('dialog').getByText('Before: unset').waitFor();
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
});
