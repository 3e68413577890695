import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { Definitions } from '../../../sandbox/devops/build/definitions/definitions';
import { projectId } from '../../../sandbox/agent/variables/predefined';
import { sendToDevops } from '../../support/devops/fixture';
import { registryOf, saveText } from '../modelStage';
import { commitFiles } from '../repository/fixture';
import { press, tabTo, useHub } from '../support/browser';

const path = '/churn/model_variables.yml';
const churn =
  'variables:\r\n  modelName: Churn_EU # the name\r\n  modelVersion: "1"\r\n  packages: requirements.txt\r\n';
const onboarding = [
  'parameters:',
  '  - { name: model, displayName: Model name, type: string }',
  '  - { name: serving, displayName: Serving type, type: string, default: batch, values: [batch, rest] }',
  '  - { name: registry, displayName: Registry, type: string, default: contoso }',
  '  - { name: devops, type: object, default: { a: b } }',
  'steps:',
  "  - script: 'echo ${{ parameters.model }}'",
  '',
].join('\n');

describe('The screen New model', function () {
  this.timeout(120_000);
  const { openHub, organization } = useHub();
  const registry = () => registryOf(organization());
  const choose = (frame: Frame, name: string) => frame.getByRole('radio', { name }).check();
  const create = (frame: Frame) => frame.getByRole('button', { name: 'Create model' });
  const createPipeline = () =>
    sendToDevops(organization(), 'local/_apis/build/definitions', {
      method: 'POST',
      body: {
        name: 'onboard',
        type: 'build',
        queue: { name: 'Azure Pipelines' },
        repository: { id: 'local', name: 'local', type: 'TfsGit', defaultBranch: 'refs/heads/main' },
        process: { type: 2, yamlFilename: 'pipelines/onboard_pipeline.yml' },
      },
    });

  it('creates a model from a file of a repository, and links it', async () => {
    await commitFiles(organization(), { [path]: churn, '/README.md': '' });
    const { frame } = await openHub({ hash: 'view=new&from=repository' });
    await frame.getByRole('row', { name: 'packages requirements.txt' }).waitFor();
    assert.equal(await frame.getByLabel('Name of the model').inputValue(), 'churn_eu');
    await create(frame).click();
    await frame.getByRole('heading', { name: 'churn_eu' }).waitFor();
    const saved = await registry().model('churn_eu');
    assert.deepEqual([saved?.text, saved?.repository?.path, saved?.repository?.branch], [churn, path, 'main']);
  });

  it('is used with the keyboard alone: a pasted wiki table', async () => {
    const { frame, page, toasts } = await openHub({ hash: 'view=new' });
    await tabTo(page, frame, /^input/);
    await press(page, 'ArrowDown', 'ArrowDown', 'ArrowDown');
    await tabTo(page, frame, /^textarea/);
    await page.keyboard.insertText(
      '| Name | Value | prod |\n|--|--|--|\n| modelName | churn | |\n| Learning rate | 300 | 600 |\n| § | 1 | |',
    );
    await frame.getByText('Line 5: "§" cannot be the name of a variable.').waitFor();
    await tabTo(page, frame, /^button Create model/);
    await press(page, 'Enter');
    await frame.getByRole('heading', { name: 'churn' }).waitFor();
    const { text } = (await registry().model('churn')) ?? assert.fail();
    assert.equal(
      text,
      'variables:\n  modelName: churn\n  learningRate: 300\n\nenvironments:\n  prod:\n    learningRate: 600\n',
    );
    assert.deepEqual(await toasts(), [{ message: 'The model churn was created.' }]);
  });

  it('refuses bad input with its line and keeps it: YAML, names that are taken or not valid, files', async () => {
    await saveText(registry(), 'churn', churn);
    const { frame } = await openHub({ hash: 'view=new&from=text' });
    const yaml = frame.getByRole('textbox', { name: 'Variables in YAML or JSON' });
    const name = frame.getByLabel('Name of the model');
    for (const [text, problem] of [
      ['variables: [', /model_variables\.yml:1: /],
      ['- <script>alert(1)</script>', /must be a map/],
      [`variables:\n  a: ${'x'.repeat(70_000)}`, /is longer than 64 KB/],
      ['variables:\n  modelName: churn\n  password: x', /:3: password looks like a secret/],
    ] as const) {
      await yaml.fill(text);
      await frame.getByText(problem).first().waitFor();
      assert.equal(await create(frame).isDisabled(), true);
      assert.equal(await yaml.inputValue(), text);
    }
    await yaml.fill(churn);
    for (const [id, problem] of [
      ['churn', 'There is a model with the name churn already. Enter another name.'],
      ['Churn <b>', /is not a valid id/],
      ['base', /is reserved/],
      ['', 'Enter a name: lower-case letters, digits, - and _.'],
    ] as const) {
      await name.fill(id);
      await frame.getByText(problem).waitFor();
      assert.equal(await create(frame).isDisabled(), true);
    }
    const file = frame.locator('input[type=file]');
    await file.setInputFiles({ name: 'a.yml', mimeType: 'text/yaml', buffer: Buffer.from([0xff, 0xfe, 0x00]) });
    await frame.getByText('a.yml is not text in UTF-8.').waitFor();
    await file.setInputFiles({ name: 'b.yml', mimeType: 'text/yaml', buffer: Buffer.from('variables: { b: 1 }') });
    await frame.getByRole('row', { name: 'b 1' }).waitFor();
    await choose(frame, 'From a wiki table');
    await choose(frame, 'From YAML');
    assert.equal(await yaml.inputValue(), 'variables: { b: 1 }');
  });

  it('does not replace a model that someone else created in the meantime', async () => {
    const { frame } = await openHub({ hash: 'view=new&from=text' });
    await frame.getByRole('textbox', { name: 'Variables in YAML or JSON' }).fill('variables: { modelName: churn }');
    await create(frame).waitFor();
    await saveText(registry(), 'churn', churn);
    await create(frame).click();
    await frame.getByText('There is a model with the name churn already. Enter another name.').waitFor();
    assert.equal((await registry().model('churn'))?.text, churn);
  });

  it('starts the onboarding pipeline with its parameters, and shows the run', async () => {
    const { frame: none } = await openHub({ hash: 'view=new&from=template' });
    await none.getByText('This project has no onboarding pipeline').waitFor();
    await commitFiles(organization(), { '/pipelines/onboard_pipeline.yml': onboarding });
    assert.equal((await createPipeline()).status, 200);
    const { frame, page } = await openHub({ hash: 'view=new&from=template' });
    const start = frame.getByRole('button', { name: 'Start the pipeline' });
    await start.click();
    await frame.getByText('Enter a value.').waitFor();
    await frame.getByLabel('Model name').fill('churn');
    await frame.getByLabel('Serving type').selectOption('rest');
    await tabTo(page, frame, /^button Start the pipeline/);
    await press(page, 'Enter');
    const link = frame.getByRole('link', { name: /^Open the run/ });
    assert.match((await link.getAttribute('href')) ?? '', /\/local\/_build\/results\?buildId=\d+$/);
    const [definition] = organization().state.of(Definitions).ofProject(projectId);
    const runs = await sendToDevops(organization(), `local/_apis/pipelines/${definition?.id ?? 0}/runs`);
    const [run] = (runs.body as { value: readonly { templateParameters: object }[] }).value;
    assert.deepEqual(run?.templateParameters, { model: 'churn', serving: 'rest', registry: 'contoso' });
  });

  it('says which permission is missing to start the pipeline', async () => {
    await commitFiles(organization(), { '/pipelines/onboard_pipeline.yml': onboarding });
    await createPipeline();
    const { frame } = await openHub({ hash: 'view=new&from=template', user: 'rosa@example.com' });
    await frame.getByLabel('Model name').fill('churn');
    await frame.getByRole('button', { name: 'Start the pipeline' }).click();
    await frame.getByText('You do not have the permission Queue builds for the pipeline onboard.').waitFor();
  });
});
