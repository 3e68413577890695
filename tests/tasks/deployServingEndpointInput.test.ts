import assert from 'node:assert/strict';
import { flower, ServingWorkspace } from '../support/servingStage';

const specification = `
description: Flowers
tags:
  - { key: team, value: ml }
ai_gateway:
  usage_tracking_config: { enabled: true }
  rate_limits:
    - { calls: 100, key: user, renewal_period: minute }
email_notifications:
  on_update_failure: [ml@example.com]
config:
  served_entities:
    - min_provisioned_concurrency: 4
      max_provisioned_concurrency: 8
      environment_vars: { MODE: fast, TOKEN: '{{secrets/models/token}}' }
`;

describe('DeployServingEndpoint, given its settings', () => {
  let workspace: ServingWorkspace;
  beforeEach(async () => (workspace = await ServingWorkspace.open()));
  afterEach(() => workspace.close());

  it('creates an endpoint as its specification says, and changes it when that changes', async () => {
    const agent = await workspace.deploy(1, { spec: specification, environment: 'MODE=slow' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    const { config, tags, aiGateway, notifications, description } = workspace.found ?? {};
    assert.deepEqual(config?.entities[0]?.settings, {
      workload_type: 'CPU',
      scale_to_zero_enabled: false,
      min_provisioned_concurrency: 4,
      max_provisioned_concurrency: 8,
      environment_vars: { MODE: 'slow', TOKEN: '{{secrets/models/token}}' },
    });
    assert.deepEqual(
      [description, aiGateway, notifications],
      [
        'Flowers',
        {
          usage_tracking_config: { enabled: true },
          rate_limits: [{ calls: 100, key: 'user', renewal_period: 'minute' }],
        },
        { on_update_failure: ['ml@example.com'] },
      ],
    );
    assert.ok(tags?.some(({ key, value }) => key === 'team' && value === 'ml'));
    await workspace.deploy(1, { spec: specification, environment: 'MODE=slow' });
    assert.deepEqual(workspace.changes(), []);

    const changed = specification
      .replace('calls: 100', 'calls: 50')
      .replace('ml@', 'ops@')
      .replace('value: ml', 'value: ops')
      .replace('Flowers', 'Plants');
    const again = await workspace.deploy(1, { spec: changed, environment: 'MODE=slow' });
    assert.equal(again.outputs['resultState'], 'Deployed', again.text());
    assert.deepEqual(workspace.changes(), ['PATCH tags', 'PUT ai-gateway', 'PATCH notifications']);
    assert.match(
      again.text('warning'),
      /sets this only when an endpoint is created, so it stays as it is: ~ description: Flowers → Plants/,
    );
    assert.equal(workspace.found?.config?.version, 1);
  });

  it('keeps the settings of inference tables that the specification does not name', async () => {
    await workspace.deploy(1);
    const capture = { catalog_name: 'main', schema_name: 'demo', enabled: true, state: { payload_table: {} } };
    const rewrite = (status: number, body: string) => {
      const found = JSON.parse(body) as { config?: object };
      return {
        status,
        body: found.config
          ? JSON.stringify({ ...found, config: { ...found.config, auto_capture_config: capture } })
          : body,
      };
    };
    workspace.databricks.faults.add({
      method: 'GET',
      path: '/api/2.0/serving-endpoints/iris',
      effect: 'rewritten',
      rewrite,
      times: 1000,
    });
    const agent = await workspace.deploy(2, { strategy: 'blueGreen' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    const bodies = workspace.databricks.requests
      .list()
      .filter(({ method, path }) => method === 'PUT' && path.endsWith('/config'))
      .map(({ body }) => (JSON.parse(body ?? '') as { auto_capture_config?: unknown }).auto_capture_config);
    const kept = { catalog_name: 'main', schema_name: 'demo', enabled: true };
    assert.deepEqual(bodies, [kept, kept]);
  });

  it('fails where Databricks accepts a setting and returns another value', async () => {
    await workspace.deploy(1);
    workspace.databricks.faults.add({ method: 'PATCH', path: '*/tags', effect: 'status', status: 200, body: '{}' });
    const agent = await workspace.deploy(1, { spec: specification.replace(/\nconfig:[^]*/, '') });
    assert.match(agent.end.message, /^Databricks accepted the settings of .* but these differ:\n {2}tags\.team\n/);
  });

  const wrong: readonly [what: string, inputs: Readonly<Record<string, string>>, message: RegExp][] = [
    [
      'a secret in plain text',
      { environment: 'DB_PASSWORD=abcdef' },
      /^Input 'environment' has a secret in DB_PASSWORD.*\{\{secrets\/scope\/key\}\}\.$/,
    ],
    [
      'a secret in plain text in the specification',
      { spec: 'config: {served_entities: [{environment_vars: {API_KEY: abcdef}}]}' },
      /^Input 'spec' has a secret in API_KEY/,
    ],
    ['a bad reference', { environment: 'TOKEN={{secrets/scope}}' }, /has a bad reference in TOKEN\. Write it as/],
    ['a bad name of a variable', { environment: 'A-B=1' }, /contains 'A-B', which is not the name of a variable/],
    [
      'the model in the specification',
      { spec: 'name: x\nconfig:\n  served_entities:\n    - entity_name: a.b.c\n      entity_version: "1"\n' },
      /is not a valid endpoint specification:\n.*line 1: name must be left out.*\n.*line 4: config\.served_entities\[0\]\.entity_name must be left out/,
    ],
    [
      'traffic in the specification',
      { spec: 'config: {traffic_config: {routes: []}}' },
      /traffic_config must be left out: the strategy/,
    ],
    [
      'two entities',
      { spec: 'config: {served_entities: [{workload_size: Small}, {workload_size: Large}]}' },
      /is one too many/,
    ],
    ['deprecated rate limits', { spec: 'rate_limits: []' }, /rate_limits is deprecated: use ai_gateway\.rate_limits/],
    [
      'a tag of the task',
      { spec: 'tags: [{key: deployed-entity, value: x}]' },
      /has the tag deployed-entity, in which/,
    ],
    ['a wrong type', { spec: 'config: {served_entities: [{workload_size: [3]}]}' }, /workload_size must be text/],
    ['a short name of the model', { catalogModel: 'iris' }, /must be a full name: catalog\.schema\.model/],
    ['a bad name of the endpoint', { endpointName: 'a b' }, /must have 1 to 63 letters/],
    ['a sample that is not JSON', { samplePayload: '{' }, /^Input 'samplePayload' must be JSON/],
  ];
  for (const [what, inputs, message] of wrong)
    it(`refuses ${what} before any request`, async () => {
      const agent = await workspace.run({ modelVersion: '1', samplePayload: flower, ...inputs });
      assert.match(agent.end.message, message);
      assert.deepEqual(workspace.databricks.requests.list(), []);
    });

  it('refuses a secret of the job under any name', async () => {
    const agent = workspace.agentOf(
      workspace.inputs({ modelVersion: '1', environment: `MODE=x${workspace.databricks.token}` }),
    );
    await workspace.run({}, { agent });
    assert.match(agent.end.message, /^Input 'environment' has a secret in MODE/);
    assert.deepEqual(workspace.databricks.requests.list(), []);
  });

  it('does not ask for a version that does not exist', async () => {
    const agent = await workspace.deploy(9);
    assert.match(agent.end.message, /^There is no version 9 of main\.demo\.iris/);
    assert.equal(workspace.served(), 'absent');
  });
});
