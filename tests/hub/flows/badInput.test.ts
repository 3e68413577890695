import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { registryOf, saveText } from '../modelStage';
import { saveOnScreen } from '../saves/reviewOnScreen';
import { fillProject } from '../screens/filledProject';
import { press, useHub, type OpenHub } from '../support/browser';

/** What a person can type or paste by mistake or on purpose, in one line. */
const texts: readonly string[] = [
  '<img src=x onerror="window.ran=1">',
  '"><script>window.ran=1</script>',
  'javascript:window.ran=1',
  '\u202Egnp.txt',
  'e\u0301\u{1F600}\u200B',
  'constructor',
  '__proto__',
  'null',
  '~',
  'no',
  '010',
  '1e999',
  '{{epochs}}',
  '$(epochs)',
  '{a: 1}',
  '[1, [2, [3]]]',
  '[1, 2',
  '&a *a',
  '!!js/function "x"',
  '- a',
  'a: b: c',
  '# only a comment',
  "'",
  '"',
  '%TAG',
  '\t',
  '   ',
  '\u0007',
  'x'.repeat(5000),
];
const short = (text: string) => JSON.stringify(text.slice(0, 40));

describe('Bad input', function () {
  this.timeout(120_000);
  const { openHub, organization } = useHub({ fill: fillProject });
  const registry = () => registryOf(organization());

  /** The page is alive, and nothing of the text became a part of it. */
  const assertIsText = async ({ frame }: OpenHub, where: string) => {
    const state = await frame.evaluate(() => ({
      elements: document.querySelectorAll('img, body script, [onerror]').length,
      ran: 'ran' in window,
      isPolluted: 'polluted' in {} || 'a' in {},
      title: document.querySelector('h1, [aria-level="1"]')?.textContent,
      hasFailed: document.body.textContent.includes('An error occurred in this page'),
    }));
    assert.deepEqual(
      { ...state, title: undefined },
      { elements: 0, ran: false, isPolluted: false, title: undefined, hasFailed: false },
      where,
    );
    assert.ok(state.title, where);
  };

  it('in a cell is applied as it was typed, or refused with a sentence and kept in the field', async () => {
    const hub = await openHub({ hash: 'model=churn' });
    const cell = hub.frame.locator('[data-cell="packages/1"]');
    let refused = 0;
    for (const text of texts) {
      await cell.focus();
      await press(hub.page, 'F2');
      const field = cell.getByRole('textbox');
      await field.fill(text);
      await press(hub.page, 'Enter');
      const sentence = cell.getByRole('alert');
      await sentence.or(cell.locator('.vg-value')).first().waitFor({ state: 'attached' });
      if ((await sentence.count()) > 0) {
        refused += 1;
        assert.match(await sentence.innerText(), /\.$/, short(text));
        assert.equal(await field.inputValue(), text);
        await press(hub.page, 'Escape');
      } else {
        const shown = await cell.locator('.vg-value').textContent();
        const words = ['unset', 'map', ''];
        const isShown = shown?.replaceAll(/['"\\]/g, '').includes(
          text
            .trim()
            .replaceAll(/['"\\]/g, '')
            .slice(0, 20),
        );
        assert.ok(isShown === true || words.includes(shown ?? ''), `${short(text)} is shown as ${short(shown ?? '')}`);
      }
      await assertIsText(hub, short(text));
    }
    assert.ok(refused > 0 && refused < texts.length, `${refused} were refused`);
    // What was applied before the last one that was refused is not lost, and what was not touched is as it was.
    await hub.page.reload();
    await hub.page.frameLocator('iframe').locator('.change-bar').waitFor();
  });

  it('in the name and the value of a new variable is refused at its field, and kept', async () => {
    const hub = await openHub({ hash: 'model=churn' });
    await hub.frame.getByRole('button', { name: 'Add variable' }).click();
    const dialog = hub.frame.getByRole('dialog');
    const name = dialog.getByRole('textbox').first();
    const apply = dialog.getByRole('button', { name: 'Apply' });
    for (const text of texts.filter((each) => !/^(constructor|null|no|~)$/.test(each))) {
      await name.fill(text);
      await apply.click();
      await dialog.locator('.bolt-formitem-message-error').first().waitFor();
      assert.match((await dialog.locator('.bolt-formitem-message-error').first().textContent()) ?? '', /\.$/);
      assert.equal(await name.inputValue(), text);
      await assertIsText(hub, short(text));
    }
    await name.fill('constructor.toString');
    await dialog
      .getByRole('textbox')
      .last()
      .fill(texts[0] ?? '');
    await apply.click();
    await hub.frame.locator('[data-cell="constructor.toString/1"]').waitFor();
    await assertIsText(hub, 'constructor');
    await saveOnScreen(hub, { keepsOwn: () => true, onConflict: () => undefined });
    const saved = await registry().model('churn');
    assert.match(saved?.text ?? '', /\n {2}constructor:\n {4}toString: '?<img src=x/);
  });

  it('in the comment of a save is kept as it was typed, and shown as text in the history', async () => {
    const comment = `${texts[0] ?? ''}\n\u202Egnp ${texts[1] ?? ''}`;
    const hub = await openHub({ hash: 'model=churn' });
    await hub.frame.locator('[data-cell="seed/1"]').click();
    await hub.page.keyboard.type('8');
    await press(hub.page, 'Enter');
    await hub.frame.getByRole('button', { name: 'Review and save' }).click();
    await hub.frame.getByRole('dialog').getByRole('textbox').fill(comment);
    await hub.frame.getByRole('button', { name: 'Save', exact: true }).click();
    await hub.frame
      .getByText(/Revision 3\b/)
      .first()
      .waitFor();
    assert.equal((await registry().model('churn'))?.comment, comment);
    await hub.goto('model=churn&tab=history&rev=3');
    await hub.frame.getByText('<img src=x').first().waitFor();
    await assertIsText(hub, 'history');
  });

  it('in the text of a file shows its problems, and comes back after a reload', async () => {
    const hub = await openHub({ hash: 'model=churn&tab=file' });
    const editor = hub.frame.locator('.cm-content');
    const deep = 'a: '.repeat(120);
    for (const text of [...texts, deep, `variables:\n${' '.repeat(2)}a: &x [*x]\n`, 'variables: {__proto__: {a: 1}}']) {
      await editor.click();
      await press(hub.page, 'Control+a');
      await hub.page.keyboard.insertText(text);
      await hub.frame.locator('.change-bar').waitFor();
      await assertIsText(hub, short(text));
    }
    await hub.frame.getByRole('tab', { name: 'Variables' }).click();
    await hub.frame.getByRole('tab', { name: 'File' }).click();
    await hub.frame.getByText('__proto__').first().waitFor();
    await assertIsText(hub, '__proto__');
    await hub.page.reload();
    await hub.page.frameLocator('iframe').getByText('__proto__').first().waitFor();
  });

  const places: readonly {
    readonly where: string;
    readonly hash: string;
    readonly field: (hub: OpenHub) => Locator;
    readonly after?: (hub: OpenHub) => Promise<void>;
  }[] = [
    { where: 'the filter of the models', hash: '', field: ({ frame }) => frame.getByRole('textbox').first() },
    {
      where: 'the filter of the variables',
      hash: 'model=churn',
      field: ({ frame }) => frame.getByRole('textbox').first(),
    },
    {
      where: 'the name of an environment in the settings',
      hash: 'view=settings',
      field: ({ frame }) => frame.getByRole('textbox').first(),
      after: ({ page }) => press(page, 'Enter'),
    },
    { where: 'the YAML of a new model', hash: 'view=new&from=text', field: ({ frame }) => frame.locator('textarea') },
    { where: 'the table of a new model', hash: 'view=new&from=table', field: ({ frame }) => frame.locator('textarea') },
    {
      where: 'a parameter of the onboarding pipeline',
      hash: 'view=new&from=template',
      field: ({ frame }) => frame.getByLabel('Model name'),
    },
    {
      where: 'the comment of a pull request',
      hash: 'model=churn&tab=repository',
      field: ({ frame }) => frame.getByRole('dialog').getByRole('textbox'),
    },
  ];
  for (const { where, hash, field, after } of places)
    it(`in ${where} is text, and stays in the field`, async () => {
      const hub = await openHub({ hash });
      if (where.includes('pull request')) await hub.frame.getByRole('button', { name: 'Open pull request' }).click();
      for (const text of texts) {
        const input = field(hub);
        await input.fill(text);
        const typed = await input.inputValue();
        // A name has no space around it, and a field of one line has no control characters.
        assert.ok(typed === text || typed.trim() === text.trim(), short(text));
        await after?.(hub);
        await assertIsText(hub, `${where}: ${short(text)}`);
      }
    });

  it('in a link is not found, and said so', async () => {
    const hub = await openHub();
    for (const text of texts.slice(0, 8)) {
      const name = encodeURIComponent(text.slice(0, 1000));
      for (const hash of [
        `model=${name}`,
        `model=churn&tab=${name}&env=${name}`,
        `model=churn&tab=history&rev=${name}&against=${name}`,
        `view=compare&left=${name}&leftEnv=${name}&right=churn&rightEnv=${name}`,
        `view=settings&part=${name}`,
        `view=new&from=${name}`,
        `q=${name}&state=${name}&env=${name}&sort=${name}`,
      ]) {
        await hub.goto(hash);
        await hub.page.waitForFunction((wanted) => window.host?.hash() === wanted || window.host?.hash() !== '', hash);
        await hub.frame.getByRole('heading', { level: 1 }).waitFor();
        await assertIsText(hub, hash.slice(0, 80));
      }
    }
  });

  it('in what a model has already is shown as text on each of its tabs', async () => {
    await saveText(
      registry(),
      'hostile',
      `variables:\n${texts
        .filter((text) => !['\u0007', '\t'].includes(text))
        .map((text, index) => `  v${index}: ${JSON.stringify(text)}`)
        .join('\n')}\n`.replaceAll('$(', '$ ('),
      texts[0],
    );
    const hub = await openHub({ hash: 'model=hostile' });
    for (const tab of ['variables', 'file', 'history', 'history&rev=1']) {
      await hub.goto(`model=hostile&tab=${tab}`);
      await hub.frame.getByText('<img src=x').first().waitFor();
      await assertIsText(hub, tab);
    }
  });
});
