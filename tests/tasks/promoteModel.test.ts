import assert from 'node:assert/strict';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { runTask } from '../../shared/task/runTask';
import { task } from '../../tasks/PromoteModel/task';
import { FakeAgent } from '../support/fakeAgent';
import { clockOf } from '../support/databricksStage';

const model = 'main.demo.churn';
const signature = 'signature:\n  inputs: \'[{"type": "double"}]\'\n  outputs: \'[{"type": "double"}]\'\n';
const facts = {
  'System.CollectionUri': 'https://dev.azure.com/contoso/',
  'System.TeamProject': 'Models',
  'Build.BuildId': '12',
  'Build.SourceVersion': 'a1b2c3',
  'Build.RequestedFor': 'Ada',
};

describe('PromoteModel', () => {
  let databricks: Databricks;
  beforeEach(async () => {
    databricks = await startDatabricks({ timeScale: 0, hasLimits: false });
    databricks.catalogModels.create(model, 'someone@example.com');
  });
  afterEach(() => databricks.close());

  function register(mlmodel = signature, runId = 'abc') {
    const { catalogModels, volumes } = databricks;
    const version = catalogModels.addVersion(model, runId);
    const folder = `/Models/${model.replaceAll('.', '/')}/${version.version}`;
    volumes.addRoot(folder);
    volumes.put(`${folder}/MLmodel`, Buffer.from(mlmodel), true);
    return version;
  }

  async function run(inputs: Readonly<Record<string, string>>, variables = facts): Promise<FakeAgent> {
    databricks.requests.clear();
    const { url, token } = databricks;
    const agent = new FakeAgent({ connection: 'c', catalogModel: model, ...inputs }, { c: { url, token } }, variables);
    await runTask(task, { agent, clock: clockOf(databricks), signal: new AbortController().signal });
    return agent;
  }

  const holder = (alias = 'champion'): number | undefined => databricks.catalogModels.get(model).aliases[alias];
  const writes = (): readonly string[] =>
    databricks.requests
      .list()
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path.slice(path.lastIndexOf('/') + 1)}`);

  it('moves the alias, records who did it and which version had it before, and changes nothing the second time', async () => {
    register();
    const second = register();
    await run({ modelVersion: '1' });
    const agent = await run({ modelVersion: '2', verdict: 'passed' });
    assert.deepEqual(agent.end, {
      result: 'Succeeded',
      message: `Version 2 of ${model} has the alias 'champion' instead of version 1.`,
    });
    assert.deepEqual(agent.outputs, {
      ...{ modelVersion: '2', previousVersion: '1', modelUri: `models:/${model}/2`, mlflowRunId: second.runId },
    });
    assert.equal(holder(), 2);
    assert.deepEqual(second.tags, {
      promoted_by: 'Ada',
      promotion_run: 'https://dev.azure.com/contoso/Models/_build/results?buildId=12',
      promotion_commit: 'a1b2c3',
      evaluation_verdict: 'passed',
      previous_champion: '1',
      restored_champion_from: 'none',
    });
    assert.match(agent.summaries['Model promotion'] ?? '', /\| Previous version \| 1 \|/);

    const again = await run({ modelVersion: '2' }, { ...facts, 'Build.BuildId': '13' });
    assert.equal(again.end.message, `Version 2 of ${model} already had the alias 'champion'.`);
    assert.equal(again.outputs['previousVersion'], '1');
    assert.deepEqual(writes(), []);
  });

  it('goes back to the previous version by one input, once', async () => {
    for (const version of ['1', '2', '3']) {
      register();
      await run({ modelVersion: version });
    }
    const back = await run({ action: 'rollBack' });
    assert.equal(back.end.message, `Version 2 of ${model} has the alias 'champion' instead of version 3.`);
    assert.equal(holder(), 2);
    const again = await run({ action: 'rollBack' });
    assert.equal(again.end.message, `Version 2 of ${model} already had the alias 'champion'.`);
    assert.deepEqual(writes(), []);
    // After a new promotion there is something to roll back again.
    await run({ modelVersion: '3' });
    await run({ action: 'rollBack' });
    assert.equal(holder(), 2);
    // Also where the version that is promoted was given the alias back before.
    await run({ modelVersion: '3' });
    await run({ modelVersion: '2' });
    await run({ action: 'rollBack' });
    assert.equal(holder(), 3);
  });

  it('refuses to roll back where nothing is recorded', async () => {
    const nothing = await run({ action: 'rollBack' });
    assert.match(nothing.end.message, /has the alias 'champion', so there is nothing to roll back/);
    register();
    await run({ modelVersion: '1' });
    const first = await run({ action: 'rollBack' });
    assert.match(first.end.message, /Version 1 of \S+ has no record of a version that had the alias 'champion' before/);
    assert.equal(holder(), 1);
  });

  it('finds the version by another alias or by its MLflow run', async () => {
    register();
    databricks.catalogModels.get(model).aliases['challenger'] = 1;
    assert.equal((await run({ versionSource: 'alias', sourceAlias: 'challenger' })).end.result, 'Succeeded');
    assert.deepEqual([holder(), holder('challenger')], [1, 1]);
    register(signature, 'def');
    assert.equal((await run({ versionSource: 'run', mlflowRunId: 'def' })).outputs['modelVersion'], '2');
    register(signature, 'def');
    const several = await run({ versionSource: 'run', mlflowRunId: 'def' });
    assert.match(several.end.message, /has registered 2 versions of \S+: 2, 3\. Enter the version\./);
    const none = await run({ versionSource: 'run', mlflowRunId: 'nobody' });
    assert.match(none.end.message, /has registered no version of/);
    const noAlias = await run({ versionSource: 'alias', sourceAlias: 'nobody' });
    assert.match(noAlias.end.message, /^No version of \S+ has the alias 'nobody'/);
  });

  it('waits until the files of the version are there', async () => {
    register();
    const rewrite = (status: number, body: string): { status: number; body: string } => ({
      status,
      body: body.replace('"READY"', '"PENDING_REGISTRATION"'),
    });
    databricks.faults.add({ path: '*/model-versions/get', effect: 'rewritten', rewrite, times: 3 });
    const agent = await run({ modelVersion: '1', timeoutMinutes: '5' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.match(agent.text('log'), /Version 1 of \S+ is PENDING_REGISTRATION\./);
  });

  const refused: readonly [what: string, prepare: () => Record<string, string>, message: RegExp][] = [
    [
      'that is never ready',
      () => {
        register().status = 'PENDING_REGISTRATION';
        return { modelVersion: '1', timeoutMinutes: '2' };
      },
      /^Timed out waiting for version 1 of \S+ to be READY/,
    ],
    [
      'whose registration failed',
      () => {
        register().status = 'FAILED_REGISTRATION';
        return { modelVersion: '1' };
      },
      /^The registration of version 1 of \S+ has failed\. Register the model again\.$/,
    ],
    ['that does not exist', () => ({ modelVersion: '9' }), /^There is no version 9 of/],
    [
      'without a signature',
      () => {
        register('flavors: {}\n');
        return { modelVersion: '1' };
      },
      /^Version 1 of \S+ has no signature: .*=infer_signature/,
    ],
    [
      'whose MLmodel is not YAML',
      () => {
        register('{');
        return { modelVersion: '1' };
      },
      /^Version 1 of \S+ has no signature/,
    ],
    [
      'without MLmodel',
      () => {
        databricks.catalogModels.addVersion(model, 'abc');
        return { modelVersion: '1' };
      },
      /^Version 1 of \S+ has no file MLmodel, so it is not known whether it has a signature/,
    ],
    [
      'without approval',
      () => {
        register();
        return { modelVersion: '1', approvalTag: 'Approval_Check' };
      },
      /^Version 1 of \S+ is not approved: it does not have the tag 'Approval_Check'\. Approve it on its page/,
    ],
    [
      'whose approval was refused',
      () => {
        register().tags['Approval_Check'] = 'Rejected';
        return { modelVersion: '1', approvalTag: 'Approval_Check' };
      },
      /it has 'Rejected' in the tag 'Approval_Check'/,
    ],
  ];
  for (const [what, prepare, message] of refused)
    it(`does not promote a version ${what}`, async () => {
      const agent = await run(prepare());
      assert.equal(agent.end.result, 'Failed', agent.text());
      assert.match(agent.end.message, message);
      assert.deepEqual([holder(), writes()], [undefined, []]);
    });

  it('promotes an approved version, and one without a signature where that is not required', async () => {
    register('flavors: {}\n').tags['Approval_Check'] = 'APPROVED';
    const agent = await run({ modelVersion: '1', approvalTag: 'Approval_Check', requireSignature: 'false' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
  });

  it('fails when the alias is acknowledged and not moved', async () => {
    register();
    databricks.faults.add({ method: 'PUT', path: '*/aliases/champion', effect: 'status', status: 200, body: '{}' });
    const agent = await run({ modelVersion: '1' });
    assert.match(agent.end.message, /was set to version 1, but points to no version now/);
  });

  for (const [alias, why] of [
    ['latest', 'must consist of'],
    ['v1', 'must consist of'],
    ['a b', 'must consist of'],
  ] as const)
    it(`refuses the alias '${alias}' before any request`, async () => {
      const agent = await run({ alias, modelVersion: '1' });
      assert.match(agent.end.message, new RegExp(`^Input 'alias' ${why}`));
      assert.deepEqual(databricks.requests.list(), []);
    });
});
