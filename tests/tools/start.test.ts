import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodeOf, renderReport } from '../../sandbox/agent/renderReport';
import type { PipelineReport } from '../../sandbox/agent/report';
import { projectRoot } from '../../tools/commandLine';
import {
  askService,
  openCluster,
  openWorkspace,
  pipelineNames,
  type LocalPipelines,
  type PipelineName,
} from '../../tools/localPipelines';
import { renderOverview, runInOrder } from '../../tools/start';

const model = 'second_model';

describe('npm start, for a second model', function () {
  this.timeout(120_000);
  let folder: string;
  let lines: string[];
  let pipelines: LocalPipelines;
  const repository = (...path: string[]) => join(folder, 'repository', ...path);
  const run = (pipeline: PipelineName, targetStages?: readonly string[]) =>
    pipelines.run(pipeline, new AbortController().signal, targetStages);

  /** A repository with a copy of the demo model, in which three lines are changed. */
  async function open(how: typeof openWorkspace): Promise<void> {
    folder = await mkdtemp(join(tmpdir(), 'start-'));
    lines = [];
    await cp(join(projectRoot, 'template'), repository(), { recursive: true });
    await cp(repository('demo_model'), repository(model), { recursive: true });
    await change('model_variables.yml', (text) =>
      text
        .replace('modelName: demo_model', `modelName: ${model}`)
        .replace("modelVersion: '1'", "modelVersion: '2'")
        .replace('name: demo-model', 'name: second-model'),
    );
    const onLine = (text: string): void => void lines.push(text);
    pipelines = await how({ repository: repository(), model, outputFolder: join(folder, 'output'), onLine });
  }
  async function close(): Promise<void> {
    await pipelines.close();
    await rm(folder, { recursive: true });
  }

  /** Changes a file of the model; gives what undoes that. */
  async function change(file: string, replace: (text: string) => string): Promise<() => Promise<void>> {
    const path = repository(model, file);
    const before = await readFile(path, 'utf8');
    assert.notEqual(replace(before), before);
    await writeFile(path, replace(before));
    return () => writeFile(path, before);
  }

  const stepsOf = (report: PipelineReport | undefined) =>
    report?.stages.flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps)) ?? [];

  describe('in batches', () => {
    let reports: ReadonlyMap<PipelineName, PipelineReport>;
    let undo: () => Promise<void> = () => Promise.resolve();

    before(async () => {
      await open(openWorkspace);
      reports = await runInOrder(pipelines, pipelineNames, new AbortController().signal);
    });
    afterEach(() => undo());
    after(close);

    const outputsOf = (pipeline: PipelineName, title: string) =>
      stepsOf(reports.get(pipeline)).find(({ displayName }) => displayName === title)?.outputs ?? {};

    it('runs all four pipelines, each green', () => {
      const text = [...reports.values()].map(renderReport).join('\n');
      assert.deepEqual([...reports.values()].map(exitCodeOf), [0, 0, 0, 0], `${text}\n${lines.join('\n')}`);
      assert.match(
        renderOverview(pipelineNames, reports),
        /^✔ ci \(.*\n✔ train \(.*\n✔ evaluate \(.*\n✔ deploy \(.* s\)$/,
      );
    });

    it('tests the code, and leaves the linter out and says so', () => {
      const text = renderReport(reports.get('ci') ?? assert.fail());
      assert.match(text, /– Lint \(skipped\)/);
      assert.match(text, /✔ Run the unit tests/);
      assert.match(lines.join('\n'), /Ran 22 tests/);
    });

    it('measures what it trained just now', () => {
      const trained = JSON.parse(outputsOf('train', 'Train the model')['notebookOutput'] ?? '') as object;
      const measured = JSON.parse(outputsOf('evaluate', 'Measure the model')['notebookOutput'] ?? '') as object;
      assert.deepEqual({ ...trained, ...measured }, trained);
      assert.equal(outputsOf('evaluate', 'Evaluate the model')['verdict'], 'passed');
    });

    it('leaves a scheduled job in production, in a folder of its own, and nothing of another model', async () => {
      const { url, token } = pipelines.sandbox.describe().databricks;
      const get = async (path: string): Promise<string> =>
        (await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })).text();
      const jobs = await get('/api/2.2/jobs/list?expand_tasks=true');
      assert.match(jobs, /"second_model_scoring_prod"[^]*"\/Shared\/models\/prod\/second_model\/scoring"/);
      assert.match(jobs, /"quartz_cron_expression":"0 30 5 \* \* \?"/);
      const folders = await get('/api/2.0/workspace/list?path=/Shared/models/dev');
      assert.match(folders, /second_model_artifacts/);
      assert.doesNotMatch(jobs + folders, /demo_model/);
    });

    it('stops before it deploys a model that is too bad, and says why', async () => {
      undo = await change('model_variables.yml', (text) => text.replace('epochs: 300', 'epochs: 0'));
      const red = await runInOrder(pipelines, ['train', 'evaluate', 'deploy'], new AbortController().signal);
      assert.deepEqual([...red.values()].map(exitCodeOf), [0, 1]);
      assert.match(
        renderOverview(['train', 'evaluate', 'deploy'], red),
        /^✔ train .*\n✘ evaluate .*: Evaluate the model: The model failed \d of 3 rules:\n {2}- accuracy >= 0\.9: 0\.\d+ is not >= 0\.9[^]*\n– deploy: not run, as the one before ended red$/,
      );
    });

    it('does not deploy a model of the repository that breaks the rules', async () => {
      undo = await change('model.json', (text) => text.replace(/"accuracy": [\d.]+/, '"accuracy": 0.5'));
      const report = await run('deploy');
      assert.deepEqual(
        report.stages.map(({ result }) => result),
        ['Failed', 'Skipped', 'Skipped'],
      );
      assert.match(renderReport(report), /accuracy >= 0\.9: 0\.5 is not >= 0\.9/);
    });

    it('refuses a copy that still has the name of another model', async () => {
      undo = await change('model_variables.yml', (text) =>
        text.replace(`modelName: ${model}`, 'modelName: demo_model'),
      );
      const report = await run('train');
      assert.equal(exitCodeOf(report), 1);
      assert.match(renderReport(report), /modelName is locked by second_model\/model_variables\.yml:\d+/);
    });

    it('installs the packages of a conda environment, where the model names one', async () => {
      await writeFile(repository(model, 'environment.yml'), 'dependencies:\n  - pip:\n      - scikit-learn==1.7.2\n');
      undo = await change('model_variables.yml', (text) =>
        text.replace('packages: model_modules/requirements.txt', 'packages: environment.yml'),
      );
      const report = await run('evaluate');
      const results = stepsOf(report).filter(({ displayName }) => displayName.startsWith('Install libraries'));
      assert.deepEqual(
        results.map(({ result, outputs }) => [result, outputs['installedCount']]),
        [
          ['Skipped', undefined],
          ['Succeeded', '1'],
        ],
        renderReport(report),
      );
    });

    it('ends red when the training raises, with the trace and the page of the run', async () => {
      undo = await change('training.py', (text) =>
        `${text}\n`.replace(/# COMMAND -+\n/, "$&\nraise ValueError('too few rows')\n"),
      );
      const report = await run('train');
      assert.equal(exitCodeOf(report), 1, renderReport(report));
      assert.match(lines.join('\n'), /ValueError: too few rows/);
      assert.match(lines.join('\n'), /Traceback[^]*training/);
      assert.match(renderReport(report), /\/jobs\/\d+\/runs\/\d+\?o=\d+/);
    });
  });

  describe('as a REST service', () => {
    let first: PipelineReport;
    let proof: { readonly scoringUri: string; readonly answer: string };
    let undo: () => Promise<void> = () => Promise.resolve();

    before(async () => {
      await open(openCluster);
      first = await run('deploy');
      const service = await ask(first);
      assert.ok(service, renderReport(first));
      proof = service;
    });
    afterEach(() => undo());
    after(close);

    const ask = (report: PipelineReport) => askService({ repository: repository(), model }, report);
    const firstErrorOf = (report: PipelineReport): string | undefined =>
      stepsOf(report).flatMap(({ issues }) => issues)[0]?.message;

    /** What the model answers when it is asked over and over. */
    async function answersUntil(end: AbortSignal): Promise<readonly string[]> {
      const answers: string[] = [];
      while (!end.aborted) {
        const service = await ask(first).catch(String);
        answers.push(typeof service === 'string' ? service : (service?.answer ?? ''));
      }
      return answers;
    }

    async function stillServes(): Promise<void> {
      assert.deepEqual(await ask(first), proof);
    }

    it('ends green, and the model answers from where it serves', () => {
      const text = renderReport(first);
      assert.equal(exitCodeOf(first), 0, text);
      assert.match(text, /Docker@2 is not among the tasks that are built here/);
      assert.match(text, /Approval of environment 'model-test' would be asked here/);
      assert.match(text, /Approval of environment 'model-prod' would be asked here/);
      assert.match(proof.scoringUri, /^http:\/\/127(\.\d+){3}(:\d+)?\/score$/);
      assert.match(proof.answer, /"species": "setosa"[^]*"species": "virginica"/);
    });

    it('ends red in test when the model answers something else, and production serves as before', async () => {
      undo = await change('scoring_server.py', (text) =>
        text.replace('probabilities.index(confidence)', 'probabilities.index(min(probabilities))'),
      );
      const report = await run('deploy');
      assert.equal(exitCodeOf(report), 1, renderReport(report));
      assert.match(firstErrorOf(report) ?? '', /\$\.predictions\[0\]\.species/);
      assert.deepEqual(
        report.stages.map(({ result }) => result),
        ['Succeeded', 'Succeeded', 'Failed', 'Skipped', 'Skipped'],
      );
      await stillServes();
    });

    it('ends red in production when the service does not start, says why, and the old version serves on', async () => {
      undo = await change('scoring_server.py', (text) => text.replace('import json', 'import sklearn'));
      const report = await run('deploy', ['production']);
      assert.equal(exitCodeOf(report), 1, renderReport(report));
      assert.match(firstErrorOf(report) ?? '', /No module named 'sklearn'/);
      await stillServes();
    });

    it('goes over to the next version without a failed answer', async () => {
      undo = await change('scoring_server.py', (text) => text.replace('"species":', '"kind": "iris", "species":'));
      const end = new AbortController();
      const asking = answersUntil(end.signal);
      const report = await run('deploy', ['production', 'promote']);
      end.abort();
      assert.equal(exitCodeOf(report), 0, renderReport(report));
      const answers = await asking;
      assert.deepEqual([...new Set(answers)], [proof.answer, (await ask(report))?.answer]);
    });
  });
});
