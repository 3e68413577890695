import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServingFailure } from '../../../../sandbox/databricks/serving/servingScripts';
import { WorkspaceClient } from '../workspaceClient';
import { base, codeOf, entity, routesOf, said, ServingStage, updateMilliseconds } from './servingStage';

describe('Databricks sandbox: updates of serving endpoints', () => {
  let stage: ServingStage;
  beforeEach(async () => (stage = await ServingStage.start()));
  afterEach(() => stage.close());
  const advance = (seconds: number) => stage.databricks.clock.advance(seconds * 1000);

  it('bring up the first config while the endpoint is not ready', async () => {
    await stage.create({ served_entities: [entity(1)] });
    assert.equal(await stage.state(), 'NOT_READY IN_PROGRESS - 1');
    assert.deepEqual(await stage.deployments('pending_config'), [
      ['demo-1', 'DEPLOYMENT_CREATING', 'Creating resources for served entity.'],
    ]);
    assert.deepEqual(codeOf(await stage.ask()), [503, 'TEMPORARILY_UNAVAILABLE']);
    await advance(10);
    assert.equal(await stage.state(), 'READY NOT_UPDATING 1 -');
    assert.deepEqual(await stage.deployments('config'), [['demo-1', 'DEPLOYMENT_READY', '']]);
  });

  it('leave the active config ready until the next one is', async () => {
    await stage.serving();
    await stage.update({ served_entities: [entity(2)] });
    assert.equal(await stage.state(), 'READY IN_PROGRESS 1 2');
    await advance(1);
    assert.equal((await stage.ask()).headers.get('served-model-name'), 'demo-1');
    await advance(9);
    assert.equal(await stage.state(), 'READY NOT_UPDATING 2 -');
    assert.equal((await stage.ask()).headers.get('served-model-name'), 'demo-2');
  });

  it('exclude each other', async () => {
    await stage.serving();
    await stage.update({ served_entities: [entity(2)] });
    assert.deepEqual(codeOf(await stage.update({ served_entities: [entity(3)] })), [409, 'RESOURCE_CONFLICT']);
    await advance(10);
    assert.equal((await stage.update({ served_entities: [entity(3)] })).status, 200);
    assert.equal(await stage.state(), 'READY IN_PROGRESS 2 3');
  });

  it('keep the containers of entities that do not change', async () => {
    await stage.serving();
    const both = (share: number) => ({
      served_entities: [entity(1), entity(2)],
      traffic_config: routesOf(['demo-1', 100 - share], ['demo-2', share]),
    });
    await stage.update(both(0));
    assert.deepEqual(
      (await stage.deployments('pending_config')).map(([name, deployment]) => [name, deployment]),
      [
        ['demo-1', 'DEPLOYMENT_READY'],
        ['demo-2', 'DEPLOYMENT_CREATING'],
      ],
    );
    await advance(10);
    await stage.update(both(10));
    await advance(1);
    assert.equal(await stage.state(), 'READY NOT_UPDATING 3 -', 'only the routes have changed');
  });

  const outcomes: Readonly<Record<string, [string, RegExp, RegExp]>> = {
    buildFails: ['DEPLOYMENT_FAILED', /^Container creation failed\. Please see build logs/, /No matching distribution/],
    containerCrashes: ['DEPLOYMENT_FAILED', /^Model server failed to load the model/, /finished successfully/],
    neverReady: ['DEPLOYMENT_ABORTED', /aborted because the endpoint update timed out/, /finished successfully/],
    outOfCapacity: ['DEPLOYMENT_ABORTED', /resource did not become available in time/, /pip install/],
    wrongCreator: ['DEPLOYMENT_FAILED', /The endpoint creator \S+@\S+ does not have EXECUTE/, /PERMISSION_DENIED/],
    updateFails: ['DEPLOYMENT_ABORTED', /aborted because the endpoint update failed/, /finished successfully/],
  };
  for (const [failure, [deployment, message, buildLog]] of Object.entries(outcomes))
    it(`fail as scripted, and go on serving the active config: ${failure}`, async () => {
      await stage.serving();
      stage.databricks.scriptServing({ matching: { entityVersion: '2' }, failure: failure as ServingFailure });
      await stage.update({ served_entities: [entity(2)] });
      await advance(100);
      assert.equal(await stage.state(), 'READY UPDATE_FAILED 1 2');
      const [[name, state, reason] = []] = await stage.deployments('pending_config');
      assert.deepEqual([name, state], ['demo-2', deployment]);
      assert.match(said(reason), message);
      assert.equal((await stage.ask()).headers.get('served-model-name'), 'demo-1');
      const logs = await stage.client.get(`${base}/iris/served-models/demo-2/build-logs`);
      assert.match(said(logs.json.logs), buildLog);
      await stage.update({ served_entities: [entity(3)] });
      await advance(10);
      assert.equal(await stage.state(), 'READY NOT_UPDATING 3 -');
    });

  it('fail without anything to serve when the first one fails', async () => {
    stage.databricks.scriptServing({ failure: 'containerCrashes', times: 1 });
    await stage.create({ served_entities: [entity(1)] });
    await advance(10);
    assert.equal(await stage.state(), 'NOT_READY UPDATE_FAILED - 1');
    const { json } = await stage.client.get(`${base}/iris/served-models/demo-1/logs`);
    assert.match(said(json.logs), /An error occurred while loading the model\.\nModuleNotFoundError/);
    await stage.update({ served_entities: [entity(1)] });
    await advance(10);
    assert.equal(await stage.state(), 'READY NOT_UPDATING 2 -', 'the script served once');
  });

  it('end with all of their entities when one fails', async () => {
    await stage.serving();
    stage.databricks.scriptServing({
      matching: { servedEntityName: 'demo-3' },
      failure: 'buildFails',
      buildSeconds: 1,
    });
    const served = [entity(2), entity(3)];
    await stage.update({ served_entities: served, traffic_config: routesOf(['demo-2', 100]) });
    await advance(10);
    assert.deepEqual(
      (await stage.deployments('pending_config')).map(([name, deployment]) => [name, deployment]),
      [
        ['demo-2', 'DEPLOYMENT_ABORTED'],
        ['demo-3', 'DEPLOYMENT_FAILED'],
      ],
    );
  });

  it('can be canceled', async () => {
    await stage.serving();
    stage.databricks.scriptServing({ failure: 'updateCanceled' });
    await stage.update({ served_entities: [entity(2)] });
    await advance(10);
    assert.equal(await stage.state(), 'READY UPDATE_CANCELED 1 2');
  });

  it('have logs by config version where both configs have an entity of one name', async () => {
    await stage.create({ served_entities: [entity(1, { name: 'model' })] });
    await advance(10);
    stage.databricks.scriptServing({ failure: 'buildFails' });
    await stage.update({ served_entities: [entity(2, { name: 'model' })] });
    await advance(10);
    const logs = async (query: Record<string, string>) =>
      said((await stage.client.get(`${base}/iris/served-models/model/build-logs`, query)).json.logs);
    assert.match(await logs({ config_version: '1' }), /version 1[^]*finished successfully/);
    assert.match(await logs({ config_version: '2' }), /version 2[^]*No matching distribution/);
    assert.match(await logs({}), /No matching distribution/, 'the newest one without a version');
    const none = await stage.client.get(`${base}/iris/served-models/other/logs`);
    assert.deepEqual(codeOf(none), [404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  it('recover a container that ends', async () => {
    stage.databricks.scriptServing({ failure: 'containerRestarts', runSeconds: 60 });
    await stage.serving();
    assert.equal(await stage.state(), 'READY NOT_UPDATING 1 -');
    await advance(53.5);
    assert.equal(await stage.state(), 'NOT_READY NOT_UPDATING 1 -');
    const [[, deployment] = []] = await stage.deployments('config');
    assert.equal(deployment, 'DEPLOYMENT_RECOVERING');
    assert.equal((await stage.ask()).status, 503);
    await advance(10);
    assert.equal(await stage.state(), 'READY NOT_UPDATING 1 -');
  });

  it('need a creator who is a member of the workspace', async () => {
    await stage.close();
    const users = [
      { userName: 'left@example.com', token: 'left' },
      { userName: 'ann@example.com', token: 'ann' },
    ] as const;
    stage = await ServingStage.start({ users });
    await stage.serving();
    stage.databricks.identities.remove('left@example.com');
    const reply = await new WorkspaceClient(stage.databricks, 'ann').send(
      'PUT',
      `${base}/iris/config`,
      JSON.stringify({ served_entities: [entity(2)] }),
    );
    assert.deepEqual(codeOf(reply), [403, 'PERMISSION_DENIED']);
    assert.match(said(reply.json.message), /creator left@example\.com of endpoint iris is not a member/);
  });

  it('are scripted and removed by the control API', async () => {
    const script = (method: string, body?: string) => stage.client.send(method, '/__sandbox/serving-scripts', body);
    assert.equal((await script('POST', '{"failure":"buildFails"}')).status, 200);
    const unknown = await script('POST', '{"failure":"explodes"}');
    assert.deepEqual(codeOf(unknown), [400, 'INVALID_PARAMETER_VALUE']);
    await script('DELETE');
    await stage.serving();
    assert.equal(await stage.state(), 'READY NOT_UPDATING 1 -');
  });

  it('end with their endpoint', async () => {
    await stage.create({ served_entities: [entity(1)] });
    await stage.client.send('DELETE', `${base}/iris`);
    await stage.create({ served_entities: [entity(2)] });
    await advance(10);
    assert.equal(await stage.state(), 'READY NOT_UPDATING 1 -');
    assert.equal((await stage.ask()).headers.get('served-model-name'), 'demo-2');
  });

  it('go on when the sandbox starts again from its state', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'serving-'));
    const stateFile = join(folder, 'state.json');
    const first = await ServingStage.start({ stateFile });
    await first.serving();
    const served = [entity(1), entity(2)];
    await first.update({ served_entities: served, traffic_config: routesOf(['demo-1', 50], ['demo-2', 50]) });
    await first.close();
    const second = await ServingStage.restart(stateFile);
    assert.equal(await second.state(), 'READY IN_PROGRESS 1 2');
    await second.databricks.clock.advance(updateMilliseconds);
    assert.equal(await second.state(), 'READY NOT_UPDATING 2 -');
    assert.equal((await second.ask()).status, 200);
    await second.close();
    await rm(folder, { recursive: true });
  });
});
