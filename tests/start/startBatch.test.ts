import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodeOf, renderReport } from '../../sandbox/agent/renderReport';
import type { PipelineReport } from '../../sandbox/agent/report';
import {
  azureMlRun,
  batchRun,
  databricksRun,
  pipelineNames,
  type PipelineName,
} from '../../local/pipelines/openPipelines';
import { askService } from '../../local/pipelines/askService';
import { runInOrder } from '../../tools/start';
import { renderOverview } from '../../local/pipelines/summary';
import { SecondModel, stepsOf } from './secondModel';

type Tags = Readonly<Record<string, string>>;

describe('npm start, for a second model that scores in batches', function () {
  this.timeout(180_000);
  let second: SecondModel;
  let reports: ReadonlyMap<string, PipelineReport>;
  let first: PipelineReport;

  before(async () => {
    second = await SecondModel.open();
    reports = await runInOrder(second.pipelines, pipelineNames.map(batchRun), new AbortController().signal);
    first = await second.run(azureMlRun);
  });
  afterEach(() => second.undo());
  after(() => second.close());

  const reportOf = (pipeline: PipelineName) => reports.get(pipeline) ?? assert.fail(`${pipeline} was not run`);
  const outputsOf = (pipeline: PipelineName, title: string) =>
    stepsOf(reportOf(pipeline)).find(({ displayName }) => displayName === title)?.outputs ?? {};

  const overviewOf = (names: readonly PipelineName[], of: ReadonlyMap<string, PipelineReport>) =>
    renderOverview(names.map((title) => ({ title, report: of.get(title) })));

  it('runs all four pipelines, and each succeeds', () => {
    const text = [...reports.values()].map(renderReport).join('\n');
    assert.deepEqual([...reports.values()].map(exitCodeOf), [0, 0, 0, 0], `${text}\n${second.lines.join('\n')}`);
    assert.match(
      overviewOf(pipelineNames, reports),
      /^✔ ci \(.* s\): 33 tests passed\n✔ train \(.* s\): accuracy 0\.9\d+, .*\n✔ evaluate \(.* s\): accuracy 0\.9\d+, .*; passed 3 rules\n✔ deploy \(.* s\): .*rows 150, .*$/,
    );
  });

  it('tests the code, shows the number of passed tests, and reports that it skips the linter', () => {
    const text = renderReport(reportOf('ci'));
    assert.match(text, /– Lint \(skipped\)/);
    assert.ok(second.lines.some((line) => line.startsWith('The Lint step is skipped: ')));
    assert.match(text, /Unit tests of second_model: 33 tests passed/);
    assert.match(second.lines.join('\n'), /Ran 33 tests/);
  });

  it('evaluates the model that it trained', () => {
    const trained = JSON.parse(outputsOf('train', 'Train the model')['notebookOutput'] ?? '') as object;
    const measured = JSON.parse(outputsOf('evaluate', 'Measure the model')['notebookOutput'] ?? '') as object;
    assert.deepEqual({ ...trained, ...measured }, trained);
    assert.equal(outputsOf('evaluate', 'Evaluate the model')['verdict'], 'passed');
  });

  it('registers one version per training, which the other pipelines evaluate, propose and promote', async () => {
    const { catalogModels } = second.pipelines.sandbox.databricks;
    const model = 'main.default.second_model';
    const state = () => {
      const { versions, aliases } = catalogModels.get(model);
      return { versions: versions.map(({ version, status }) => `${version} ${status}`), aliases: { ...aliases } };
    };
    assert.deepEqual(state(), { versions: ['1 READY'], aliases: { challenger: 1, champion: 1 } });

    const again = await runInOrder(second.pipelines, pipelineNames.map(batchRun), new AbortController().signal);
    assert.deepEqual([...again.values()].map(exitCodeOf), [0, 0, 0, 0], second.lines.join('\n'));
    assert.deepEqual(state(), { versions: ['1 READY', '2 READY'], aliases: { challenger: 2, champion: 2 } });
    assert.deepEqual(
      catalogModels.list(undefined).map(({ name }) => name),
      [model],
    );
    const [first, next] = catalogModels.get(model).versions;
    assert.equal(next?.tags['previous_champion'], '1');
    assert.equal(next.tags['evaluation_verdict'], 'passed');
    assert.notEqual(next.runId, first?.runId);
  });

  it('deploys a scheduled job to production, in its own folder, and nothing of another model', async () => {
    const { url, token } = second.pipelines.sandbox.describe().databricks;
    const get = async (path: string): Promise<string> =>
      (await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })).text();
    const jobs = await get('/api/2.2/jobs/list?expand_tasks=true');
    assert.match(jobs, /"second_model_scoring_prod"[^]*"\/Shared\/models\/prod\/second_model\/scoring"/);
    assert.match(jobs, /"quartz_cron_expression":"0 30 5 \* \* \?"/);
    const folders = await get('/api/2.0/workspace/list?path=/Shared/models/test');
    assert.match(folders, /second_model_artifacts/);
    assert.doesNotMatch(jobs + folders, /demo_model/);
  });

  it('deploys the same version to a serving endpoint, which answers the sample', async () => {
    const report = await second.run(databricksRun);
    assert.equal(exitCodeOf(report), 0, renderReport(report));
    const model = { repository: second.repository, model: SecondModel.model };
    const { scoringUri, answer } = (await askService(model, report, second.pipelines.sandbox)) ?? assert.fail();
    assert.match(scoringUri, /\/serving-endpoints\/second-model-prod\/invocations$/);
    assert.match(answer, /"species":"setosa"[^]*"species":"virginica"/);
    const served = stepsOf(report).find(({ outputs }) => outputs['servedVersion'] !== undefined)?.outputs;
    assert.equal(served?.['servedVersion'], '2');
    assert.equal(second.pipelines.sandbox.databricks.catalogModels.get('main.default.second_model').versions.length, 2);
  });

  it('deploys each version to Azure Machine Learning beside the one before, and a second run sends no write', async () => {
    const { azure, databricks } = second.pipelines.sandbox;
    const { machineLearning } = azure;
    assert.equal(exitCodeOf(first), 0, `${renderReport(first)}\n${second.lines.join('\n')}`);
    const report = await second.run(azureMlRun);
    assert.equal(exitCodeOf(report), 0, `${renderReport(report)}\n${second.lines.join('\n')}`);
    const promotion = stepsOf(report).find(({ displayName }) => displayName === 'Promote');
    assert.match(await readFile(promotion?.logFile ?? '', 'utf8'), /'blue'.* was replaced by green/);
    const model = { repository: second.repository, model: SecondModel.model };
    const { scoringUri, answer } = (await askService(model, report, second.pipelines.sandbox)) ?? assert.fail();
    assert.equal(scoringUri, 'https://second-model-prod.westeurope.inference.ml.azure.com/score');
    assert.match(answer, /^\[\{"species": "setosa"[^]*"species": "virginica"/);
    const state = () =>
      machineLearning.endpoints.map(({ id, traffic, deployments }) => {
        const [workspace = '', name] = id.split('/onlineEndpoints/');
        return {
          endpoint: `${workspace.split('/').at(4)} ${workspace.split('/').at(-1)} ${name}`,
          traffic: { ...traffic },
          deployments: deployments.map((each) => `${each.name} ${each.body.capacity}`),
          models: machineLearning.assets
            .list(workspace, 'models')
            .map(({ name, version, properties }) => [
              name,
              version,
              (properties['tags'] as Tags)['databricks.version'],
            ]),
        };
      });
    const of = (stage: string, replicas: number) => ({
      endpoint: `models-${stage} models-${stage} second-model-${stage}`,
      traffic: { green: 100 },
      deployments: [`green ${replicas}`],
      models: ['1', '2'].map((version) => ['second_model', version, version]),
    });
    assert.deepEqual(state(), [of('test', 1), of('prod', 2)]);

    const hosts = [azure, machineLearning.blobs];
    for (const { requests } of hosts) requests.clear();
    const before = state();
    const again = await second.run(azureMlRun);
    assert.equal(exitCodeOf(again), 0, renderReport(again));
    const sent = hosts.flatMap(({ requests }) => requests.list());
    assert.ok(sent.length > 0);
    const writes = sent.filter(({ method, path }) => method !== 'GET' && !/\/(?:listKeys|listSecrets)$/i.test(path));
    assert.deepEqual(
      writes.map(({ method, path }) => `${method} ${path}`),
      [],
    );
    assert.deepEqual(state(), before);
    assert.equal(databricks.catalogModels.get('main.default.second_model').aliases['champion'], 2);
  });

  it('fails before it deploys a model that does not meet the rules, and reports why', async () => {
    await second.change('model_variables.yml', (text) => text.replace('accuracy >= 0.9', 'accuracy >= 0.99'));
    const names = ['evaluate', 'deploy'] as const;
    const failed = await runInOrder(second.pipelines, names.map(batchRun), new AbortController().signal);
    assert.deepEqual([...failed.values()].map(exitCodeOf), [1]);
    assert.match(
      overviewOf(names, failed),
      /^✘ evaluate .*: Evaluate the model: The model failed 1 of 3 rules:\n {2}- accuracy >= 0\.99: 0\.9\d+ is not >= 0\.99\n– deploy: not run, because the pipeline before it did not succeed$/,
    );
  });

  it('does not deploy a version that does not meet the rules', async () => {
    await second.change('model_variables.yml', (text) => text.replace('macro_f1 >= 0.9', 'macro_f1 >= 0.99'));
    const report = await second.run(batchRun('deploy'));
    assert.deepEqual(
      report.stages.map(({ result }) => result),
      ['Failed', 'Skipped', 'Skipped'],
    );
    assert.match(renderReport(report), /macro_f1 >= 0\.99: 0\.9\d+ is not >= 0\.99/);
  });

  it('refuses a copy that still contains the name of another model', async () => {
    await second.change('model_variables.yml', (text) =>
      text.replace('modelName: second_model', 'modelName: demo_model'),
    );
    const report = await second.run(batchRun('train'));
    assert.equal(exitCodeOf(report), 1);
    assert.match(
      renderReport(report),
      /modelName is locked by second_model\/model_variables\.yml:\d+: it is "demo_model" .*, not "second_model"/,
    );
  });

  describe('with a training that fails, and the packages of a conda environment', () => {
    let report: PipelineReport;

    before(async () => {
      await writeFile(
        join(second.repository, SecondModel.model, 'environment.yml'),
        'dependencies:\n  - pip:\n      - scikit-learn==1.7.2\n',
      );
      await second.change('model_variables.yml', (text) =>
        text.replace('packages: model_modules/requirements.txt', 'packages: environment.yml'),
      );
      await second.change('training.py', (text) =>
        `${text}\n`.replace(/# COMMAND -+\n/, "$&\nraise ValueError('too few rows')\n"),
      );
      report = await second.run(batchRun('train'));
    });

    it('installs the packages of the environment', () => {
      const results = stepsOf(report).filter(({ displayName }) => displayName.startsWith('Install libraries'));
      assert.deepEqual(
        results.map(({ result, outputs }) => [result, outputs['installedCount']]),
        [
          ['Skipped', undefined],
          ['Succeeded', '1'],
        ],
      );
    });

    it('fails, with the trace and the link to the run', () => {
      assert.equal(exitCodeOf(report), 1, renderReport(report));
      assert.match(second.lines.join('\n'), /ValueError: too few rows/);
      assert.match(second.lines.join('\n'), /Traceback[^]*training/);
      assert.match(renderReport(report), /\/jobs\/\d+\/runs\/\d+\?o=\d+/);
    });
  });
});
