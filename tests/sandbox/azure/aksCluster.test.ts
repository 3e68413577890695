import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get, type RequestOptions } from 'node:https';
import { parse } from 'yaml';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox';

const aksServer = '6dae42f8-4368-4678-94ff-3960e28e3630';

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ];
  readonly users: readonly [{ readonly user: Readonly<Record<string, string>> }];
}

const decoded = (base64 = '') => Buffer.from(base64, 'base64').toString();

describe('The AKS cluster of the sandbox', () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ databricks: { timeScale: 0 } });
  });
  after(() => sandbox.close());

  async function tokenFor(resource: string): Promise<string> {
    const { url, tenantId, clientId, clientSecret } = sandbox.describe().entra;
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${resource}/.default`,
    });
    const response = await fetch(`${url}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body });
    return ((await response.json()) as { readonly access_token: string }).access_token;
  }
  async function kubeconfigOf(action: string): Promise<Kubeconfig> {
    const { url, subscriptionId, resourceGroup, clusterName } = sandbox.describe().azure;
    const path = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${clusterName}`;
    const response = await fetch(`${url}${path}/${action}?api-version=2024-09-01`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await tokenFor('https://management.azure.com')}` },
    });
    const { kubeconfigs } = (await response.json()) as { readonly kubeconfigs: readonly { readonly value: string }[] };
    return parse(decoded(kubeconfigs[0]?.value)) as Kubeconfig;
  }
  async function statusOf(
    { clusters: [{ cluster }] }: Kubeconfig,
    options: RequestOptions,
  ): Promise<number | undefined> {
    const ca = decoded(cluster['certificate-authority-data']);
    const url = `${cluster.server}/api/v1/namespaces/${sandbox.describe().kubernetes.namespace}`;
    const [response] = (await once(get(url, { ...options, ca, agent: false }), 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  }
  const bearing = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  it('accepts a token of Entra ID until it expires', async () => {
    const kubeconfig = await kubeconfigOf('listClusterUserCredential');
    const token = await tokenFor(aksServer);
    assert.equal(await statusOf(kubeconfig, bearing(token)), 200);
    assert.equal(await statusOf(kubeconfig, bearing(await tokenFor('https://management.azure.com'))), 401);
    const [header, , signature] = token.split('.');
    const claims = Buffer.from('{"oid":"somebody"}').toString('base64url');
    assert.equal(await statusOf(kubeconfig, bearing(`${header ?? ''}.${claims}.${signature ?? ''}`)), 401);
    await sandbox.databricks.clock.advance(2 * 60 * 60 * 1000);
    assert.equal(await statusOf(kubeconfig, bearing(token)), 401);
  });

  it('accepts the certificate of its local administrator', async () => {
    const kubeconfig = await kubeconfigOf('listClusterAdminCredential');
    const [{ user }] = kubeconfig.users;
    const [cert, key] = [decoded(user['client-certificate-data']), decoded(user['client-key-data'])];
    assert.equal(await statusOf(kubeconfig, { cert, key }), 200);
  });
});
