import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'mocha';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import type {
  NotebookOutcome,
  NotebookRunner,
  WorkspaceSource,
} from '../../sandbox/databricks/notebooks/notebookRunner';
import { pyodideRunner } from '../../sandbox/databricks/notebooks/pyodideRunner';
import { importedModel, workspaceFolder } from './importedModel';

const template = fileURLToPath(new URL('../../template/', import.meta.url));
const artifacts = '/Shared/models/demo_model_artifacts';
const irisPath = `${workspaceFolder}/data/iris.csv`;
const registeredModel = 'main.default.demo_model';

interface Metrics {
  readonly accuracy: number;
  readonly rows_train: number;
  readonly rows_test: number;
  readonly confusion_matrix: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

interface SavedModel {
  readonly metrics: Metrics;
  readonly classifier: {
    readonly classes: readonly string[];
    readonly means: readonly number[];
    readonly deviations: readonly number[];
    readonly weights: readonly (readonly number[])[];
  };
}

function textOf(workspace: ReadonlyMap<string, WorkspaceSource>, path: string): string {
  const source = workspace.get(path);
  assert.ok(source, `${path} is not in the workspace`);
  return Buffer.from(source.content).toString('utf8');
}

function rowsOf(csv: string): string[][] {
  return csv
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(','));
}

/** The most probable class by the saved weights: a second implementation of the model. */
function predict(
  { classes, means, deviations, weights }: SavedModel['classifier'],
  features: readonly number[],
): string {
  const inputs = [1, ...features.map((x, i) => (x - (means[i] ?? NaN)) / (deviations[i] ?? NaN))];
  const scores = weights.map((row) => row.reduce((sum, weight, i) => sum + weight * (inputs[i] ?? NaN), 0));
  return classes[scores.indexOf(Math.max(...scores))] ?? '';
}

/** Kills a training after each of its requests, and repeats it. Gives the number of trainings, of which the last was not killed. */
const killedTrainings = `
import tempfile
from pathlib import Path
from model_modules.mlflow_model import write_model
from model_modules.registry import Training, register_training
from model_modules.registry_rest import RestRegistry

class Killed(BaseException):
    pass

class MortalRegistry(RestRegistry):
    requests_left = 0

    def _send(self, *arguments):
        answer = super()._send(*arguments)
        self.requests_left -= 1
        if self.requests_left == 0:
            raise Killed
        return answer

context = dbutils.notebook.entry_point.getDbutils().notebook().getContext()
written, folder = Path(tempfile.mkdtemp(), "model"), Path(tempfile.mkdtemp())
write_model({"features": [], "classifier": {}}, written)
for name in ("MLmodel", "model.json"):
    (folder / name).write_bytes((written / name).read_bytes())

def is_killed(job_run, requests):
    registry = MortalRegistry(context.apiUrl().get(), context.apiToken().get())
    registry.requests_left = requests
    training = Training("/Shared/killed", {"epochs": 1}, {"accuracy": 0.9}, job_run)
    try:
        register_training(registry, "main.default.killed", training, folder)
    except Killed:
        return True
    return False

requests = 1
while is_killed(str(requests), requests):
    assert not is_killed(str(requests), 0)
    requests += 1
dbutils.notebook.exit(str(requests))
`;

describe('The demo model', function () {
  this.timeout(180_000);
  let runner: NotebookRunner;
  let workspace: Map<string, WorkspaceSource>;
  let databricks: Databricks;
  let training: NotebookOutcome;

  async function run(
    notebook: string,
    tree: Map<string, WorkspaceSource>,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<NotebookOutcome> {
    return runner.run(
      {
        path: `${workspaceFolder}/${notebook}`,
        parameters,
        taskKey: notebook,
        taskValues: new Map(),
        readFile: (path) => tree.get(path),
        listFiles: (folder) => [...tree.keys()].filter((path) => path.startsWith(folder)),
        writeFile: (path, content) => tree.set(path, { kind: 'file', content }),
        context: {
          ...{ jobId: '1', runId: '2', user: 'ada@example.com' },
          ...{ apiUrl: databricks.url, apiToken: databricks.token },
        },
      },
      new AbortController().signal,
    );
  }

  function metricsOf(outcome: NotebookOutcome): Metrics {
    if (outcome.kind !== 'exited') assert.fail(outcome.kind === 'failed' ? outcome.trace : outcome.kind);
    return JSON.parse(outcome.result) as Metrics;
  }

  const versions = () => databricks.catalogModels.get(registeredModel).versions;

  /** What the training registered. */
  function registered(version = 1): SavedModel {
    const file = databricks.modelFiles.of(registeredModel, version).get('model.json');
    return JSON.parse(String(file)) as SavedModel;
  }

  before(async () => {
    runner = pyodideRunner();
    databricks = await startDatabricks();
    workspace = await importedModel();
    training = await run('training', workspace, { job_run: '11' });
  });
  after(async () => {
    await runner.close();
    await databricks.close();
  });

  it('is trained on a stratified split and classifies nearly all test rows correctly', () => {
    const metrics = metricsOf(training);
    assert.deepEqual([metrics.rows_train, metrics.rows_test], [120, 30]);
    const matrix = Object.entries(metrics.confusion_matrix);
    assert.deepEqual(
      matrix.map(([, row]) => Object.values(row).reduce((sum, count) => sum + count)),
      [10, 10, 10],
    );
    const hits = matrix.reduce((sum, [species, row]) => sum + (row[species] ?? 0), 0);
    assert.equal(metrics.accuracy, Number((hits / 30).toFixed(4)));
    assert.ok(metrics.accuracy >= 0.95, String(metrics.accuracy));
  });

  it('registers weights that another implementation can use', () => {
    const { classifier } = registered();
    const flowers = rowsOf(textOf(workspace, irisPath));
    const hits = flowers.filter((row) => predict(classifier, row.slice(0, 4).map(Number)) === row[4]);
    assert.equal(flowers.length, 150);
    assert.ok(hits.length >= 143, `${hits.length} of 150`);
  });

  it('logs parameters, metrics and the model to MLflow, and registers a version that is ready', () => {
    const [version] = versions();
    const run = databricks.tracking.run(version?.runId ?? '');
    assert.deepEqual([version?.status, run.status, run.params['epochs']], ['READY', 'FINISHED', '300']);
    assert.equal(run.metrics['accuracy']?.value, String(metricsOf(training).accuracy));
    const logged = `/WorkspaceInternal/Mlflow/Artifacts/${run.experimentId}/${run.id}/artifacts/model/`;
    const files = databricks.volumes.below(logged).map(({ path }) => path.slice(logged.length));
    assert.deepEqual(files.sort(), [...databricks.modelFiles.of(registeredModel, 1).keys()].sort());
    assert.ok(files.includes('MLmodel'));
  });

  it('is registered once when the run of the job is retried, also after an upload that was interrupted', async () => {
    await run('training', workspace, { job_run: '11' });
    assert.equal(versions().length, 1);

    const upload = `/api/2.0/fs/files/Models/main/default/demo_model/2/model.json`;
    databricks.faults.add({ method: 'PUT', path: upload, times: 1, effect: 'status', status: 503 });
    const interrupted = await run('training', workspace, { job_run: '12' });
    assert.match(interrupted.kind === 'failed' ? interrupted.error : interrupted.kind, /model\.json: 503/);
    metricsOf(await run('training', workspace, { job_run: '12' }));
    assert.deepEqual(
      versions().map(({ version, status }) => [version, status]),
      [
        [1, 'READY'],
        [3, 'READY'],
      ],
    );
    assert.notEqual(versions()[0]?.runId, versions()[1]?.runId);
  });

  it('is registered once whichever request of a training is the last before it is killed', async () => {
    const tree = await importedModel();
    tree.set(`${workspaceFolder}/killed`, { kind: 'notebook', language: 'PYTHON', content: killedTrainings });
    const outcome = await run('killed', tree);
    const trainings = outcome.kind === 'exited' ? Number(outcome.result) : assert.fail(JSON.stringify(outcome));
    assert.ok(trainings > 12, `${trainings} trainings`);
    const model = databricks.catalogModels.get('main.default.killed');
    assert.equal(model.versions.length, trainings);
    assert.ok(model.versions.every(({ status }) => status === 'READY'));
    const runs = model.versions.map(({ runId }) => databricks.tracking.run(runId));
    assert.equal(new Set(runs.map(({ tags }) => tags['training_run'])).size, trainings);
    assert.ok(runs.every(({ status }) => status === 'FINISHED'));
    assert.equal(
      databricks.tracking.runsOf([...new Set(runs.map(({ experimentId }) => experimentId))]).length,
      trainings,
    );
  });

  it('scores rows according to the weights of the version that an alias refers to', async () => {
    const { url, token } = databricks;
    const alias = `${url}/api/2.1/unity-catalog/models/${registeredModel}/aliases/champion`;
    const headers = { authorization: `Bearer ${token}` };
    await fetch(alias, { method: 'PUT', headers, body: JSON.stringify({ version_num: 1 }) });
    const { classifier } = registered();
    const outcome = await run('scoring', workspace);
    const predictions = rowsOf(textOf(workspace, `${artifacts}/predictions.csv`));
    const species = predictions.map((row) => predict(classifier, row.slice(0, 4).map(Number)));
    assert.deepEqual(
      predictions.map((row) => row[4]),
      species,
    );

    const summary = JSON.parse(outcome.kind === 'exited' ? outcome.result : '{}') as {
      rows: number;
      registered_version: string;
      predicted: Record<string, number>;
    };
    assert.deepEqual([summary.rows, summary.registered_version], [150, '1']);
    assert.equal(summary.predicted.setosa, species.filter((name) => name === 'setosa').length);
  });

  it('is evaluated on the test data of its training', async () => {
    const { accuracy, rows_test } = metricsOf(await run('evaluation', workspace));
    assert.deepEqual({ accuracy, rows_test }, { accuracy: metricsOf(training).accuracy, rows_test: 30 });
  });

  it('does not learn random labels, and its evaluation shows it', async () => {
    const tree = await importedModel();
    const [header, ...lines] = textOf(tree, irisPath).trim().split('\n');
    // A third of each species keeps its label and the others get the other labels: features and labels are independent.
    const names = ['setosa', 'versicolor', 'virginica'];
    const dealt = lines.map((line, i) => line.replace(/[^,]*$/, names[i % 3] ?? ''));
    tree.set(irisPath, { kind: 'file', content: [header, ...dealt].join('\n') });

    const random = { registered_model: 'main.default.random' };
    metricsOf(await run('training', tree, { epochs: '30', ...random }));
    const metrics = metricsOf(await run('evaluation', tree, random));
    assert.ok(metrics.accuracy < 0.6, String(metrics.accuracy));
  });

  for (const [notebook, parameters, problem] of [
    ['evaluation', { registered_model: 'main.default.new' }, 'There is no version of main.default.new: run the '],
    ['scoring', { model_uri: 'models:/main.default.new@champion' }, 'No version of main.default.new has the alias '],
    ['scoring', { model_uri: `models:/${registeredModel}/1`, input_path: 'main.sales.flowers' }, 'Only one of '],
  ] as const)
    it(`reports in ${notebook}: ${problem}…`, async () => {
      const outcome = await run(notebook, workspace, parameters);
      assert.ok(outcome.kind === 'failed' && outcome.error.includes(`Error: ${problem}`), JSON.stringify(outcome));
    });

  it('needs Spark for tables, which the sandbox does not have', async () => {
    const tables = { input_path: 'main.sales.flowers', output_path: 'main.sales.predictions' };
    const outcome = await run('scoring', workspace, { model_uri: `models:/${registeredModel}/1`, ...tables });
    assert.match(
      outcome.kind === 'failed' ? outcome.error : '',
      /The sandbox has no Spark\. The notebook asked for it/,
    );
  });

  it('reaches nothing but its workspace', async () => {
    const tree = await importedModel();
    const source = 'import urllib.request\nurllib.request.urlopen("http://127.0.0.1:9/api")\n';
    tree.set(`${workspaceFolder}/elsewhere`, { kind: 'notebook', language: 'PYTHON', content: source });
    const outcome = await run('elsewhere', tree);
    assert.match(outcome.kind === 'failed' ? outcome.error : '', /URLError.*reach only their workspace, not http/);
  });
});

describe("The tests of the template's Python", () => {
  it('pass', function () {
    if (spawnSync('python3', ['--version']).status !== 0) this.skip();
    const { status, stderr } = spawnSync('python3', ['-B', '-m', 'unittest'], {
      cwd: join(template, 'demo_model'),
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /Ran \d\d tests/);
  });
});
