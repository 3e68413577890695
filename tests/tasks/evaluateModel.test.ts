import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sinon from 'sinon';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { runTask } from '../../shared/task/runTask';
import { task } from '../../tasks/EvaluateModel/task';
import { FakeAgent } from '../support/fakeAgent';
import { FakeClock } from '../support/fakeClock';

const model = 'main.ml.demo';

describe('EvaluateModel', () => {
  let databricks: Databricks;
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'evaluate-'))));
  beforeEach(
    async () => void (databricks = await startDatabricks({ timeScale: 0, hasLimits: false, logsBodies: true })),
  );
  afterEach(() => databricks.close());
  after(() => rm(folder, { recursive: true }));

  async function run(inputs: Readonly<Record<string, string>>): Promise<FakeAgent> {
    const { url, token } = databricks;
    const agent = new FakeAgent(inputs, { c: { url, token } });
    await runTask(task, { agent, clock: new FakeClock(), signal: new AbortController().signal });
    return agent;
  }
  async function file(name: string, content: string): Promise<string> {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  }
  function tracked(metrics: Readonly<Record<string, string>>, status = 'FINISHED'): string {
    const { tracking } = databricks;
    const found = tracking.createRun(experimentId(), 'someone', { name: 'train', startTime: ++started });
    for (const [key, value] of Object.entries(metrics))
      tracking.logMetric(found, { key, value, timestamp: 1, step: 0 });
    tracking.updateRun(found, { status });
    return found.id;
  }
  let started = 0;
  function experimentId(): string {
    const existing = databricks.tracking.saved.experiments[0];
    return (existing ?? databricks.tracking.createExperiment('/Shared/demo')).id;
  }
  function registered(...runIds: readonly string[]): void {
    databricks.catalogModels.create(model, 'someone@example.com');
    for (const runId of runIds) databricks.catalogModels.addVersion(model, runId);
  }
  const aliases = () => databricks.catalogModels.get(model).aliases;
  const champion = (version: number) => void (databricks.catalogModels.get(model).aliases['champion'] = version);
  const catalog = { connection: 'c', championSource: 'unityCatalog', catalogModel: model };

  it('passes a notebook output that meets all rules, without any connection', async () => {
    const agent = await run({
      metrics: '{"accuracy": 0.97, "test": {"auc": 0.9}}',
      rules: 'accuracy >= 0.9\n\n# note\ntest.auc > 0.8',
    });
    assert.deepEqual(agent.end, { result: 'Succeeded', message: 'The model passed 2 rules.' });
    assert.deepEqual(agent.outputs, { verdict: 'passed', failedRules: '', failedCount: '0' });
    assert.match(agent.text('log'), /passed\s+accuracy >= 0\.9: 0\.97 is >= 0\.9/);
    const summary = agent.summaries['Model evaluation'] ?? '';
    assert.match(summary, /✅ \*\*passed\*\*/);
    assert.match(summary, /\| accuracy \| model \| █{20} \| 0\.97 \|/);
    assert.equal(databricks.requests.list().length, 0);
  });

  it('fails with every failed rule, its actual and its required value', async () => {
    const agent = await run({
      metrics: '{"accuracy": 0.8, "loss": NaN}',
      rules: 'accuracy >= 0.9\nloss < 1\nrecall > 0.5\naccuracy > 0',
    });
    assert.equal(agent.end.result, 'Failed');
    assert.equal(
      agent.end.message,
      "The model failed 3 of 4 rules:\n  - accuracy >= 0.9: 0.8 is not >= 0.9\n  - loss < 1: the metric 'loss' is not a number: NaN\n  - recall > 0.5: the metric 'recall' is missing",
    );
    assert.deepEqual(agent.outputs, {
      verdict: 'failed',
      failedRules: 'accuracy >= 0.9; loss < 1; recall > 0.5',
      failedCount: '3',
    });
    assert.match(agent.summaries['Model evaluation'] ?? '', /❌ \*\*failed\*\* 3 of 4 rules/);
    const warned = await run({ metrics: '{"accuracy": 0.8}', rules: 'accuracy >= 0.9', onFailedRules: 'warn' });
    assert.equal(warned.end.result, 'SucceededWithIssues');
    assert.equal(warned.outputs['verdict'], 'failed');
  });

  it('reports the problems of all rules at once, by line', async () => {
    const inline = await run({ metrics: '{}', rules: 'accuracy = 1\naccuracy > 0\n# x\n1 > 2' });
    assert.match(inline.end.message, /line 1, column 10: .*\n {4}line 4, column 1: names no metric$/);
    const rulesFile = await file(
      'model_variables.yml',
      'name: demo\nevaluation:\n  rules:\n    - accuracy >= 0.9\n    - accuracy >\n    - 1 < 2\n',
    );
    const agent = await run({ metrics: '{}', rulesSource: 'file', rulesFile });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /model_variables\.yml\):\n {4}line 5, .*\n {4}line 6, column 1: names no metric$/);
    const nothing = await run({ metrics: '{}', rulesSource: 'file', rulesFile, rulesKey: 'gate' });
    assert.match(nothing.end.message, /'rulesFile' has no list of rules under 'gate'/);
  });

  it('reads rules, metrics and the champion from files', async () => {
    const agent = await run({
      metricsSource: 'file',
      metricsFile: await file('metrics.json', '{"rmse": 2.2}'),
      rulesSource: 'file',
      rulesFile: await file('rules.yml', 'evaluation: {rules: ["rmse <= baseline * 1.05"]}'),
      championSource: 'file',
      championFile: await file('champion.yml', 'rmse: 2.0'),
    });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /rmse <= baseline \* 1\.05: 2\.2 is not <= 2\.1/);
  });

  it('reads the metrics of the model and the champion at a key of their files', async () => {
    const metrics = '"metrics": {"accuracy": 0.95, "confusion_matrix": {"a": {"a": 10}}, "val/f1@5": 0.5}';
    const inputs = {
      metricsSource: 'file',
      metricsFile: await file('model.json', `{"model_version": "1", ${metrics}}`),
      championSource: 'file',
      championFile: await file('old.yml', 'last: {test: {accuracy: 0.9}}'),
      rules: 'accuracy > baseline\nconfusion_matrix.a.a >= 10\n"val/f1@5" >= 0.5',
    };
    const agent = await run({ ...inputs, metricsKey: 'metrics', championKey: 'last.test' });
    assert.equal(agent.end.result, 'Succeeded', agent.end.message);
    const { end } = await run({ ...inputs, metricsKey: 'metrics.accuracy', championKey: 'last.tset' });
    assert.match(end.message, /'metricsKey' does not name a map in the file: 'metrics\.accuracy'/);
    assert.match(end.message, /'championKey' does not name a map in the file: 'last\.tset'/);
  });

  const logged = (...metrics: readonly (readonly [key: string, value: unknown, step?: number])[]) =>
    JSON.stringify(metrics.map(([key, value, step = 0]) => ({ key, value, timestamp: 1, step })));

  const readable: Readonly<Record<string, readonly [metrics: string, rules: string]>> = {
    'numbers that are written as text': ['{"acc": "0.91", "n": " 12 ", "e": "1e-3"}', 'acc >= 0.9\nn == 12\ne < 0.01'],
    'a list of MLflow': [logged(['acc', 0.91], ['val/loss', '0.2']), 'acc >= 0.9\n"val/loss" < 0.3'],
    'a list of MLflow with all steps': [logged(['acc', 0.5, 1], ['acc', 0.91, 3], ['acc', 0.7, 2]), 'acc == 0.91'],
    'a list of MLflow at a key': [`{"metrics": ${logged(['acc', 0.91])}}`, 'metrics.acc >= 0.9'],
    'names in another case': [
      '{"acc": 0.91, "Acc": 0.1, "val": {"acc": 0.5}}',
      'acc >= 0.9\nAcc < 0.2\nval.acc == 0.5',
    ],
    'comments behind rules': ['{"acc": 0.91, "a#b": 1}', 'acc >= 0.9  # floor\n# all\n"a#b" == 1 # "x" #'],
    'YAML with a closing bracket below its name': ['val: {\n  acc: 0.91\n}\n', 'val.acc >= 0.9'],
  };
  for (const [what, [metrics, rules]] of Object.entries(readable))
    it(`reads ${what}, also of the champion`, async () => {
      const agent = await run({ metrics, rules });
      assert.equal(agent.end.result, 'Succeeded', agent.end.message);
      assert.doesNotMatch(agent.text('log'), /floor/);
      const championFile = await file('champion.json', metrics);
      const [name = ''] = rules.split(' ');
      const same = await run({ metrics, rules: `${name} == baseline`, championSource: 'file', championFile });
      assert.equal(same.end.result, 'Succeeded', same.end.message);
    });

  const twice: Readonly<Record<string, readonly [metrics: string, names: string]>> = {
    'nested and with a dot': ['{"val": {"acc": 0.52}, "val.acc": 0.91}', "'val.acc'"],
    'with a dot and nested': ['{"val.acc": 0.91, "val": {"acc": 0.52}}', "'val.acc'"],
    'with dots at several levels': ['{"a": {"b.c": 1, "d": 1}, "a.b": {"c": 2}, "a.d": 1}', "'a.b.c', 'a.d'"],
    'in a list of MLflow, at the same step': [logged(['acc', 0.52], ['acc', 0.91]), "'acc'"],
    'in a list of MLflow and beside it': [`{"m": ${logged(['acc', 0.52])}, "m.acc": 0.91}`, "'m.acc'"],
    'in YAML': ['val: {acc: 0.52}\nval.acc: 0.91\n', "'val.acc'"],
  };
  for (const [how, [metrics, names]] of Object.entries(twice))
    it(`refuses a metric that is there twice: ${how}`, async () => {
      const refused = `contains two values of ${names}. Names of nested maps are joined by dots.`;
      const own = await run({ metrics, rules: 'val.acc >= 0.9' });
      assert.equal(own.end.result, 'Failed');
      assert.ok(own.end.message.includes(`'metrics' ${refused}`), own.end.message);
      assert.deepEqual(own.outputs, {});
      const champion = await run({
        metricsSource: 'file',
        metricsFile: await file('twice.json', `{"model": ${metrics.startsWith('val:') ? '{}' : metrics}}`),
        metricsKey: 'model',
        championSource: 'file',
        championFile: await file('twice.yml', metrics),
        rules: 'acc >= baseline',
      });
      assert.ok(champion.end.message.includes(`'championFile' ${refused}`), champion.end.message);
      if (!metrics.startsWith('val:'))
        assert.ok(champion.end.message.includes(`'metricsFile' ${refused}`), champion.end.message);
    });

  it('refuses, by name, values and forms that hold no number', async () => {
    for (const [metrics, message] of [
      ['{"acc": "NaN"}', /the metric 'acc' is not a number: NaN/],
      ['{"acc": "Infinity"}', /the metric 'acc' is not a number: Infinity/],
      ['{"acc": "0,91"}', /the metric 'acc' is not a number: 0,91/],
      ['{"acc": [0.9, 0.8]}', /the metric 'acc' is not a number: a list or null/],
      ['{"acc": null}', /the metric 'acc' is not a number: a list or null/],
      ['{"val": {"acc": 0.91}}', /the metric 'acc' is missing \(there is 'val\.acc'\)/],
      ['{"Acc": 0.91}', /the metric 'acc' is missing \(there is 'Acc'\)/],
      ['[0.9, 0.8]', /'metrics' must be a map of names to numbers, or a list of metrics as MLflow writes them/],
      ['[]', /'metrics' must be a map of names to numbers/],
      ['{"acc": 0.5}\n{"acc": 0.91}\n', /'metrics' contains several JSON documents, one per line \(JSON Lines\)/],
      ['0.91', /'metrics' must be a map of names to values, or a list, in YAML or JSON/],
    ] as const) {
      const { end } = await run({ metrics, rules: 'acc >= 0.9' });
      assert.equal(end.result, 'Failed', metrics);
      assert.match(end.message, message);
    }
  });

  it('refuses metrics that are .inf or .nan, by line', async () => {
    const { end } = await run({ metrics: 'accuracy: 0.9\nloss: .nan', rules: 'accuracy > 0.5' });
    assert.equal(end.result, 'Failed');
    assert.match(end.message, /'metrics' has \.inf or \.nan, which JSON does not have: put it in quotes \(line 2\)\./);
  });

  it('reports missing inputs before any request', async () => {
    const agent = await run({ metricsSource: 'mlflow', rules: 'accuracy >= baseline' });
    for (const input of ['mlflowRunId', 'connection', 'championSource'])
      assert.match(agent.end.message, new RegExp(`Input '${input}'`));
  });

  it('compares an MLflow run with the champion of Unity Catalog, and moves the alias to it, once', async () => {
    const [old, fresh] = [tracked({ accuracy: '0.9' }), tracked({ accuracy: '0.95' })];
    registered(old, fresh);
    champion(1);
    const inputs = {
      ...catalog,
      metricsSource: 'mlflow',
      mlflowRunId: fresh,
      rules: 'accuracy >= baseline',
      setAlias: 'true',
    };
    const agent = await run(inputs);
    assert.equal(
      agent.end.message,
      `The model passed 1 rule. Version 2 of ${model} has the alias 'champion'.`,
      agent.text(),
    );
    const { championVersion, modelVersion, mlflowRunId } = agent.outputs;
    assert.deepEqual(
      { championVersion, modelVersion, mlflowRunId },
      { championVersion: '1', modelVersion: '2', mlflowRunId: fresh },
    );
    assert.deepEqual(aliases(), { champion: 2 });
    databricks.requests.clear();
    assert.match((await run(inputs)).end.message, /already had the alias/);
    assert.ok(databricks.requests.list().every(({ method }) => method === 'GET'));
  });

  it('fails on a metric of MLflow that is NaN or infinite, and compares with a champion whose run was killed', async () => {
    const [old, fresh] = [tracked({ auc: '0.9' }, 'KILLED'), tracked({ auc: '0.8', loss: 'NaN', error: '-Infinity' })];
    registered(old);
    champion(1);
    const rules = 'auc >= baseline\nloss < 1\nerror < 1';
    const agent = await run({ ...catalog, metricsSource: 'mlflow', mlflowRunId: fresh, rules });
    assert.equal(agent.outputs['failedRules'], rules.replaceAll('\n', '; '));
    assert.match(agent.end.message, /auc >= baseline: 0\.8 is not >= 0\.9/);
  });

  it('passes for the champion itself, although it is not better than itself', async () => {
    const inputs = { ...catalog, rules: 'accuracy > baseline', setAlias: 'true' };
    const id = tracked({ accuracy: '0.9' });
    registered(id);
    champion(1);
    const byRun = await run({ ...inputs, metricsSource: 'mlflow', mlflowRunId: id });
    assert.equal(byRun.end.result, 'Succeeded', byRun.end.message);
    assert.match(byRun.text('log'), /not compared.*the model already is the champion: passed/);
    assert.equal((await run({ ...inputs, metrics: 'accuracy: 0.9', modelVersion: '1' })).end.result, 'Succeeded');
    const other = await run({ ...inputs, metricsSource: 'mlflow', mlflowRunId: tracked({ accuracy: '0.9' }) });
    assert.equal(other.outputs['failedRules'], 'accuracy > baseline', 'the metrics alone make it no champion');
  });

  for (const [nth, message] of [
    [1, /points to version 1 now, but pointed to no version when the model was compared\. Run the step again\.$/],
    [2, /was set to version 2, but points to version 1 now: someone else changed it in the meantime\.$/],
  ] as const)
    it(`does not move an alias that someone else moved in the meantime (${nth})`, async () => {
      registered('a', 'b');
      const look = databricks.catalogModels.versionByAlias.bind(databricks.catalogModels);
      sinon
        .stub(databricks.catalogModels, 'versionByAlias')
        .callThrough()
        .onCall(nth)
        .callsFake((...asked) => {
          champion(1);
          return look(...asked);
        });
      const agent = await run({ ...catalog, metrics: 'a: 1', rules: 'a > 0', setAlias: 'true', modelVersion: '2' });
      assert.match(agent.end.message, message);
      assert.deepEqual(aliases(), { champion: 1 });
    });

  it('reports that the run of a champion is not in this workspace', async () => {
    registered('elsewhere');
    champion(1);
    const { end } = await run({ ...catalog, metrics: 'a: 1', rules: 'a >= baseline' });
    assert.match(
      end.message,
      /^The MLflow run elsewhere, which created version 1 of main\.ml\.demo, is not in this workspace/,
    );
  });

  it('does not move the alias when a rule fails', async () => {
    const [old, fresh] = [tracked({ accuracy: '0.9' }), tracked({ accuracy: '0.85' })];
    registered(old, fresh);
    champion(1);
    for (const onFailedRules of ['fail', 'warn'])
      await run({
        ...catalog,
        metricsSource: 'mlflow',
        mlflowRunId: fresh,
        rules: 'accuracy >= baseline',
        setAlias: 'true',
        onFailedRules,
      });
    assert.deepEqual(aliases(), { champion: 1 });
  });

  for (const passWithoutChampion of ['true', 'false'])
    it(`uses the newest finished run of an experiment; no champion yet (${passWithoutChampion})`, async () => {
      tracked({ accuracy: '0.5' });
      const newest = tracked({ accuracy: '0.95' });
      tracked({ accuracy: '0.1' }, 'FAILED');
      const agent = await run({
        ...catalog,
        metricsSource: 'mlflow',
        experiment: '/Shared/demo',
        rules: 'accuracy >= baseline',
        passWithoutChampion,
      });
      assert.equal(agent.end.result, passWithoutChampion === 'true' ? 'Succeeded' : 'Failed', agent.text());
      assert.equal(agent.outputs['mlflowRunId'], newest);
      assert.match(agent.text('log'), /there is no champion yet/);
    });

  it('compares with the stage of the workspace registry', async () => {
    const id = tracked({ accuracy: '0.9' });
    const post = (path: string, body: object) =>
      fetch(`${databricks.url}/api/2.0/mlflow/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${databricks.token}` },
        body: JSON.stringify(body),
      });
    await post('registered-models/create', { name: 'demo' });
    await post('model-versions/create', { name: 'demo', source: 'dbfs:/m', run_id: id });
    await post('databricks/model-versions/transition-stage', {
      name: 'demo',
      version: '1',
      stage: 'Production',
      archive_existing_versions: true,
    });
    const agent = await run({
      connection: 'c',
      championSource: 'workspaceRegistry',
      registryModel: 'demo',
      metrics: '{"accuracy": 0.8}',
      rules: 'accuracy >= baseline',
    });
    assert.match(agent.end.message, /0\.8 is not >= 0\.9/);
    assert.equal(agent.outputs['championVersion'], '1');
  });

  it('fails on a run that is not finished or does not exist, and on an experiment without runs', async () => {
    const runs = { connection: 'c', metricsSource: 'mlflow', rules: 'a > 1' };
    assert.match((await run({ ...runs, mlflowRunId: tracked({}, 'RUNNING') })).end.message, /is RUNNING/);
    assert.match((await run({ ...runs, mlflowRunId: 'no' })).end.message, /RESOURCE_DOES_NOT_EXIST/);
    assert.match((await run({ ...runs, experiment: '/Shared/demo' })).end.message, /has no finished run/);
  });

  it('fails when the run created no version, or several, and when reading the champion is forbidden', async () => {
    const id = tracked({ accuracy: '1' });
    registered('other');
    const inputs = { ...catalog, metricsSource: 'mlflow', mlflowRunId: id, rules: 'accuracy > 0', setAlias: 'true' };
    const agent = await run(inputs);
    assert.match(
      agent.end.message,
      /created no version of main\.ml\.demo\. Register the model first, or set the input 'modelVersion'\.$/,
    );
    for (const version of [2, 3]) {
      databricks.catalogModels.addVersion(model, id);
      const { end } = await run(inputs);
      if (version === 2) assert.equal(end.result, 'Succeeded', end.message);
      else
        assert.equal(
          end.message,
          `The MLflow run ${id} created several versions of ${model}: 2, 3. Set the input 'modelVersion' to one of them.`,
        );
    }
    databricks.faults.add({
      path: '*/aliases/champion',
      effect: 'status',
      status: 403,
      errorCode: 'PERMISSION_DENIED',
    });
    assert.equal((await run(inputs)).end.result, 'Failed');
  });
});
