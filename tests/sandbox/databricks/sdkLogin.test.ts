import assert from 'node:assert/strict';
import https from 'node:https';
import { connect } from 'node:tls';
import { Config, type ConfigOptions, WorkspaceClient } from '@databricks/sdk-experimental';
import { type Azure, startAzure } from '../../../sandbox/azure/azure';
import { type Databricks, startDatabricks } from '../../../sandbox/databricks/databricks';
import { type Entra, startEntra } from '../../../sandbox/entra/entra';
import { makeTestCertificates } from '../../support/testCertificates';

const applicationId = '0f0e0d0c-0b0a-4908-8706-050403020100';
const ownPrincipal = '1f1e1d1c-1b1a-4918-9716-151413121110';
const host = 'https://adb-7405605123456789.9.azuredatabricks.net';
const azureResourceId =
  '/subscriptions/0a0b0c0d-0000-4000-8000-000000000001/resourceGroups/models/providers/Microsoft.Databricks/workspaces/models';

/** Connects the names of Azure to the stand-ins. Trusts only the given authority; without one, only the public ones. */
function standInAgent(urls: Readonly<Record<string, string>>, ca?: string): https.Agent {
  return Object.assign(new https.Agent({ keepAlive: false }), {
    createConnection: ({ host: name, port }: https.RequestOptions) => {
      const url = new URL(urls[String(name)] ?? `https://localhost:${port ?? 0}`);
      return connect({ host: 'localhost', port: Number(url.port), servername: 'localhost', ca });
    },
  });
}

describe("Databricks sandbox: login with Databricks' own JavaScript SDK, over TLS", () => {
  let entra: Entra;
  let databricks: Databricks;
  let azure: Azure;
  let urls: Readonly<Record<string, string>>;
  let agent: https.Agent;
  const globalAgent = https.globalAgent;

  before(async () => {
    const { ca: issuerCa, server: tls } = await makeTestCertificates();
    entra = await startEntra({
      tls,
      applications: [{ clientId: applicationId, secrets: [{ value: 'entra-secret' }] }],
    });
    const trust = { issuer: entra.accessTokenIssuer(entra.tenantId), jwksUri: entra.jwksUri };
    databricks = await startDatabricks({
      tls,
      issuerCa,
      servicePrincipals: [{ applicationId: ownPrincipal, secret: 'dose-secret' }],
      entra: trust,
      azureResourceId,
      azureContributors: [applicationId],
    });
    azure = await startAzure({
      tls,
      issuerCa,
      entra: trust,
      workspaces: [
        {
          id: azureResourceId,
          name: 'models',
          location: 'westeurope',
          workspaceUrl: new URL(host).host,
          workspaceId: databricks.workspaceId,
        },
      ],
    });
    urls = {
      'login.microsoftonline.com': entra.url,
      'management.azure.com': azure.url,
      [new URL(host).host]: databricks.url,
    };
    agent = standInAgent(urls, issuerCa);
    // The SDK has no setting for the agent of its logins.
    https.globalAgent = agent;
  });
  after(async () => {
    https.globalAgent = globalAgent;
    await databricks.close();
    await entra.close();
    await azure.close();
  });

  const meOf = async (config: ConfigOptions) =>
    (await new WorkspaceClient(new Config({ loaders: [], env: {}, ...config }), { agent }).currentUser.me()).userName;
  const viaEntra = (config: ConfigOptions = {}): ConfigOptions => ({
    host,
    authType: 'azure-client-secret',
    azureTenantId: entra.tenantId,
    azureClientId: applicationId,
    azureClientSecret: 'entra-secret',
    ...config,
  });

  it('as a service principal with its own secret', async () => {
    const config: ConfigOptions = { host, authType: 'oauth-m2m', clientId: ownPrincipal, clientSecret: 'dose-secret' };
    assert.equal(await meOf(config), ownPrincipal);
    await assert.rejects(meOf({ ...config, clientSecret: 'wrong' }), /invalid_client Client authentication failed/);
  });

  it('as a service principal of Entra, which its rights on the Azure resource bring into the workspace', async () => {
    await assert.rejects(meOf(viaEntra()), /Unauthorized access to Org/);
    await assert.rejects(meOf(viaEntra({ azureClientSecret: 'wrong' })), /AADSTS7000215/);
    assert.equal(await meOf(viaEntra({ azureWorkspaceResourceId: azureResourceId })), applicationId);
    assert.equal(await meOf(viaEntra()), applicationId);
  });

  it('is refused without the private authority', async () => {
    https.globalAgent = standInAgent(urls);
    try {
      const config: ConfigOptions = { host, authType: 'oauth-m2m', clientId: 'any', clientSecret: 'any' };
      await assert.rejects(meOf(config), /certificate/);
    } finally {
      https.globalAgent = agent;
    }
  });
});
