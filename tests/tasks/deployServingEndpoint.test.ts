import assert from 'node:assert/strict';
import type { Json } from '../../shared/json';
import { endpoint, model, sample, ServingWorkspace } from '../support/servingStage';

describe('DeployServingEndpoint', () => {
  let workspace: ServingWorkspace;
  beforeEach(async () => (workspace = await ServingWorkspace.open()));
  afterEach(() => workspace.close());

  /** An endpoint that serves version 1 by this task, and users who send requests to it from then on. */
  async function serving(): Promise<void> {
    const agent = await workspace.deploy(1);
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    workspace.hasUsers = true;
  }

  /** All requests of users were answered. */
  function checkUsers(): void {
    assert.ok(workspace.answers.length > 10, String(workspace.answers.length));
    assert.deepEqual(
      workspace.answers.filter(({ status }) => status !== 200),
      [],
    );
  }

  it('creates an endpoint, says what it serves, and changes nothing the second time', async () => {
    const agent = await workspace.deploy(1);
    const { url } = workspace.databricks;
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.match(
      agent.end.message,
      /^Version 1 of main\.demo\.iris was deployed\. Version 1 of main\.demo\.iris \(iris-1-mp[0-9a-f]{8}\) serves 100 % of the requests\. http/,
    );
    const { servedEntity, ...outputs } = agent.outputs;
    assert.match(servedEntity ?? '', /^iris-1-mp/);
    assert.deepEqual(outputs, {
      scoringUri: `${url}/serving-endpoints/iris/invocations`,
      endpointUrl: `${url}/ml/endpoints/iris`,
      modelVersion: '1',
      servedVersion: '1',
      rolledBack: 'false',
      resultState: 'Deployed',
    });
    assert.deepEqual(workspace.changes(), ['POST serving-endpoints']);
    assert.match(agent.summaries['Serving endpoint'] ?? '', /✅ The new version serves/);
    assert.deepEqual(Object.values(agent.recorded), [
      {
        format: 1,
        kind: 'deployment',
        action: 'deploy',
        scoringUri: outputs['scoringUri'],
        target: 'databricksServing',
        service: 'iris',
        result: 'Deployed',
        isSuccessful: true,
        strategy: 'replace',
        model: { name: model, version: '1' },
      },
    ]);

    const again = await workspace.deploy(1);
    assert.deepEqual([again.end.result, again.outputs['resultState']], ['Succeeded', 'Unchanged'], again.text());
    assert.deepEqual(workspace.changes(), []);
    assert.equal(workspace.found?.config?.version, 1);
  });

  it('replaces a version after the new one has answered at its own address, without a failed request', async () => {
    await serving();
    const agent = await workspace.deploy(2);
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(workspace.served(), '2:100');
    assert.deepEqual(
      [agent.outputs['previousVersion'], agent.outputs['servedVersion'], agent.outputs['resultState']],
      ['1', '2', 'Deployed'],
    );
    assert.deepEqual(workspace.changes(), ['PUT config', 'PATCH tags', 'PUT config', 'PUT config']);
    checkUsers();
    const again = await workspace.deploy(2);
    assert.deepEqual([again.outputs['resultState'], again.outputs['previousVersion']], ['Unchanged', '1']);
    assert.deepEqual(workspace.changes(), []);
  });

  it('keeps the previous version beside the new one until it is promoted or rejected', async () => {
    await serving();
    const agent = await workspace.deploy(2, { strategy: 'blueGreen' });
    assert.deepEqual([agent.outputs['resultState'], workspace.served()], ['Deployed', '1:0 2:100'], agent.text());
    await workspace.deploy(2, { strategy: 'blueGreen' });
    assert.deepEqual(workspace.changes(), []);

    const rejected = await workspace.run({ action: 'reject' });
    assert.deepEqual([rejected.outputs['resultState'], workspace.served()], ['Rejected', '1:100'], rejected.text());
    const again = await workspace.run({ action: 'reject' });
    assert.deepEqual([again.outputs['resultState'], workspace.changes()], ['Unchanged', []], again.text());

    await workspace.deploy(3, { strategy: 'blueGreen' });
    const promoted = await workspace.run({ action: 'promote', ...sample });
    assert.deepEqual([promoted.outputs['resultState'], workspace.served()], ['Promoted', '3:100'], promoted.text());
    const twice = await workspace.run({ action: 'promote', ...sample });
    assert.deepEqual([twice.outputs['resultState'], workspace.changes()], ['Unchanged', []], twice.text());
    const nothing = await workspace.run({ action: 'reject' });
    assert.match(nothing.end.message, /cannot be rejected: the previous version was removed/);
    checkUsers();
  });

  it('sends a canary its share, and all after its promotion', async () => {
    await serving();
    const agent = await workspace.deploy(2, { strategy: 'canary', canaryPercent: '20' });
    assert.deepEqual([agent.outputs['resultState'], workspace.served()], ['Canary', '1:80 2:20'], agent.text());
    assert.equal(agent.outputs['servedVersion'], '1');
    await workspace.deploy(2, { strategy: 'canary', canaryPercent: '20' });
    assert.deepEqual(workspace.changes(), []);
    await workspace.deploy(2, { strategy: 'canary', canaryPercent: '50' });
    assert.equal(workspace.served(), '1:50 2:50');
    // The next canary takes the place of this one.
    await workspace.deploy(3, { strategy: 'canary', canaryPercent: '10' });
    assert.equal(workspace.served(), '1:90 3:10');
    await workspace.run({ action: 'promote' });
    assert.equal(workspace.served(), '3:100');
    // A version that has been promoted keeps all traffic.
    const again = await workspace.deploy(3, { strategy: 'canary', canaryPercent: '10' });
    assert.deepEqual([again.outputs['resultState'], workspace.served()], ['Unchanged', '3:100']);
    checkUsers();
  });

  it('resolves an alias once, and serves that version although the alias moves', async () => {
    const { aliases } = workspace.databricks.catalogModels.get(model);
    aliases['champion'] = 2;
    const inputs = { versionSource: 'alias', modelAlias: 'champion', ...sample };
    assert.equal((await workspace.run(inputs)).outputs['modelVersion'], '2');
    aliases['champion'] = 3;
    assert.equal(workspace.served(), '2:100');
    const none = await workspace.run({ ...inputs, modelAlias: 'nobody' });
    assert.match(none.end.message, /^No version of main\.demo\.iris has the alias 'nobody'/);
  });

  it('runs another size of the same version beside the present one', async () => {
    await serving();
    const agent = await workspace.deploy(1, {
      workloadSize: 'Medium',
      scaleToZero: 'true',
      environment: 'MODE=fast\nAPI_KEY={{secrets/models/key}}',
    });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    const [entity] = workspace.found?.config?.entities ?? [];
    assert.deepEqual(entity?.settings, {
      workload_size: 'Medium',
      workload_type: 'CPU',
      scale_to_zero_enabled: true,
      environment_vars: { MODE: 'fast', API_KEY: '{{secrets/models/key}}' },
    });
    checkUsers();
  });

  it('restores what somebody has changed by hand under the name that the task gave', async () => {
    await serving();
    const [entity] = workspace.found?.config?.entities ?? [];
    const { name = '' } = entity ?? {};
    await workspace.api('PUT', `/${endpoint}/config`, {
      served_entities: [
        {
          name,
          entity_name: model,
          entity_version: '1',
          workload_size: 'Large',
          workload_type: 'CPU',
          scale_to_zero_enabled: false,
        },
      ],
    });
    await workspace.databricks.clock.advance(10_000);
    const agent = await workspace.deploy(1);
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(workspace.found?.config?.entities[0]?.settings['workload_size'], 'Small');
    await workspace.deploy(1);
    assert.deepEqual(workspace.changes(), []);
  });

  it('does not touch an endpoint of others, unless it may take it over', async () => {
    await workspace.api('POST', '', {
      name: endpoint,
      config: {
        served_entities: [
          { entity_name: model, entity_version: '1', workload_size: 'Small', scale_to_zero_enabled: true },
        ],
      },
    });
    await workspace.databricks.clock.advance(10_000);
    const refused = await workspace.deploy(2);
    assert.match(
      refused.end.message,
      /^The serving endpoint 'iris' \(created by \S+\) was not created by this task, so it is not changed\. Set 'adopt'/,
    );
    const deletion = await workspace.run({ action: 'delete' });
    assert.match(deletion.end.message, /was not created by this task/);
    assert.deepEqual([workspace.served(), workspace.changes()], ['1:100', []]);

    workspace.hasUsers = true;
    const agent = await workspace.deploy(2, { adopt: 'true' });
    assert.deepEqual([agent.end.result, workspace.served()], ['Succeeded', '2:100'], agent.text());
    assert.equal(agent.outputs['previousVersion'], '1');
    checkUsers();
    assert.equal((await workspace.run({ action: 'reject' })).end.result, 'Failed');
  });

  it('deletes an endpoint, once', async () => {
    await serving();
    workspace.hasUsers = false;
    const agent = await workspace.run({ action: 'delete' });
    assert.deepEqual([agent.end.message, workspace.served()], ["The serving endpoint 'iris' was deleted.", 'absent']);
    const again = await workspace.run({ action: 'delete' });
    assert.equal(again.end.message, "There is no serving endpoint 'iris'.");
    assert.deepEqual(workspace.changes(), []);
  });

  for (const action of ['promote', 'reject'])
    it(`does not ${action} where there is nothing`, async () => {
      const agent = await workspace.run({ action });
      assert.match(agent.end.message, /^There is no serving endpoint 'iris', or this identity may not see it\.$/);
    });

  it('keeps entities of others without traffic, and removes its own when the limit is reached', async () => {
    await serving();
    const config = workspace.found?.config;
    const [own] = config?.entities ?? [];
    assert.ok(own);
    const other = (name: string): object => ({
      name,
      entity_name: model,
      entity_version: '4',
      workload_size: 'Small',
      workload_type: 'CPU',
      scale_to_zero_enabled: false,
    });
    const others = Array.from({ length: 12 }, (_, index) => `other-${index}`);
    const stale = ['iris-3-mp00000001', 'iris-3-mp00000002'];
    const body = {
      served_entities: [{ ...other(own.name), entity_version: '1' }, ...[...others, ...stale].map(other)],
      traffic_config: { routes: [{ served_entity_name: own.name, traffic_percentage: 100 }] },
    };
    await workspace.api('PUT', `/${endpoint}/config`, JSON.parse(JSON.stringify(body)) as Json);
    await workspace.databricks.clock.advance(10_000);
    const agent = await workspace.deploy(2, { strategy: 'blueGreen' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    const names = (workspace.found?.config?.entities ?? []).map(({ name }) => name);
    assert.deepEqual(names.filter((name) => name.startsWith('other-')).length, 12);
    assert.deepEqual(
      names.filter((name) => stale.includes(name)),
      [],
    );
    assert.equal(names.length, 14);
    checkUsers();
  });
});
