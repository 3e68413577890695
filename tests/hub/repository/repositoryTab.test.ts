import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { registryOf } from '../modelStage';
import { axe, press, tabTo, useHub } from '../support/browser';
import { changedLines, commitFiles, storedRepository } from './fixture';

const path = '/churn/model_variables.yml';
const text = (epochs: number, seed = 7) =>
  `variables:\n  modelName: churn\n  modelVersion: '1'\n  packages: requirements.txt\n  # Rounds\n  epochs: ${epochs}\n  seed: ${seed}\n`;
/** The file has other line ends than the hub. */
const file = (epochs: number, seed = 7) => text(epochs, seed).replaceAll('\n', '\r\n');

describe('The tab Repository', function () {
  this.timeout(120_000);
  const { openHub, organization } = useHub();
  const registry = () => registryOf(organization());
  const save = async (of: string, isLinked = true) => {
    const result = await registry().save({
      ...{ id: 'churn', text: of, comment: 'Change', base: await registry().model('churn') },
      ...(isLinked && { repository: { id: storedRepository(organization()).id, path, branch: 'main' } }),
    });
    assert.equal(result.kind, 'saved');
  };
  const open = (options: Parameters<typeof openHub>[0] = {}) =>
    openHub({ hash: 'model=churn&tab=repository', ...options });
  const says = (frame: Frame, sentence: string | RegExp) => frame.getByText(sentence).first().waitFor();
  const button = (frame: Frame, name: string) => frame.getByRole('button', { name, exact: true });

  it('links a model to a file', async () => {
    await commitFiles(organization(), { [path]: file(300) });
    await save(text(300), false);
    const { frame } = await open();
    await button(frame, 'Select a file').click();
    await button(frame, 'Link the file').click();
    await says(frame, 'The text does not change, only the link to the repository.');
    await button(frame, 'Save').click();
    await says(frame, 'The hub and the file have the same values.');
    assert.equal((await registry().model('churn'))?.repository?.path, path);
  });

  it('opens a pull request with the keyboard alone, and finds it again', async () => {
    await save(text(300));
    await commitFiles(organization(), { [path]: file(300) });
    await save(text(350));
    const { frame, page, toasts } = await open();
    await says(frame, 'The hub has newer values than the file.');
    await says(frame, /revision 1 and commit [0-9a-f]{8}/);
    for (const pass of [1, 2]) {
      await tabTo(page, frame, /^button Open pull request/);
      await press(page, 'Enter');
      await tabTo(page, frame, /^textarea/);
      await page.keyboard.insertText('More rounds');
      await tabTo(page, frame, /^button Open pull request/);
      await press(page, 'Enter');
      await frame.getByRole('link', { name: '1: churn: More rounds' }).waitFor();
      await page.waitForFunction((count) => window.host?.toasts.length === count, pass);
    }
    assert.deepEqual(
      (await toasts()).map(({ message }) => message),
      ['Pull request 1 was opened.', 'Pull request 1 with these values is open already.'],
    );
    assert.deepEqual(await changedLines(organization(), 'model-variables/churn-r2'), [
      '-  epochs: 300\r\n',
      '+  epochs: 350\r\n',
    ]);
  });

  it('takes newer values of the file through the review', async () => {
    await save(text(300));
    await commitFiles(organization(), { [path]: file(300) });
    await commitFiles(organization(), { [path]: file(400) });
    const { frame } = await open();
    await says(frame, 'The file has newer values than the hub.');
    await button(frame, 'Take from repository').click();
    await button(frame, 'Save').click();
    await says(frame, 'The hub and the file have the same values.');
    const saved = await registry().model('churn');
    assert.equal(saved?.text, file(400));
    assert.match(saved.comment, /^Take the values of \/churn\/model_variables\.yml, commit [0-9a-f]{8}$/);
  });

  it('lets people choose where both sides changed a name, and merges the rest', async () => {
    await save(text(300));
    await commitFiles(organization(), { [path]: file(300) });
    await save(text(350, 8));
    await commitFiles(organization(), { [path]: file(400) });
    const { frame } = await open();
    await says(frame, 'The hub and the file have both been changed.');
    await button(frame, 'Take from repository').click();
    const epochs = frame.getByRole('group', { name: 'epochs' });
    assert.equal(await epochs.getByRole('radio', { name: /File/ }).isChecked(), true);
    await epochs.getByRole('radio', { name: /Hub/ }).check();
    assert.deepEqual(await axe(frame), []);
    await button(frame, 'Review').click();
    await button(frame, 'Save').click();
    await says(frame, 'The hub has newer values than the file.');
    assert.equal((await registry().model('churn'))?.text, file(350, 8));
  });

  it('says what it cannot read or do: absent, not a variable file, refused, unknown', async () => {
    await commitFiles(organization(), { '/README.md': '' });
    await save(text(300));
    const { frame } = await open();
    await says(frame, 'The branch main does not have this file.');
    await commitFiles(organization(), { [path]: '- <b>a</b>\n' });
    await button(frame, 'Refresh').click();
    await says(frame, 'The file is not a variable file.');
    const { frame: readers } = await open({ user: 'rosa@example.com' });
    await commitFiles(organization(), { [path]: file(300) });
    await save(text(350));
    await readers.goto(readers.url());
    const { frame: reader } = await open({ user: 'rosa@example.com' });
    await button(reader, 'Open pull request').click();
    await reader.getByRole('dialog').getByRole('button', { name: 'Open pull request' }).click();
    await says(reader, /You do not have the permission Contribute in the repository local\./);
    const unknown = { id: '00000000-0000-4000-8000-000000000000', path, branch: 'main' };
    await registry().save({
      id: 'churn',
      text: text(1),
      comment: '',
      base: await registry().model('churn'),
      repository: unknown,
    });
    const { frame: lost } = await open();
    await says(lost, /does not exist, or you do not have permission to read it\./);
    await button(lost, 'Change file').waitFor();
  });
});
