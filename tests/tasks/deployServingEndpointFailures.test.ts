import assert from 'node:assert/strict';
import type { Clock } from '../../shared/clock';
import type { Json } from '../../shared/json';
import type { ServingFailure } from '../../sandbox/databricks/serving/servingScripts';
import { endpoint, model, sample, ServingWorkspace } from '../support/servingStage';

interface Failure {
  readonly failure: ServingFailure;
  /** The first line of the error. */
  readonly cause: RegExp;
  /** What follows it. */
  readonly evidence: readonly RegExp[];
}

const failures: readonly Failure[] = [
  {
    failure: 'buildFails',
    cause:
      /^The environment of version 2 of main\.demo\.iris could not be installed: no version of the package scikit-learn==99\.0 fits\. Check its name and version/,
    evidence: [
      /^Databricks: iris-2-mp\w+ is DEPLOYMENT_FAILED: Container creation failed\. Please see build logs/m,
      /^The end of the build log:\n(?: {2}.*\n)*.*No matching distribution found/m,
    ],
  },
  {
    failure: 'containerCrashes',
    cause:
      /^Version 2 of main\.demo\.iris cannot be loaded: the Python module 'model_modules' is missing in its environment\. Log the model with/,
    evidence: [
      /DEPLOYMENT_FAILED: Model server failed to load/,
      /^The end of the server log:\n/m,
      /exited with code 3/,
    ],
  },
  {
    failure: 'neverReady',
    cause: /^The container of version 2 of main\.demo\.iris did not become ready in the time that Databricks allows\./,
    evidence: [/DEPLOYMENT_ABORTED: .* timed out/, /Loading main\.demo\.iris\/2/],
  },
  {
    failure: 'outOfCapacity',
    cause:
      /^Databricks has no capacity for the container of version 2 of main\.demo\.iris at present\. Run the step again later/,
    evidence: [/did not become available in time/],
  },
  {
    failure: 'wrongCreator',
    cause:
      /^The creator of the endpoint, \S+@\S+, is not allowed to read main\.demo\.iris\. Databricks loads models with the permissions of the identity that created the endpoint\. Grant it EXECUTE/,
    evidence: [/PERMISSION_DENIED: The endpoint creator/],
  },
  {
    failure: 'updateFails',
    cause:
      /^Version 2 of main\.demo\.iris was not deployed: Served entity creation aborted because the endpoint update failed\./,
    evidence: [/\(UPDATE_FAILED\)/],
  },
  {
    failure: 'updateCanceled',
    cause:
      /^Somebody stopped the update of the endpoint in Databricks while version 2 of main\.demo\.iris was deployed\./,
    evidence: [/\(UPDATE_CANCELED\)/],
  },
  {
    failure: 'wrongAnswers',
    cause:
      /^The new version does not answer as expected\. The answer to the sample has "not setosa" at \$\.predictions\[0\]\.species, not "setosa"/,
    evidence: [/version 2 of main\.demo\.iris \(iris-2-mp\w+\)/, /^The end of the server log:/m, /^Rolled back\./m],
  },
];

describe('DeployServingEndpoint, when the new version fails', () => {
  let workspace: ServingWorkspace;
  beforeEach(async () => {
    workspace = await ServingWorkspace.open();
    await workspace.deploy(1);
    workspace.hasUsers = true;
  });
  afterEach(() => workspace.close());

  /** All requests of users were answered, by the version that served before. */
  function checkUsers(): void {
    assert.ok(workspace.answers.length > 5, String(workspace.answers.length));
    const names = new Set(workspace.answers.map(({ status, entity }) => `${status} ${entity?.slice(0, 7) ?? ''}`));
    assert.deepEqual([...names], ['200 iris-1-']);
  }

  for (const strategy of ['replace', 'blueGreen', 'canary'])
    for (const { failure, cause, evidence } of failures)
      it(`names the cause, and what served before still serves: ${failure}, ${strategy}`, async () => {
        workspace.databricks.scriptServing({ matching: { entityVersion: '2' }, times: 1, failure });
        const agent = await workspace.deploy(2, { strategy });
        const { result, message } = agent.end;
        assert.equal(result, 'Failed', agent.text());
        assert.match(message.split('\n')[0] ?? '', cause);
        for (const one of evidence) assert.match(message, one);
        assert.match(message, /Version 1 of main\.demo\.iris \(iris-1-mp\w+\) serves 100 % of the requests\.$/);
        assert.deepEqual(
          [
            workspace.served(),
            agent.outputs['rolledBack'],
            agent.outputs['resultState'],
            agent.outputs['servedVersion'],
          ],
          ['1:100', 'true', 'RolledBack', '1'],
        );
        checkUsers();

        // The next run has the same goal, and reaches it.
        const again = await workspace.deploy(2, { strategy });
        assert.equal(again.end.result, 'Succeeded', again.text());
        assert.ok(workspace.answers.every(({ status }) => status === 200));
      });

  it('is red although the endpoint stays READY', async () => {
    workspace.databricks.scriptServing({ matching: { entityVersion: '2' }, failure: 'updateFails' });
    const agent = await workspace.deploy(2);
    assert.equal(agent.end.result, 'Failed');
    const found = await workspace.api<{ state: unknown }>('GET', `/${endpoint}`);
    assert.deepEqual(found.state, { ready: 'READY', config_update: 'UPDATE_FAILED', suspend: 'NOT_SUSPENDED' });
    // A second run does not take the failed config for its own success.
    assert.equal((await workspace.deploy(2)).end.result, 'Failed');
    // What the endpoint serves already is not affected.
    assert.equal((await workspace.deploy(1)).outputs['resultState'], 'Unchanged');
  });

  it('leaves a version that answers wrongly without traffic where that is asked for', async () => {
    workspace.databricks.scriptServing({ matching: { entityVersion: '2' }, failure: 'wrongAnswers' });
    const agent = await workspace.deploy(2, { onFailure: 'leave', strategy: 'canary' });
    assert.deepEqual([agent.outputs['resultState'], workspace.served()], ['Failed', '1:100 2:0'], agent.text());
    assert.match(agent.end.message, /Everything is left as it is\. Version 1/);
    checkUsers();
    // The next deployment does not need it any more.
    await workspace.deploy(3, { strategy: 'canary' });
    assert.equal(workspace.served(), '1:90 3:10');
  });

  it('does not promote a canary that answers wrongly by then', async () => {
    await workspace.deploy(2, { strategy: 'canary' });
    const [, canary] = workspace.found?.config?.entities ?? [];
    assert.ok(canary);
    canary.scoresWrongly = true;
    const agent = await workspace.run({ action: 'promote', ...sample });
    assert.match(agent.end.message, /^The new version does not answer as expected\./);
    assert.deepEqual([workspace.changes(), workspace.served()], [[], '1:90 2:10']);
  });

  it('gives a canary its share back when its promotion is not answered as expected', async () => {
    await workspace.deploy(2, { strategy: 'canary' });
    const rewrite = (status: number, body: string) => ({ status, body: body.replace('setosa', 'other') });
    const path = `/serving-endpoints/${endpoint}/invocations`;
    workspace.databricks.faults.add({ path, effect: 'rewritten', rewrite, times: 1000 });
    workspace.hasUsers = false;
    const agent = await workspace.run({ action: 'promote', ...sample });
    assert.match(
      agent.end.message,
      /^The new version does not answer as expected\..*\n(?:.*\n)*Rolled back\. Version 1/,
    );
    assert.deepEqual([agent.outputs['resultState'], workspace.served()], ['RolledBack', '1:90 2:10'], agent.text());
  });

  it('withdraws a canary that answers wrongly in another run', async () => {
    await workspace.deploy(2, { strategy: 'canary' });
    const [, canary] = workspace.found?.config?.entities ?? [];
    assert.ok(canary);
    canary.scoresWrongly = true;
    const agent = await workspace.deploy(2, { strategy: 'canary' });
    assert.deepEqual([agent.end.result, workspace.served()], ['Failed', '1:100'], agent.text());
  });

  it('does not take a version out of service that an earlier run has deployed', async () => {
    const agent = await workspace.deploy(1, { expectedJson: '$.predictions[0].species=virginica' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /There is nothing to roll back to\. Version 1/);
    assert.deepEqual([workspace.changes(), workspace.served()], [[], '1:100']);
  });

  it('rolls back a replacement that an earlier run has not finished', async () => {
    // As a run leaves it that was killed after the switch.
    await workspace.deploy(2, { strategy: 'blueGreen' });
    const entity = workspace.found?.config?.entities.find(({ entityVersion }) => entityVersion === '2');
    assert.ok(entity);
    entity.scoresWrongly = true;
    const kept = await workspace.deploy(2, { strategy: 'blueGreen' });
    assert.deepEqual([kept.outputs['resultState'], workspace.served()], ['Failed', '1:0 2:100'], kept.text());
    const agent = await workspace.deploy(2);
    assert.deepEqual([agent.outputs['resultState'], workspace.served()], ['RolledBack', '1:100'], agent.text());
  });

  it('rolls back when the address of the endpoint answers otherwise than the version did', async () => {
    const rewrite = (status: number, body: string) => ({ status, body: body.replace('setosa', 'other') });
    workspace.databricks.faults.add({
      path: `/serving-endpoints/${endpoint}/invocations`,
      effect: 'rewritten',
      rewrite,
      from: 1,
      times: 1000,
    });
    workspace.hasUsers = false;
    const agent = await workspace.deploy(2);
    assert.match(agent.end.message, /^The new version does not answer as expected\..*the serving endpoint 'iris'/);
    assert.deepEqual([agent.outputs['resultState'], workspace.served()], ['RolledBack', '1:100'], agent.text());
  });

  it('waits for the update of somebody else, and then deploys', async () => {
    const [entity] = workspace.found?.config?.entities ?? [];
    assert.ok(entity);
    const { name, entityName, entityVersion, settings } = entity;
    const entities = [
      { name, entity_name: entityName, entity_version: entityVersion, ...settings },
      { name: 'theirs', entity_name: model, entity_version: '4', ...settings },
    ];
    const routes = [{ served_entity_name: name, traffic_percentage: 100 }];
    const body = JSON.parse(JSON.stringify({ served_entities: entities, traffic_config: { routes } })) as Json;
    await workspace.api('PUT', `/${endpoint}/config`, body);
    const agent = await workspace.deploy(2);
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.match(agent.text('log'), /is being updated\. theirs is DEPLOYMENT_CREATING/);
    assert.equal(workspace.served(), '2:100 4:0');
    assert.ok(workspace.answers.every(({ status }) => status === 200));
  });

  it('waits for a container that restarts', async () => {
    const [entity] = workspace.found?.config?.entities ?? [];
    assert.ok(entity);
    workspace.hasUsers = false;
    entity.deployment = 'DEPLOYMENT_RECOVERING';
    const clock: Clock = {
      ...workspace.userClock,
      sleep: async (milliseconds, signal) => {
        await workspace.userClock.sleep(milliseconds, signal);
        entity.deployment = 'DEPLOYMENT_READY';
      },
    };
    const agent = await workspace.deploy(1, {}, { clock });
    assert.deepEqual([agent.end.result, agent.outputs['resultState']], ['Succeeded', 'Unchanged'], agent.text());
    assert.match(agent.text('log'), /iris-1-mp\w+ is DEPLOYMENT_RECOVERING/);
  });

  it('is red when the container of what serves has failed, also without a sample', async () => {
    const [entity] = workspace.found?.config?.entities ?? [];
    assert.ok(entity);
    workspace.hasUsers = false;
    entity.deployment = 'DEPLOYMENT_FAILED';
    entity.message = 'Model server failed to load the model. Please see service logs for more information.';
    const agent = await workspace.run({ modelVersion: '1' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /^Version 1 of main\.demo\.iris was not deployed: Model server failed/);
  });

  const acknowledged: readonly [method: string, path: string, message: RegExp][] = [
    ['PUT', '*/config', /^Databricks accepted 6 updates of the serving endpoint 'iris', but does not serve/],
    ['PATCH', '*/tags', /^Databricks accepted the settings of the serving endpoint 'iris', but these differ/],
  ];
  for (const [method, path, message] of acknowledged)
    it(`fails when ${method} ${path} is acknowledged and has no effect`, async () => {
      workspace.databricks.faults.add({ method, path, effect: 'status', status: 200, body: '{}', times: 1000 });
      const agent = await workspace.deploy(2);
      assert.match(agent.end.message, message);
    });

  it('changes what the endpoint serves after the sample, not what it served before', async () => {
    const own = workspace.found?.config?.entities[0];
    assert.ok(own && workspace.found?.config);
    const theirs = { ...own, name: 'theirs' };
    workspace.found.config = { ...workspace.found.config, entities: [own, theirs] };
    const rewrite = (status: number, body: string) => {
      const config = workspace.found?.config;
      if (workspace.found && config) {
        const shares = { [own.name]: 60, theirs: 40 };
        const routes = config.entities.map(({ name }) => ({ entity: name, percentage: shares[name] ?? 0 }));
        workspace.found.config = { ...config, routes };
      }
      return { status, body };
    };
    workspace.databricks.faults.add({ path: '*/served-models/*', effect: 'rewritten', rewrite, times: 1 });
    const agent = await workspace.deploy(2, { strategy: 'canary' });
    assert.deepEqual([agent.end.result, workspace.served()], ['Succeeded', '1:36 1:54 2:10'], agent.text());
  });

  it('leaves an update that takes too long to the next run', async () => {
    workspace.databricks.scriptServing({ matching: { entityVersion: '2' }, times: 1, buildSeconds: 300 });
    const agent = await workspace.deploy(2, { timeoutMinutes: '1' });
    assert.match(
      agent.end.message,
      /^Timed out waiting for the update of the serving endpoint 'iris' to end, after 1 min\. Databricks continues the update, which does not affect what serves now\. Run this step again to take it up/,
    );
    const again = await workspace.deploy(2);
    assert.equal(again.end.result, 'Succeeded', again.text());
    assert.deepEqual(workspace.changes(), ['PATCH tags', 'PUT config', 'PUT config']);
    assert.ok(workspace.answers.every(({ status }) => status === 200));
  });
});

describe('DeployServingEndpoint, when the first version fails', () => {
  let workspace: ServingWorkspace;
  beforeEach(async () => (workspace = await ServingWorkspace.open()));
  afterEach(() => workspace.close());

  it('keeps the endpoint, which the next run uses', async () => {
    workspace.databricks.scriptServing({ times: 1, failure: 'buildFails' });
    const agent = await workspace.deploy(1);
    assert.match(agent.end.message, /^The environment of version 1 .*\n(?:.*\n)*Nothing serves requests\.$/);
    assert.deepEqual([agent.outputs['rolledBack'], agent.outputs['resultState']], ['false', 'Failed']);
    const again = await workspace.deploy(1);
    assert.deepEqual([again.end.result, workspace.served()], ['Succeeded', '1:100'], again.text());
    assert.deepEqual(workspace.changes(), ['PUT config']);
  });

  for (const [failure, left] of [
    ['buildFails', 'absent'],
    ['wrongAnswers', 'absent'],
  ] as const)
    it(`deletes the endpoint where that is asked for: ${failure}`, async () => {
      workspace.databricks.scriptServing({ times: 1, failure });
      const agent = await workspace.deploy(1, { onFailure: 'delete' });
      assert.match(agent.end.message, /\nThe serving endpoint 'iris' was deleted\.$/);
      assert.equal(workspace.served(), left);
    });

  it('says that there is nothing to roll back to', async () => {
    workspace.databricks.scriptServing({ times: 1, failure: 'wrongAnswers' });
    const agent = await workspace.deploy(1);
    assert.match(agent.end.message, /There is nothing to roll back to\. Version 1 .* serves 100 %/);
    assert.equal(agent.outputs['resultState'], 'Failed');
    // The next version takes its place.
    assert.equal((await workspace.deploy(2)).end.result, 'Succeeded');
    assert.equal(workspace.served(), '2:100');
  });
});
