import assert from 'node:assert/strict';
import https from 'node:https';
import { connect } from 'node:net';
import { Config, WorkspaceClient } from '@databricks/sdk-experimental';
import { endpoint, model, ServingWorkspace } from '../support/servingStage';

/** The SDK drops the port of a host, and asks for TLS: its requests go to the sandbox as they are. */
function sdkOf({ url, token }: { readonly url: string; readonly token: string }): WorkspaceClient {
  const { port, hostname } = new URL(url);
  const agent = Object.assign(new https.Agent({ keepAlive: false }), {
    createConnection: () => connect(Number(port), hostname),
  });
  const config = { host: 'https://adb-1.2.azuredatabricks.net', token, authType: 'pat' as const, loaders: [], env: {} };
  return new WorkspaceClient(new Config(config), { agent });
}

describe("DeployServingEndpoint, with Databricks' own JavaScript SDK", () => {
  let workspace: ServingWorkspace;
  let sdk: WorkspaceClient;
  beforeEach(async () => {
    workspace = await ServingWorkspace.open();
    sdk = sdkOf(workspace.databricks);
  });
  afterEach(() => workspace.close());

  it('is read by the SDK as it was deployed', async () => {
    await workspace.deploy(1);
    await workspace.deploy(2, { strategy: 'canary', canaryPercent: '25' });
    const { state, config, pending_config: pending } = await sdk.servingEndpoints.get({ name: endpoint });
    assert.deepEqual([state?.config_update, state?.ready, pending], ['NOT_UPDATING', 'READY', undefined]);
    assert.deepEqual(
      config?.served_entities?.map(({ name, entity_name: entity, entity_version: version }) => [
        entity,
        version,
        config.traffic_config?.routes?.find((route) => route.served_entity_name === name)?.traffic_percentage,
      ]),
      [
        [model, '1', 75],
        [model, '2', 25],
      ],
    );
    const { logs } = await sdk.servingEndpoints.buildLogs({
      name: endpoint,
      served_model_name: config.served_entities.at(0)?.name ?? '',
    });
    assert.match(logs, /Container image creation finished successfully/);
  });

  it('takes over what the SDK has created, and finds nothing to do after an update by the SDK to the same end', async () => {
    const settings = { workload_size: 'Small', scale_to_zero_enabled: false };
    await sdk.servingEndpoints.create({
      name: endpoint,
      config: { name: endpoint, served_entities: [{ entity_name: model, entity_version: '1', ...settings }] },
    });
    const agent = await workspace.deploy(2, { adopt: 'true', strategy: 'blueGreen' });
    assert.deepEqual([agent.end.result, workspace.served()], ['Succeeded', '1:0 2:100'], agent.text());

    const { config } = await sdk.servingEndpoints.get({ name: endpoint });
    await sdk.servingEndpoints.updateConfig({
      name: endpoint,
      served_entities: (config?.served_entities ?? []).map(
        ({ name = '', entity_name = '', entity_version = '', workload_size = '', scale_to_zero_enabled = false }) => ({
          ...{ name, entity_name, entity_version, workload_size, scale_to_zero_enabled },
        }),
      ),
      ...(config?.traffic_config && { traffic_config: config.traffic_config }),
    });
    const again = await workspace.deploy(2, { strategy: 'blueGreen' });
    assert.equal(again.outputs['resultState'], 'Unchanged', again.text());
    assert.match(again.text('log'), /The serving endpoint 'iris' is being updated/);
    assert.deepEqual(workspace.changes(), []);
  });
});
