import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { startAzure } from '../../../sandbox/azure/azure';
import { startEntra } from '../../../sandbox/entra/entra';
import { makeTestCertificates } from '../../support/testCertificates';
import type { SdkCalls, SdkResults } from './armSdkCalls';

const subscriptionId = '5b0e7d30-2c7f-4a6e-9b53-0d6f5c3a1e77';
const group = `/subscriptions/${subscriptionId}/resourceGroups/models`;

describe("Azure sandbox: Microsoft's own clients work with it over TLS", function () {
  this.timeout(60_000);
  const closing: (() => Promise<void>)[] = [];
  let results: SdkResults;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'azure-sdk-'));
    closing.push(() => rm(folder, { recursive: true }));
    const { ca, server: tls } = await makeTestCertificates();
    const caPath = join(folder, 'ca.pem');
    await writeFile(caPath, ca);
    const secret = 'right~secret';
    const entra = await startEntra({ tls, issuerCa: ca });
    closing.push(() => entra.close());
    const { clientId } = entra.directory.addApplication({ secrets: [{ value: secret }] });
    const azure = await startAzure({
      tls,
      issuerCa: ca,
      entra: { issuer: entra.accessTokenIssuer(entra.tenantId), jwksUri: entra.jwksUri },
      timeScale: 100,
      images: { failing: { endsAfterSeconds: 0, exitCode: 1, log: ['Loading', 'No model'] } },
      clusters: [
        {
          id: `${group}/providers/Microsoft.ContainerService/managedClusters/scoring`,
          location: 'westeurope',
          server: 'https://localhost:6443',
          ca,
          user: { token: 'user-token' },
          runCommand: ({ command }) => Promise.resolve({ exitCode: 3, logs: `ran ${command}` }),
        },
      ],
    });
    closing.push(() => azure.close());
    const calls: SdkCalls = {
      authorityHost: entra.url,
      tenantId: entra.tenantId,
      clientId,
      secret,
      endpoint: azure.url,
      subscriptionId,
      resourceGroup: 'models',
      clusterName: 'scoring',
    };
    const script = fileURLToPath(new URL('armSdkCalls.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
      env: { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: caPath, CALLS: JSON.stringify(calls) },
    });
    results = JSON.parse(stdout) as SdkResults;
  });
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  it('create a container group, and report success although its container fails', () => {
    assert.equal(results['created'], 'Succeeded');
    assert.deepEqual([results['state'], results['exitCode']], ['Failed', 1]);
    assert.equal(results['log'], 'No model\n');
  });

  it('parse an error', () => assert.deepEqual(results['refused'], [400, 'InaccessibleImage']));

  it('list, start and delete container groups', () => {
    assert.deepEqual([results['listed'], results['gone']], [['score'], 404]);
  });

  it('read a cluster and its credentials', () => {
    assert.deepEqual(results['cluster'], ['scoring', 'Running', 'Succeeded']);
    const { users } = parse(String(results['kubeconfig'])) as { users: readonly { user: { token: string } }[] };
    assert.equal(users[0]?.user.token, 'user-token');
  });

  it('run a command, and report success although it fails', () => {
    assert.deepEqual(results['command'], ['Succeeded', 3, 'ran kubectl version']);
  });
});
