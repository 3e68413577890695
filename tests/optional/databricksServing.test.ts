import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';

const run = promisify(execFile);
/** A Python that has what each suite asks for; the machine's own by default. */
const python = process.env.MODEL_PIPELINES_PYTHON ?? 'python3';
const scriptOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** What the script says has passed. */
async function check(databricks: Databricks, script: string, more: NodeJS.ProcessEnv = {}): Promise<readonly string[]> {
  const { stdout } = await run(python, [scriptOf(script)], {
    env: { ...process.env, DATABRICKS_HOST: databricks.url, DATABRICKS_TOKEN: databricks.token, ...more },
  });
  const results = stdout.split('\n').filter((line) => line.startsWith('{"passed"'));
  return results.map((line) => (JSON.parse(line) as { readonly passed: string }).passed);
}

/** Skips the suite where the Python has not got the modules. */
function needs(...modules: readonly string[]): Mocha.AsyncFunc {
  return async function () {
    try {
      await run(python, ['-c', `import ${modules.join(', ')}`]);
    } catch {
      process.stderr.write(
        `SKIPPED: ${python} does not have ${modules.join(', ')}. Name a Python that has them in MODEL_PIPELINES_PYTHON.\n`,
      );
      this.skip();
    }
  };
}

describe("Model Serving in the Databricks sandbox, used by Databricks' own Python SDK", function () {
  this.timeout(300_000);
  before(needs('databricks.sdk'));

  it('behaves as the SDK expects of a workspace', async () => {
    const databricks = await startDatabricks({ timeScale: 10 });
    try {
      databricks.catalogModels.create('main.ml.demo', 'somebody@example.com');
      for (const runId of ['a', 'b', 'c']) databricks.catalogModels.addVersion('main.ml.demo', runId);
      databricks.scriptServing({ matching: { entityVersion: '3' }, failure: 'buildFails' });
      assert.deepEqual(await check(databricks, 'databricks_serving_check.py'), [
        'check_endpoints',
        'check_models',
        'check_grants',
        'check_volumes',
      ]);
    } finally {
      await databricks.close();
    }
  });
});

/** As MLflow writes it. */
const description = `artifact_path: model
flavors:
  python_function:
    loader_module: model_loader
    python_version: 3.12.0
mlflow_version: 3.0.0
model_uuid: 0123456789abcdef0123456789abcdef
signature:
  inputs: '[{"type": "double", "name": "width"}]'
  outputs: '[{"type": "string", "name": "species"}]'
  params: null
`;
const model = {
  features: ['width'],
  classifier: {
    classes: ['narrow', 'wide'],
    means: [0],
    deviations: [1],
    weights: [
      [0, -1],
      [0, 1],
    ],
  },
};

describe("MLflow in the Databricks sandbox, used by MLflow's own client", function () {
  this.timeout(300_000);
  before(needs('mlflow', 'databricks.sdk', 'numpy', 'pandas'));

  it('takes runs, and models for Unity Catalog, as the client sends them', async () => {
    const databricks = await startDatabricks({ timeScale: 10 });
    const folder = await mkdtemp(join(tmpdir(), 'mlflow-'));
    try {
      await writeFile(join(folder, 'MLmodel'), description);
      await writeFile(join(folder, 'model.json'), JSON.stringify(model));
      const passed = await check(databricks, 'mlflow_skinny_check.py', { MODEL_FOLDER: folder });
      assert.deepEqual(passed, ['log_run', 'register', 'metadata', 'serving']);
    } finally {
      await databricks.close();
      await rm(folder, { recursive: true });
    }
  });
});
