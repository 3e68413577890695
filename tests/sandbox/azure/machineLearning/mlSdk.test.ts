import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startAzure } from '../../../../sandbox/azure/azure';
import { partsOf } from '../../../../sandbox/azure/machineLearning/workspace';
import { startEntra } from '../../../../sandbox/entra/entra';
import { makeTestCertificates } from '../../../support/testCertificates';
import type { MlSdkCalls, MlSdkResults } from './mlSdkCalls';

const subscriptionId = '5b0e7d30-2c7f-4a6e-9b53-0d6f5c3a1e77';
const id = `/subscriptions/${subscriptionId}/resourceGroups/models/providers/Microsoft.MachineLearningServices/workspaces/ml`;

describe("Azure Machine Learning sandbox: Microsoft's own client works with it over TLS", function () {
  this.timeout(60_000);
  const closing: (() => Promise<void>)[] = [];
  let results: MlSdkResults;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ml-sdk-'));
    closing.push(() => rm(folder, { recursive: true }));
    const { ca, server: tls } = await makeTestCertificates();
    const caPath = join(folder, 'ca.pem');
    await writeFile(caPath, ca);
    const secret = 'right~secret';
    const entra = await startEntra({ tls, issuerCa: ca });
    closing.push(() => entra.close());
    const { clientId } = entra.directory.addApplication({ secrets: [{ value: secret }] });
    const workspace = { id, location: 'westeurope' };
    const azure = await startAzure({
      tls,
      issuerCa: ca,
      entra: { issuer: entra.accessTokenIssuer(entra.tenantId), jwksUri: entra.jwksUri },
      // Ten minutes are over before the client asks twice.
      timeScale: 20_000,
      machineLearning: { workspaces: [workspace] },
    });
    closing.push(() => azure.close());
    const { account, container } = partsOf(workspace);
    azure.machineLearning.blobs.store.addContainer(account, container).put('up/MLmodel', Buffer.from(''));
    const calls: MlSdkCalls = {
      authorityHost: entra.url,
      tenantId: entra.tenantId,
      clientId,
      secret,
      endpoint: azure.url,
      subscriptionId,
      resourceGroup: 'models',
      workspaceName: 'ml',
      modelUri: `azureml://subscriptions/${subscriptionId}/resourcegroups/models/workspaces/ml/datastores/workspaceblobstore/paths/up`,
    };
    const script = fileURLToPath(new URL('mlSdkCalls.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
      env: { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: caPath, CALLS: JSON.stringify(calls) },
    });
    results = JSON.parse(stdout) as MlSdkResults;
  });
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  it('reads the workspace, its datastore with secrets, and usages', () => {
    assert.deepEqual(results['workspace'], ['ml', 'westeurope', 'Succeeded']);
    assert.deepEqual([results['stores'], results['secretsType']], [['workspaceblobstore'], 'AccountKey']);
    assert.equal(results['hasUsages'], true);
  });

  it('registers models, environments and code', () => {
    assert.deepEqual(results['model'], ['1', 'mlflow_model', { content: 'x' }]);
    assert.deepEqual(JSON.parse(String(results['environment'])), { dependencies: ['python=3.11'] });
    assert.equal(results['code'], 'https://account.blob.core.windows.net/container/prefix');
  });

  it('follows the operations of an endpoint and of deployments to their end', () => {
    const uri = 'http://score.westeurope.inference.ml.azure.com/score';
    assert.deepEqual(results['created'], ['Succeeded', uri]);
    assert.deepEqual(results['deployed'], ['Succeeded', 'PT10S']);
    assert.deepEqual([results['traffic'], results['scaled']], [{ blue: 100 }, [2, { a: 'b' }]]);
    assert.deepEqual([results['left'], results['gone']], [['blue'], 404]);
  });

  it('reports a failure, a refusal and the log', () => {
    assert.match(String(results['failure']), /ResourceNotReady\. User container has crashed/);
    assert.deepEqual(results['refused'], [400, 'BadRequest']);
    assert.equal(results['log'], "ModuleNotFoundError: No module named 'sklearn'\n");
    assert.equal(results['hasKey'], true);
  });
});
