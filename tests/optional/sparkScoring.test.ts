import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { machinePythonRunner } from '../../sandbox/databricks/notebooks/machinePythonRunner';
import type { NotebookRunner, WorkspaceSource } from '../../sandbox/databricks/notebooks/notebookRunner';
import { projectRoot } from '../../tools/commandLine';
import { importedModel, workspaceFolder } from '../start/importedModel';
import { seededRandom } from '../support/seededRandom';

const run = promisify(execFile);
/** A Python that has what each suite asks for; the machine's own by default. */
const python = process.env.MODEL_PIPELINES_PYTHON ?? 'python3';
const model = 'main.default.demo_model';
const rowCount = 1_000_000;
const species = ['setosa', 'versicolor', 'virginica'];
const samples = [
  { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 },
  { sepal_length: 6.3, sepal_width: 3.3, petal_length: 6, petal_width: 2.5 },
];

interface Summary {
  readonly rows: number;
  readonly mean_confidence: number;
  readonly predicted: Readonly<Record<string, number>>;
  readonly registered_version: string;
}

describe("The template's notebooks in a Python with packages", function () {
  this.timeout(600_000);
  let databricks: Databricks;
  let runner: NotebookRunner;
  let workspace: Map<string, WorkspaceSource>;
  let folder: string;
  /** What signs clients in. */
  let environment: NodeJS.ProcessEnv;

  before(async function () {
    if (!has('mlflow', 'numpy', 'pandas')) {
      process.stderr.write(`SKIPPED: ${python} does not have mlflow, numpy, pandas. Set MODEL_PIPELINES_PYTHON.\n`);
      this.skip();
    }
    databricks = await startDatabricks();
    runner = machinePythonRunner(python);
    workspace = await importedModel();
    folder = await mkdtemp(join(tmpdir(), 'scoring-'));
    environment = { DATABRICKS_HOST: databricks.url, DATABRICKS_TOKEN: databricks.token };
  });
  after(async () => {
    // Nothing was started where the suite is skipped.
    if (!(folder as string | undefined)) return;
    await runner.close();
    await databricks.close();
    await rm(folder, { recursive: true });
  });

  /** What a notebook gives. */
  async function notebook(name: string, parameters: Readonly<Record<string, string>>): Promise<Summary> {
    const { url, token } = databricks;
    const outcome = await runner.run(
      {
        path: `${workspaceFolder}/${name}`,
        parameters,
        taskKey: name,
        taskValues: new Map(),
        readFile: (path) => workspace.get(path),
        listFiles: (root) => [...workspace.keys()].filter((path) => path.startsWith(root)),
        context: { jobId: '1', runId: '2', user: 'ada@example.com', apiUrl: url, apiToken: token },
      },
      new AbortController().signal,
    );
    if (outcome.kind !== 'exited') assert.fail(outcome.kind === 'failed' ? outcome.trace : outcome.kind);
    return JSON.parse(outcome.result) as Summary;
  }

  it("register a model with MLflow's client, once per run of the job, that MLflow loads", async () => {
    for (const jobRun of ['11', '11']) await notebook('training', { job_run: jobRun });
    const { versions } = databricks.catalogModels.get(model);
    assert.deepEqual(
      versions.map(({ version, status }) => [version, status]),
      [[1, 'READY']],
    );
    assert.equal(databricks.tracking.run(versions[0]?.runId ?? '').params['epochs'], '300');

    const script = [
      'import json, mlflow, pandas',
      'mlflow.set_tracking_uri("databricks"); mlflow.set_registry_uri("databricks-uc")',
      `model = mlflow.pyfunc.load_model("models:/${model}/1")`,
      `answer = model.predict(pandas.DataFrame(json.loads('${JSON.stringify(samples)}')))`,
      'print(json.dumps(answer.to_dict("records")))',
    ];
    const { stdout } = await run(python, ['-c', script.join('\n')], { env: { ...process.env, ...environment } });
    const answers = JSON.parse(stdout) as readonly { readonly species: string; readonly confidence: number }[];
    assert.deepEqual(
      answers.map((answer) => answer.species),
      ['setosa', 'virginica'],
    );
    assert.ok(answers.every(({ confidence }) => confidence > 0.9 && confidence <= 1));
  });

  it("download it with MLflow's command, as the pipeline does for an image", async () => {
    const file = join(projectRoot, 'template/pipelines/steps/download_model.yml');
    const { steps } = load(await readFile(file, 'utf8')) as {
      steps: readonly { readonly inputs: { readonly inlineScript: string }; readonly env: NodeJS.ProcessEnv }[];
    };
    const [step] = steps;
    const [install = '', ...script] = step?.inputs.inlineScript.split('\n') ?? [];
    assert.match(install, /^python3 -m pip install /);
    await run('bash', ['-e', '-c', script.join('\n')], {
      env: {
        ...process.env,
        ...step?.env,
        ...environment,
        DATABRICKS_AUTH_TYPE: 'pat',
        MODEL_URI: `models:/${model}/1`,
        FOLDER: join(folder, 'model'),
        PATH: [dirname(python), process.env['PATH']].join(delimiter),
      },
    });
    const files = databricks.modelFiles.of(model, 1);
    for (const name of ['MLmodel', 'model.json', 'code/model_modules/classifier.py'])
      assert.deepEqual(await readFile(join(folder, 'model', name)), files.get(name), name);
  });

  it(`score ${rowCount} rows with Spark, with the same predictions as on one machine`, async function () {
    if (!has('pyspark', 'pyarrow') || spawnSync('java', ['-version']).status !== 0) {
      process.stderr.write(`SKIPPED: scoring with Spark needs java, and pyspark and pyarrow in ${python}.\n`);
      this.skip();
    }
    const [flowers, spark, plain] = ['flowers.csv', 'spark', 'plain.csv'].map((name) => join(folder, name));
    assert.ok(flowers && spark && plain);
    await writeFlowers(flowers);
    // Spark's own Python is the first on the path by default.
    process.env['PYSPARK_PYTHON'] = python;
    const model_uri = `models:/${model}/1`;
    const distributed = await notebook('scoring', {
      model_uri,
      input_path: `file:${flowers}`,
      output_path: `file:${spark}`,
    }).finally(() => delete process.env['PYSPARK_PYTHON']);
    const onOne = await notebook('scoring', { model_uri, input_path: flowers, output_path: plain });
    assert.deepEqual([distributed.rows, distributed.registered_version], [rowCount, '1']);
    assert.deepEqual(sorted(distributed.predicted), sorted(onOne.predicted));
    assert.ok(Math.abs(distributed.mean_confidence - onOne.mean_confidence) <= 0.0001);

    const parts = (await readdir(spark)).filter((name) => name.startsWith('part-')).map((name) => join(spark, name));
    assert.ok(parts.length > 1, 'the work was not divided');
    const [found, expected] = [await predictionsIn(parts), await predictionsIn([plain])];
    assert.equal(expected.length, rowCount);
    // Not deepEqual, which would describe a difference of a million rows.
    assert.equal(
      found.findIndex((prediction, index) => prediction !== expected[index]),
      -1,
    );
    assert.equal(found.length, expected.length);
  });
});

const sorted = (counts: Readonly<Record<string, number>>) => Object.entries(counts).sort();

function has(...modules: readonly string[]): boolean {
  return spawnSync(python, ['-c', `import ${modules.join(', ')}`]).status === 0;
}

/** Flowers of all sizes between the smallest and the largest of the training data. */
async function writeFlowers(file: string): Promise<void> {
  const random = seededRandom(1936);
  const length = (least: number, most: number) => (least + random() * (most - least)).toFixed(1);
  const stream = createWriteStream(file);
  stream.write('sepal_length,sepal_width,petal_length,petal_width\n');
  for (let index = 0; index < rowCount; index += 1)
    if (!stream.write(`${length(4.3, 7.9)},${length(2, 4.4)},${length(1, 6.9)},${length(0.1, 2.5)}\n`))
      await once(stream, 'drain');
  stream.end();
  await once(stream, 'finish');
}

/** Rows with their predictions, in an order of their own: numbers are written in several ways. */
async function predictionsIn(files: readonly string[]): Promise<readonly string[]> {
  const rows: string[] = [];
  for (const file of files)
    for await (const line of createInterface({ input: createReadStream(file) })) {
      const cells = line.split(',');
      if (cells[0] === 'sepal_length') continue;
      assert.ok(species.includes(cells[4] ?? ''), line);
      rows.push(cells.map((cell, index) => (index === 4 ? cell : Number(cell))).join(','));
    }
  return rows.sort();
}
