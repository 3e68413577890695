import assert from 'node:assert/strict';
import { startAzure, type Azure } from '../../../sandbox/azure/azure';
import type { ManagedCluster } from '../../../sandbox/azure/managedClusters/managedCluster';
import { startEntra, type Entra } from '../../../sandbox/entra/entra';
import { clusterIdOf, clusterTokens, openCluster } from '../../../shared/azure/aks';
import { openSubscription, type Subscription } from '../../../shared/azure/resourceManager/openSubscription';
import { TaskError } from '../../../shared/errors';
import { HttpError } from '../../../shared/http/errors';
import { FakeAgent } from '../../support/fakeAgent';
import { FakeClock } from '../../support/fakeClock';
import { errorOf } from '../http/clientUnderTest';

const tenantId = '0a4f1c2e-6f5d-4a77-9d0b-6f1f3f0f5a01';
const clientId = 'c11e4711-0000-4000-8000-000000000001';
const subscriptionId = '5b0e7d30-2c7f-4a6e-9b53-0d6f5c3a1e77';
const id = clusterIdOf(subscriptionId, 'models', 'prod');
const actions = 'Microsoft.ContainerService/managedClusters';

describe('A cluster of AKS', () => {
  let entra: Entra;
  let azure: Azure;
  let subscription: Subscription;
  const clock = new FakeClock(Date.UTC(2025, 0, 1));
  const { signal } = new AbortController();
  const change = (changes: Partial<ManagedCluster>): void => {
    const cluster: ManagedCluster = {
      id,
      location: 'westeurope',
      server: 'https://prod.hcp.westeurope.azmk8s.io:443',
      ca: 'pem',
      aadProfile: { tenantID: tenantId, managed: true, enableAzureRBAC: true },
      admin: { token: 'admin-token' },
      ...changes,
    };
    azure.clusters.splice(0, azure.clusters.length, cluster);
  };

  before(async () => {
    entra = await startEntra({
      tenantIds: [tenantId],
      clock,
      tokenSeconds: 86_400,
      applications: [{ clientId, secrets: [{ value: 'a-secret' }] }],
    });
    azure = await startAzure({
      entra: { issuer: entra.accessTokenIssuer(tenantId), jwksUri: entra.jwksUri },
      clock,
      resourceGroups: [{ id: `/subscriptions/${subscriptionId}/resourceGroups/models`, location: 'westeurope' }],
      logsBodies: true,
    });
    const parameters = { serviceprincipalid: clientId, tenantid: tenantId, serviceprincipalkey: 'a-secret' };
    const data = { environmentAuthorityUrl: entra.url, subscriptionId };
    const agent = new FakeAgent({}, { c: { url: azure.url, scheme: 'ServicePrincipal', parameters, data } });
    const connection = agent.connection('c');
    assert.ok(connection);
    subscription = openSubscription(connection, { agent, clock, signal, deadline: Infinity });
  });
  after(() => Promise.all([azure.close(), entra.close()]));
  beforeEach(() => {
    change({});
    azure.allowedActions.delete(clientId);
    azure.requests.clear();
  });
  const open = (isAdmin = false, which = id) => openCluster(subscription.arm, { id: which, isAdmin });

  it('provides user credentials in the format for kubelogin', async () => {
    const cluster = await open();
    assert.match(cluster.kubeconfig, /server: "?https:\/\/prod\.hcp/);
    assert.match(cluster.kubeconfig, /kubelogin/);
    assert.equal(cluster.name, 'prod');
    assert.equal(cluster.isPrivate, false);
    assert.match(cluster.kubeletIdentity ?? '', /^[0-9a-f-]{36}$/);
    assert.equal(azure.requests.list('listClusterUserCredential')[0]?.query['format'], 'exec');
  });

  it('is not taken for another one', async () => {
    const body = JSON.stringify({ name: 'test', properties: {} });
    azure.faults.add({ path: id, times: Infinity, effect: 'status', status: 200, body });
    try {
      await assert.rejects(open(), /form than documented: it is about another cluster/);
    } finally {
      azure.faults.clear();
    }
  });

  it('is found by its name in other letter case', async () => {
    change({ id: clusterIdOf(subscriptionId, 'models', 'Prod') });
    assert.equal((await open()).name, 'Prod');
  });

  it('accepts the tokens that kubelogin would get', async () => {
    const token = await clusterTokens(subscription.identity).token();
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { aud: string };
    assert.equal(claims.aud, '6dae42f8-4368-4678-94ff-3960e28e3630');
  });

  it('provides user credentials by the old action to those who are allowed only that', async () => {
    azure.allowedActions.set(clientId, [`${actions}/read`, `${actions}/accessProfiles/*`]);
    const cluster = await open();
    assert.match(cluster.kubeconfig, /prod\.hcp/);
  });

  it('names the missing action, and the role that grants it', async () => {
    azure.allowedActions.set(clientId, [`${actions}/read`]);
    const error = await errorOf(HttpError, open());
    assert.match(
      error.message,
      /lacks the action Microsoft\.ContainerService\/managedClusters\/listClusterUserCredential\/action\. Assign it the role 'Azure Kubernetes Service Cluster User Role'/,
    );
    azure.allowedActions.set(clientId, []);
    assert.match((await errorOf(HttpError, open())).message, /managedClusters\/read\. Assign it the role/);
    await assert.rejects(open(true));
  });

  it('provides local admin credentials on request, unless local accounts are disabled', async () => {
    assert.match((await open(true)).kubeconfig, /admin-token/);
    change({ disableLocalAccounts: true });
    const error = await errorOf(TaskError, open(true));
    assert.match(
      error.message,
      /Local accounts of the cluster are disabled\. Sign in as the service connection itself/,
    );
  });

  it('that is stopped, changing or too old is refused', async () => {
    change({ powerState: 'Stopped' });
    await assert.rejects(open(), /The cluster 'prod' is stopped\. Start it/);
    change({ provisioningState: 'Creating' });
    await assert.rejects(open(), /its state is Creating/);
    change({ provisioningState: 'Upgrading' });
    await open();
    change({ aadProfile: { tenantID: tenantId, managed: false, enableAzureRBAC: false } });
    await assert.rejects(open(), /legacy Azure AD integration/);
  });

  it('reports whether it is private', async () => {
    change({ isPrivate: true });
    assert.equal((await open()).isPrivate, true);
  });

  it('must be named by a resource id, in upper or lower case', async () => {
    await open(false, id.toLowerCase());
    await assert.rejects(open(false, '/subscriptions/s'), /is not the resource id of an AKS cluster/);
  });
});
