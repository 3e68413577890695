import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionEnvironment, makeConnection } from '../../sandbox/agent/tasks/connections';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { bundleOf } from '../support/builtTasks';
import { startTaskProcess, type ProcessEnd } from '../support/taskProcess';
import { makeTestCertificates } from '../support/testCertificates';

describe('a workspace that is identified by its Azure resource ID', function () {
  this.timeout(60_000);
  const name = 'azure-dev';
  const clientId = '3c1f7a52-9d0e-4b86-a2c4-5e8f60b7d913';
  let folder: string;
  let sandbox: Sandbox;

  before(async () => {
    const { ca, server } = await makeTestCertificates();
    folder = await mkdtemp(join(tmpdir(), 'azure-connection-'));
    await writeFile(join(folder, 'ca.pem'), ca);
    const servicePrincipals = [{ applicationId: clientId }];
    sandbox = await startSandbox({
      databricks: { servicePrincipals, azureContributors: [clientId] },
      connections: [{ name }],
      tls: { ...server, ca },
    });
    sandbox.databricks.identities.remove(clientId);
  });
  after(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true });
  });

  /** Stops a cluster that is not there, which needs one call. */
  async function stopCluster(inputs: Readonly<Record<string, string>>): Promise<ProcessEnd> {
    const { databricks, entra, azure, devops } = sandbox.describe();
    const connection = makeConnection({
      name,
      url: azure.url,
      scheme: 'WorkloadIdentityFederation',
      parameters: { serviceprincipalid: entra.clientId, tenantid: entra.tenantId },
      data: { environmentAuthorityUrl: entra.url },
    });
    const job = makeConnection({
      name: 'job',
      id: 'SYSTEMVSSCONNECTION',
      url: devops.url,
      scheme: 'OAuth',
      parameters: { AccessToken: devops.accessToken },
    });
    const process = await startTaskProcess(await bundleOf('StopCluster'), {
      ...connectionEnvironment(connection),
      ...connectionEnvironment(job),
      SYSTEM_OIDCREQUESTURI: devops.oidcRequestUri,
      AGENT_CAINFO: join(folder, 'ca.pem'),
      INPUT_CONNECTIONTYPE: 'azure',
      INPUT_AZURECONNECTION: connection.id,
      INPUT_WORKSPACEURL: databricks.resourceId,
      INPUT_CLUSTER: 'no-such-cluster',
      ...inputs,
    });
    return process.end;
  }

  it('is found, but refuses a principal that is not in it', async () => {
    const { result, output } = await stopCluster({});
    assert.equal(result, 'Failed', output);
    assert.match(output, /Unauthorized access to Org/);
    assert.match(output, /Add this identity to the workspace|Add the service principal/);
  });

  it('accepts a principal that has a role on the resource and sends a management token', async () => {
    const { result, output } = await stopCluster({ INPUT_USEMANAGEMENTTOKEN: 'true' });
    assert.equal(result, 'Succeeded', output);
  });

  it('reports which role to assign when the resource cannot be read', async () => {
    sandbox.azure.faults.add({ effect: 'status', status: 403, errorCode: 'AuthorizationFailed', message: 'No role.' });
    const { result, output } = await stopCluster({});
    assert.equal(result, 'Failed', output);
    assert.match(output, /Could not look up the URL of the workspace \/subscriptions\/.*AuthorizationFailed.*Reader/s);
  });
});
