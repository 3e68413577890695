import assert from 'node:assert/strict';
import { lineBreakOf, withLineBreaks } from '../../hub/file/lineBreaks';
import { sizeProblems, variableTextProblems } from '../../hub/file/textProblems';
import { sharedVariables } from '../../hub/variables/checkModel';
import { defaultSettings } from '../../shared/variables/registry/settings';
import { registryOf, saveText } from './modelStage';
import { builtFrom } from './support/builtHub';
import { focused, press, tabTo, useHub, type OpenHub } from './support/browser';

const text = 'variables:\r\n  modelName: churn # ours\r\n  training: {epochs: 3}\r\n';
const shared = sharedVariables({
  base: undefined,
  schema: undefined,
  settings: { settings: defaultSettings },
});

describe('The text of a model', () => {
  it('keeps its line breaks in the editor', () => {
    assert.equal(lineBreakOf('a\r\nb\r\n'), '\r\n');
    for (const mixed of ['a\r\nb\n', '\na\r\n', 'a\rb\r\n', 'a', '']) assert.equal(lineBreakOf(mixed), '\n', mixed);
    assert.equal(withLineBreaks('a\nb\r\nc\rd', '\r\n'), 'a\r\nb\r\nc\r\nd');
  });

  it('has its problems at their lines, and those of the base variables with their source', () => {
    const problems = variableTextProblems('churn', 'variables:\n  modelVersion: 1\n', 'hub r1', shared);
    assert.deepEqual(
      problems.filter(({ severity }) => severity === 'error').map(({ line, message }) => [line, message]),
      [[2, 'modelVersion must be text, not a number: put it in quotes.']],
    );
  });

  it('is refused above 64 KB by the words of the reader', () => {
    assert.deepEqual(sizeProblems('churn', `variables:\n  a: ${'ä'.repeat(30_000)}`), []);
    assert.deepEqual(
      sizeProblems('churn', `variables:\n  a: ${'ä'.repeat(40_000)}`).map(({ message }) => message),
      ['churn: is longer than 65536 bytes.'],
    );
  });

  it('has an editor that the first page does not load', async function () {
    this.timeout(60_000);
    const metafile = await builtFrom();
    const outputs = Object.entries(metafile.outputs);
    const entry = outputs.find(([name]) => name.endsWith('models.js'));
    const loaded = new Set<string>();
    const visit = (name: string) => {
      if (loaded.has(name)) return;
      loaded.add(name);
      for (const each of metafile.outputs[name]?.imports ?? []) if (each.kind === 'import-statement') visit(each.path);
    };
    visit(entry?.[0] ?? '');
    const inputsOf = (name: string) => Object.keys(metafile.outputs[name]?.inputs ?? {});
    const isEditor = (input: string) => /node_modules\/@(codemirror|lezer)\//.test(input);
    assert.deepEqual([...loaded].flatMap(inputsOf).filter(isEditor), []);
    assert.ok(outputs.flatMap(([name]) => inputsOf(name)).some(isEditor));
  });
});

describe('The File tab', function () {
  this.timeout(60_000);
  const { openHub, organization } = useHub({
    fill: async (filled) => {
      const registry = registryOf(filled);
      await saveText(registry, 'churn', text, 'First');
      const { kind } = await registry.save({
        id: 'old',
        text: 'variables:\n  modelName: old\n',
        comment: '',
        base: undefined,
        status: 'archived',
      });
      assert.equal(kind, 'saved');
    },
  });
  const openFile = async (options: Parameters<typeof openHub>[0] = {}): Promise<OpenHub> => {
    const hub = await openHub({ hash: 'model=churn&tab=file', ...options });
    await hub.frame.locator('.cm-content').waitFor();
    return hub;
  };

  it('is left, reviewed and saved by the keyboard alone, and keeps every other byte', async () => {
    const { page, frame } = await openFile();
    await tabTo(page, frame, /^textbox Variable file of churn/);
    await press(page, 'Control+End', 'ArrowUp', 'End');
    await page.keyboard.type(' # 3 are enough');
    await press(page, 'Tab', 'Shift+Tab', 'Escape', 'Tab');
    assert.doesNotMatch(await focused(frame), /^textbox Variable file/);
    await press(page, 'Shift+Tab', 'Control+s');
    await frame.getByRole('button', { name: 'Save', exact: true }).waitFor();
    await tabTo(page, frame, /^button Save$/);
    await press(page, 'Enter');
    await frame
      .getByText(/Revision 2\b/)
      .first()
      .waitFor();
    const saved = await registryOf(organization()).model('churn');
    assert.equal(saved?.text, text.replace('3}', '3} # 3 are enough'));
  });

  it('shows problems in the gutter and in a list that leads to them, and shares its edits with the other tabs', async () => {
    const { page, frame } = await openFile();
    await frame.locator('.cm-line').nth(1).click();
    await press(page, 'End');
    await page.keyboard.type('\nmodelVersion: 7');
    const problem = frame.getByRole('button', { name: /Line 3/ });
    await problem.waitFor();
    assert.equal(await frame.locator('.cm-lint-marker-error').count(), 1);
    await problem.focus();
    await press(page, 'Enter');
    assert.match(await focused(frame), /^textbox Variable file of churn/);
    await frame.getByRole('tab', { name: 'History' }).click();
    await frame.getByRole('tab', { name: 'File' }).click();
    await frame.getByText('modelVersion').first().waitFor();
    await page.reload();
    const reloaded = page.frameLocator('iframe');
    await reloaded.getByText('modelVersion').first().waitFor();
  });

  it('shows markup as text, and does not insert what is beyond the limit of the reader', async () => {
    const { page, frame, toasts } = await openFile();
    await frame.locator('.cm-content').click();
    await page.keyboard.insertText('<img src=x onerror=alert(1)>');
    await frame.getByText('<img src=x').first().waitFor();
    assert.equal(await frame.locator('img').count(), 0);
    await page.keyboard.insertText('x'.repeat(263_000));
    await frame.waitForFunction(() => (document.querySelector('.cm-content')?.textContent ?? '').length < 10_000);
    assert.match((await toasts()).at(-1)?.message ?? '', /is longer than 262144 characters/);
  });

  it('is read-only for an archived model', async () => {
    const { page, frame } = await openFile({ hash: 'model=old&tab=file' });
    assert.equal(await frame.locator('.cm-content').getAttribute('aria-readonly'), 'true');
    await frame.locator('.cm-content').click();
    await page.keyboard.type('x');
    assert.match((await frame.locator('.cm-content').textContent()) ?? '', /^variables: {2}modelName: old$/);
  });
});
