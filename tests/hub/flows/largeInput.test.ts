import assert from 'node:assert/strict';
import { registryOf, saveText } from '../modelStage';
import { saveOnScreen } from '../saves/reviewOnScreen';
import { useHub, type OpenHub } from '../support/browser';

const levels = 60;
/** Maps in maps, each on a line of its own. */
const deepText = (count: number): string => {
  const lines = Array.from({ length: count }, (_, level) => `${' '.repeat(2 + level)}m${level}:`);
  return `variables:\n${lines.join('\n')} 1\n`;
};
const deepName = Array.from({ length: levels }, (_, level) => `m${level}`).join('.');
const longValue = 'x y '.repeat(15_000).trim();
/** A variable of a pipeline can have 32,000 characters. */
const longestValue = longValue.slice(0, 31_999);

const says = ({ frame }: OpenHub, text: string | RegExp) => frame.getByText(text).first().waitFor();

describe('Very deep maps and very long texts', function () {
  this.timeout(180_000);
  const { openHub, organization } = useHub();
  const registry = () => registryOf(organization());

  const assertFits = async ({ frame }: OpenHub, where: string) => {
    const [content, shown, text] = await frame.evaluate(() => [
      document.documentElement.scrollWidth,
      innerWidth,
      document.body.innerText,
    ]);
    assert.equal(content, shown, `${where} is wider than the window`);
    assert.doesNotMatch(text, /An error occurred in this page/, where);
  };

  it('are shown on each tab of a model, and in a comparison, without scrolling to the side', async () => {
    await saveText(registry(), 'deep', deepText(levels));
    await saveText(registry(), 'long', `variables:\n  note: ${longValue}\n  ${'n'.repeat(500)}: 1\n`);
    const hub = await openHub({ hash: 'model=deep', size: { width: 320, height: 640 } });
    const cell = hub.frame.locator(`[data-cell="${deepName}/1"]`);
    await cell.waitFor();
    assert.equal((await cell.innerText()).trim(), '1');
    for (const [id, shown] of [
      ['deep', /m0/],
      ['long', /x y x y/],
    ] as const)
      for (const hash of [
        `model=${id}`,
        `model=${id}&tab=file`,
        `model=${id}&tab=history&rev=1`,
        `view=compare&left=${id}&right=${id === 'deep' ? 'long' : 'deep'}`,
      ]) {
        await hub.goto(hash);
        await says(hub, shown);
        await assertFits(hub, hash);
      }
  });

  it('that cannot be read are refused with a sentence, and stay in the field', async () => {
    const hub = await openHub({ hash: 'view=new&from=text' });
    const field = hub.frame.getByLabel('Variables in YAML or JSON');
    const create = hub.frame.getByRole('button', { name: 'Create model' });
    for (const text of [
      `variables: ${'{a: '.repeat(5000)}1${'}'.repeat(5000)}`,
      `variables: {a: ${'['.repeat(5000)}${']'.repeat(5000)}}`,
      `variables:\n  ${'? '.repeat(5000)}a`,
      `variables:\n  a: ${'&a '.repeat(2000)}1`,
      `variables:\n  modelName: a\n  note: ${'x'.repeat(66_000)}`,
    ]) {
      await field.fill(text);
      await hub.frame
        .getByText(/model_variables\.yml:\d+: .*\.|is longer than 64 KB/)
        .first()
        .waitFor();
      assert.equal(await create.isDisabled(), true, text.slice(0, 30));
      assert.equal(await field.inputValue(), text);
      await assertFits(hub, text.slice(0, 30));
    }
  });

  it('are typed, reviewed and saved without a loss', async () => {
    await saveText(registry(), 'churn', 'variables:\n  note: short # kept\n');
    const hub = await openHub({ hash: 'model=churn' });
    await hub.frame.getByRole('button', { name: 'Add variable' }).click();
    const dialog = hub.frame.getByRole('dialog');
    await dialog.getByRole('textbox').first().fill(deepName);
    await dialog.getByRole('textbox').last().fill(longestValue);
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await hub.frame.locator(`[data-cell="${deepName}/1"]`).waitFor();
    await saveOnScreen(hub, { keepsOwn: () => true, onConflict: () => undefined });
    const saved = (await registry().model('churn'))?.text ?? '';
    assert.ok(saved.startsWith('variables:\n  note: short # kept\n'));
    assert.ok(saved.includes(`m${levels - 1}: ${longestValue}\n`));
  });

  it('keep a save from going on while the comment is too long, and the comment stays', async () => {
    await saveText(registry(), 'churn', 'variables:\n  seed: 1\n');
    const hub = await openHub({ hash: 'model=churn' });
    await hub.frame.locator('[data-cell="seed/1"]').click();
    await hub.page.keyboard.type('2');
    await hub.page.keyboard.press('Enter');
    await hub.frame.getByRole('button', { name: 'Review and save' }).click();
    const comment = hub.frame.getByRole('dialog').getByRole('textbox');
    await comment.fill('c'.repeat(2001));
    await hub.frame.getByRole('button', { name: 'Save', exact: true }).click();
    await says(hub, /comment is longer than 2000 characters/i);
    assert.equal((await comment.inputValue()).length, 2001);
    await comment.fill('c'.repeat(2000));
    await hub.frame.getByRole('button', { name: 'Save', exact: true }).click();
    await says(hub, /Revision 2\b/);
    assert.equal((await registry().model('churn'))?.comment, 'c'.repeat(2000));
  });
});
