import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { projectRoot } from '../../tools/commandLine';
import { runCli } from '../cli/cliProcess';

/** A version that was trained, measured and proposed for deployment. */
function proposeVersion({ catalogModels, tracking, volumes }: Databricks): void {
  const experiment = tracking.createExperiment('/Shared/models/dev/demo_model_experiment');
  const trained = tracking.createRun(experiment.id, 'ada@example.com', {});
  for (const key of ['accuracy', 'macro_f1'])
    tracking.logMetric(trained, { key, value: '0.97', timestamp: 1, step: 0 });
  tracking.updateRun(trained, { status: 'FINISHED' });
  const { name, aliases } = catalogModels.create('main.default.demo_model', 'ada@example.com');
  aliases['challenger'] = catalogModels.addVersion(name, trained.id).version;
  volumes.addRoot('/Models/main/default/demo_model/1');
  volumes.put(
    '/Models/main/default/demo_model/1/MLmodel',
    Buffer.from('signature:\n  inputs: "[]"\n  outputs: "[]"\n'),
    true,
  );
}

describe('mloccli pipelines run --live', function () {
  this.timeout(180_000);
  let databricks: Databricks;
  let [repository, configFile] = ['', ''];
  before(async () => {
    databricks = await startDatabricks({ hasLimits: false, timeScale: 20 });
    databricks.scriptRun({ result: { notebookResult: '{"accuracy": 0.97}' } });
    proposeVersion(databricks);
    repository = await mkdtemp(path.join(tmpdir(), 'live-'));
    await cp(path.join(projectRoot, 'template'), repository, { recursive: true });
    configFile = path.join(repository, '.databrickscfg');
    const { url, token } = databricks;
    await writeFile(
      configFile,
      ['DEFAULT', 'test'].map((name) => `[${name}]\nhost = ${url}\ntoken = ${token}\n`).join(''),
    );
  });
  after(async () => {
    await databricks.close();
    await rm(repository, { recursive: true });
  });

  const run = (pipeline: string, ...options: readonly string[]) =>
    runCli(['pipelines', 'run', pipeline, '--repository', repository, '--live', ...options], {
      environment: { DATABRICKS_CONFIG_FILE: configFile },
    });

  const refused: readonly (readonly [
    what: string,
    args: readonly [string, ...string[]],
    code: number,
    said: RegExp,
  ])[] = [
    [
      'a pipeline with steps that it cannot run',
      ['deploy', '--parameter', 'serving=rest', '--yes'],
      1,
      /- Build and push the image \(Docker@2\)[^]*- Deploy to test \(DeployAci@1\): it uses the connection azure-test[^]*- Promote/,
    ],
    [
      'one profile for several workspaces',
      ['deploy', '--yes'],
      2,
      /--connection databricks-dev=<profile> --connection databricks-test=<profile> --connection databricks-prod=<profile>/,
    ],
    [
      'an environment that the pipeline does not deploy to',
      ['deploy', '--environment', 'prod', '--yes'],
      2,
      /--environment names prod, but the pipeline deploys to model-test, model-prod with these parameters/,
    ],
    [
      'an environment beside stages',
      ['deploy', '--environment', 'model-test', '--stage', 'test', '--yes'],
      2,
      /--environment cannot be combined with --stage/,
    ],
    [
      'what only a stage up to an environment needs',
      ['deploy', '--environment', 'Model-Test', '--connection', 'databricks-prod=dev', '--yes'],
      2,
      /--connection names databricks-prod, which these steps do not use/,
    ],
    [
      'a connection that is not used',
      ['train', '--connection', 'x=dev', '--yes'],
      2,
      /--connection names x, which these steps do not use/,
    ],
    [
      'a run that nobody has agreed to',
      ['train'],
      2,
      /--yes is required where nobody can be asked\.[^]*databricks-dev: http:[^]*Import notebooks/,
    ],
  ];
  for (const [what, args, code, said] of refused)
    it(`refuses ${what} before anything is sent`, async () => {
      const end = await run(...args);
      assert.equal(end.exitCode, code, end.stderr);
      assert.match(end.stderr, said);
      assert.equal(databricks.requests.list().length, 0);
    });

  it('deploys to one environment, and not to the next one', async () => {
    const profiles = ['databricks-dev=DEFAULT', 'databricks-test=test'].flatMap((profile) => ['--connection', profile]);
    const end = await run('deploy', '--environment', 'model-test', ...profiles, '--yes', '-o', 'json');
    assert.equal(end.exitCode, 0, end.stderr);
    const { details } = JSON.parse(end.stdout) as {
      readonly details: { readonly stages: readonly { readonly name: string; readonly result: string }[] };
    };
    assert.deepEqual(
      details.stages.map(({ name, result }) => [name, result]),
      [
        ['check', 'Succeeded'],
        ['test', 'Succeeded'],
        ['production', 'Skipped'],
      ],
    );
    assert.deepEqual(
      databricks.jobs.list().map(({ settings }) => settings['name']),
      ['demo_model_scoring_test'],
    );
    databricks.requests.clear();
  });

  it('trains in the workspace of the sign-in', async () => {
    const end = await run('train', '--yes');
    assert.equal(end.exitCode, 0, end.stderr);
    assert.match(end.stderr, /Train the model[^\n]*succeeded/);
    assert.ok(databricks.requests.list().some(({ path: sent }) => sent.endsWith('/jobs/run-now')));
    assert.doesNotMatch(end.stderr + end.stdout, new RegExp(databricks.token));
  });
});
