import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request as askPlainly } from 'node:http';
import { request } from 'node:https';
import { json as readJson } from 'node:stream/consumers';
import { partsOf } from '../../../sandbox/azure/machineLearning/workspace';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox';
import { makeTestCertificates } from '../../support/testCertificates';
import { sharedSigningKeys } from '../../support/sharedKeys';

const databricksScope = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

describe('The services of the sandbox together', () => {
  let sandbox: Sandbox;
  const open: Sandbox[] = [];
  const start = async (options: SandboxOptions = {}) => {
    sandbox = await startSandbox({
      signingKeys: await sharedSigningKeys(),
      ...options,
      databricks: { timeScale: 0, ...options.databricks },
    });
    open.push(sandbox);
  };
  beforeEach(() => start());
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  const json = async (response: Promise<Response>) => (await (await response).json()) as Record<string, unknown>;

  async function entraToken(proof: Readonly<Record<string, string>>, scope = databricksScope): Promise<string> {
    const { url, tenantId, clientId } = sandbox.describe().entra;
    const form = { grant_type: 'client_credentials', client_id: clientId, scope, ...proof };
    const answer = await json(
      fetch(`${url}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) }),
    );
    assert.equal(typeof answer['access_token'], 'string', JSON.stringify(answer));
    return answer['access_token'] as string;
  }
  async function jobToken(): Promise<string> {
    const { oidcRequestUri, accessToken, serviceConnectionId = '' } = sandbox.describe().devops;
    const { oidcToken } = await json(
      fetch(`${oidcRequestUri}?api-version=7.1&serviceConnectionId=${serviceConnectionId}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${accessToken}` },
      }),
    );
    return String(oidcToken);
  }
  const managedIdentityToken = async (query: string) => {
    const address = `${sandbox.entra.url}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=2ff814a6-3304-4ab8-85cb-cd0e6f879c1d${query}`;
    return String((await json(fetch(address, { headers: { metadata: 'true' } })))['access_token']);
  };
  /** The user name, or the status of the refusal. */
  async function whoIs(token: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${sandbox.databricks.url}/api/2.0/preview/scim/v2/Me`, { headers });
    return response.ok ? ((await response.json()) as { userName: string }).userName : response.status;
  }
  const exchangeForm = (subjectToken: string) => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    scope: 'all-apis',
    client_id: sandbox.describe().databricks.clientId ?? '',
  });
  const exchange = (subjectToken: string) => {
    const body = new URLSearchParams(exchangeForm(subjectToken));
    return json(fetch(`${sandbox.databricks.url}/oidc/v1/token`, { method: 'POST', body }));
  };

  it('accept the application in the workspace with a secret and with a token of the service connection', async () => {
    const { clientSecret, clientId } = sandbox.describe().entra;
    assert.equal(sandbox.describe().databricks.clientId, clientId);
    assert.equal(await whoIs(await entraToken({ client_secret: clientSecret })), clientId);
    const federated = { client_assertion_type: assertionType, client_assertion: await jobToken() };
    assert.equal(await whoIs(await entraToken(federated)), clientId);
  });

  it("exchange the service connection's token at the workspace, until the policy is deleted", async () => {
    await start({ connections: [{ name: 'another' }] });
    const { devops, entra } = sandbox.describe();
    assert.equal(await whoIs(String((await exchange(await jobToken()))['access_token'])), entra.clientId);
    sandbox.databricks.federation.revoke(devops.serviceConnectionId ?? '');
    assert.equal((await exchange(await jobToken()))['error'], 'invalid_grant');
  });

  it('trust each other over HTTPS with a private authority', async () => {
    const { ca, server } = await makeTestCertificates();
    await start({ tls: { ...server, ca } });
    const { databricks, entra, azure, devops } = sandbox.describe();
    const ask = async (url: string, form?: Readonly<Record<string, string>>, token?: string) => {
      const asked = request(url, {
        ca,
        agent: false,
        method: form ? 'POST' : 'GET',
        headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      });
      asked.end(form && new URLSearchParams(form).toString());
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      return (await readJson(response)) as Record<string, string>;
    };
    const { oidcToken = '' } = await ask(
      `${devops.oidcRequestUri}?api-version=7.1&serviceConnectionId=${devops.serviceConnectionId ?? ''}`,
      {},
      devops.accessToken,
    );
    const { access_token: token = '' } = await ask(`${entra.url}/${entra.tenantId}/oauth2/v2.0/token`, {
      grant_type: 'client_credentials',
      client_id: entra.clientId,
      client_assertion_type: assertionType,
      client_assertion: oidcToken,
      scope: 'https://management.azure.com//.default',
    });
    const { name } = await ask(`${azure.url}${databricks.resourceId}?api-version=2018-04-01`, undefined, token);
    assert.equal(name, 'sandbox');
    const { access_token: own } = await ask(`${databricks.url}/oidc/v1/token`, exchangeForm(oidcToken));
    assert.equal(typeof own, 'string');
  });

  it('accept both managed identities in the workspace', async () => {
    const { managedIdentityClientId } = sandbox.describe().entra;
    assert.equal(
      await whoIs(await managedIdentityToken(`&client_id=${managedIdentityClientId}`)),
      managedIdentityClientId,
    );
    const name = String(await whoIs(await managedIdentityToken('')));
    assert.match(name, /^[\da-f-]{36}$/);
    assert.notEqual(name, managedIdentityClientId);
  });

  it('find the workspace in Azure by its resource ID', async () => {
    const { azure, databricks, entra } = sandbox.describe();
    const token = await entraToken({ client_secret: entra.clientSecret }, 'https://management.azure.com//.default');
    const get = (path: string) =>
      json(fetch(`${azure.url}${path}?api-version=2018-04-01`, { headers: { authorization: `Bearer ${token}` } }));
    const { properties } = (await get(databricks.resourceId)) as { properties: { workspaceUrl: string } };
    assert.equal(properties.workspaceUrl, new URL(databricks.url).host);
    const { value } = await get(`/subscriptions/${azure.subscriptionId}/providers/Microsoft.Databricks/workspaces`);
    assert.equal((value as unknown[]).length, 1);
  });

  it('expire all tokens according to the clock of the workspace', async () => {
    await start({ tokenSeconds: 20 });
    const { clientSecret } = sandbox.describe().entra;
    const token = await entraToken({ client_secret: clientSecret });
    const own = String((await exchange(await jobToken()))['access_token']);
    const job = await jobToken();
    await sandbox.databricks.clock.advance(19_000);
    assert.equal(typeof (await whoIs(token)), 'string');
    await sandbox.databricks.clock.advance(2000);
    assert.deepEqual([await whoIs(token), await whoIs(own)], [401, 403]);
    assert.equal((await exchange(job))['error'], 'invalid_grant');
    assert.equal(typeof (await whoIs(await entraToken({ client_secret: clientSecret }))), 'string');
  });

  it('let jobs reach the blobs and endpoints of Azure Machine Learning through the proxy', async () => {
    const { proxyUrl } = sandbox.describe().azure;
    const { machineLearning } = sandbox.azure;
    const [workspace] = machineLearning.workspaces;
    assert.ok(workspace);
    const ask = async (host: string): Promise<IncomingMessage> => {
      const { hostname, port } = new URL(proxyUrl);
      const asked = askPlainly({ hostname, port, path: `http://${host}/x/y`, headers: { host }, agent: false });
      asked.end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      answer.resume();
      return answer;
    };
    const blob = await ask(`${partsOf(workspace).account}.blob.core.windows.net`);
    assert.deepEqual([blob.statusCode, blob.headers['x-ms-error-code']], [401, 'NoAuthenticationInformation']);
    assert.equal((await ask('nobody.westeurope.inference.ml.azure.com')).statusCode, 502);
  });
});
