import assert from 'node:assert/strict';
import { databricksConnection, openWorkspace } from '../../../shared/task/databricksConnection';
import { runTask } from '../../../shared/task/runTask';
import { defineTask } from '../../../shared/task/task';
import { FakeAgent, type FakeConnection } from '../../support/fakeAgent';
import { FakeClock } from '../../support/fakeClock';
import { RecordingServer } from '../../support/recordingServer';

const task = defineTask({
  inputs: databricksConnection,
  outputs: [],
  run: async ({ inputs, context }) => `Opened ${(await openWorkspace(inputs, context)).url}.`,
});
const resourceId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/w';
const azure: FakeConnection = {
  url: 'https://management.azure.com',
  scheme: 'ServicePrincipal',
  parameters: { serviceprincipalid: 'client', tenantid: 'tenant', serviceprincipalkey: 'secret' },
};
const byAzure = { connectionType: 'azure', azureConnection: 'id' };

async function endOf(inputs: Readonly<Record<string, string>>, connection: FakeConnection) {
  const agent = new FakeAgent(inputs, { id: connection });
  await runTask(task, { agent, clock: new FakeClock(), signal: new AbortController().signal });
  return agent.end;
}

describe('The connection to a workspace', () => {
  it('is opened by a connection to Databricks', async () => {
    assert.deepEqual(await endOf({ connection: 'id' }, { url: 'https://workspace.example/x', token: 'secret' }), {
      result: 'Succeeded',
      message: 'Opened https://workspace.example.',
    });
  });

  it('is opened by a connection to Azure and a URL', async () => {
    const { message } = await endOf({ ...byAzure, workspaceUrl: 'https://workspace.example/?o=1' }, azure);
    assert.equal(message, 'Opened https://workspace.example.');
  });

  it('is opened by a connection to Azure and a resource id, also with the management token', async () => {
    const server = await RecordingServer.start();
    try {
      server.reset({ body: { access_token: 't', expires_in: 60, properties: { workspaceUrl: 'workspace.example' } } });
      const connection = { ...azure, url: server.url, data: { environmentAuthorityUrl: server.url } };
      const inputs = { ...byAzure, workspaceUrl: resourceId, useManagementToken: 'true' };
      assert.equal((await endOf(inputs, connection)).message, 'Opened https://workspace.example.');
    } finally {
      await server.close();
    }
  });

  const bad: readonly (readonly [string, Readonly<Record<string, string>>, FakeConnection, string])[] = [
    ['no connection', {}, azure, "Input 'connection' is required."],
    [
      'a connection without a token',
      { connection: 'id' },
      { url: 'https://workspace.example', scheme: 'Token' },
      "Input 'connection' has no personal access token.",
    ],
    [
      'a connection without a URL',
      { connection: 'id' },
      { url: 'workspace', token: 'secret' },
      "Input 'connection' has a workspace URL that is not a URL.",
    ],
    [
      'a connection to Azure without a tenant',
      { ...byAzure, workspaceUrl: 'https://workspace.example' },
      { ...azure, parameters: { serviceprincipalid: 'client' } },
      "Input 'azureConnection' has no tenant id (tenantid).",
    ],
    [
      'an address that is none',
      { ...byAzure, workspaceUrl: 'my-workspace' },
      azure,
      "Input 'workspaceUrl' is neither a URL nor the Azure resource id of a Databricks workspace.",
    ],
    [
      'a URL with the management token',
      { ...byAzure, workspaceUrl: 'https://workspace.example', useManagementToken: 'true' },
      azure,
      "Input 'workspaceUrl' must be the Azure resource id where a management token is used.",
    ],
  ];
  for (const [what, inputs, connection, message] of bad)
    it(`is refused with ${what}, by the name of the input`, async () => {
      assert.deepEqual(await endOf(inputs, connection), { result: 'Failed', message });
    });
});
