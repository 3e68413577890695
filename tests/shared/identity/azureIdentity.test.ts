import assert from 'node:assert/strict';
import { SignInError } from '../../../shared/identity/renewedTokens';
import { azureClouds } from '../../../shared/identity/azureCloud';
import { azureIdentity } from '../../../shared/identity/azureIdentity';
import { ConnectProxy } from '../../support/connectProxy';
import { FakeAgent } from '../../support/fakeAgent';
import { RecordingServer } from '../../support/recordingServer';
import { errorOf } from '../http/clientUnderTest';
import {
  azureConnection,
  clientId,
  clientSecret,
  connectionId,
  connectionOf,
  databricks,
  fieldsOf,
  jobAccessToken,
  jobToken,
  makeContext,
  queryOf,
  routes,
  tenantId,
  tokenReply,
} from './signInFixture';

const tokenPath = `/${tenantId}/oauth2/v2.0/token`;

describe('An Azure connection', () => {
  let entra: RecordingServer;
  let organization: RecordingServer;
  before(async () => {
    entra = await RecordingServer.start();
    organization = await RecordingServer.start();
  });
  after(() => Promise.all([entra.close(), organization.close()]));
  beforeEach(() => {
    entra.reset(routes({ [tokenPath]: tokenReply('entra-token', '3599') }));
    organization.reset({ body: { oidcToken: jobToken } });
  });

  it('with a client secret requests a token as documented by Microsoft', async () => {
    const surroundings = makeContext();
    const tokens = azureIdentity(azureConnection(entra.url), surroundings).tokensFor(databricks);
    assert.equal(await tokens.token(), 'entra-token-1');
    const [request, ...more] = entra.requests;
    assert.equal(more.length, 0);
    assert.equal(request?.method, 'POST');
    assert.equal(request.url, tokenPath);
    assert.deepEqual(fieldsOf(request), {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default',
    });
    assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(request.headers.accept, 'application/json');
    assert.match(String(request.headers['user-agent']), /^model-pipeline-tasks\/\d/);
    assert.equal(request.headers.authorization, undefined);
    assert.equal(
      tokens.identity,
      `service principal ${clientId} of tenant ${tenantId}, with the client secret of the connection`,
    );
  });

  it('uses a client secret when it names no kind of credential, as older connections do', async () => {
    const connection = azureConnection(entra.url, { serviceprincipalkey: clientSecret });
    await azureIdentity(connection, makeContext()).tokensFor(databricks).token();
    assert.equal(fieldsOf(entra.requests[0])['client_secret'], clientSecret);
  });

  it('with federation presents a new token of the job each time, issued for this connection', async () => {
    const surroundings = makeContext({
      endpoint: { url: `${organization.url}/job/oidctoken`, accessToken: jobAccessToken },
    });
    const connection = azureConnection(entra.url, {}, { scheme: 'WorkloadIdentityFederation' });
    const tokens = azureIdentity(connection, surroundings).tokensFor(databricks);
    tokens.refused(await tokens.token());
    assert.equal(await tokens.token(), 'entra-token-2');
    assert.equal(organization.requests.length, 2);
    assert.deepEqual(queryOf(organization.requests[0]), { 'api-version': '7.1', serviceConnectionId: connectionId });
    for (const request of entra.requests)
      assert.deepEqual(fieldsOf(request), {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: jobToken,
        scope: `${databricks.id}/.default`,
      });
    assert.equal(
      tokens.identity,
      `service principal ${clientId} of tenant ${tenantId}, with workload identity federation`,
    );
  });

  it('reports the object ID of the identity after the first token', async () => {
    const claims = Buffer.from(JSON.stringify({ oid: 'the-object-id' })).toString('base64url');
    entra.reset({ body: { access_token: `header.${claims}.signature`, expires_in: 3599 } });
    const tokens = azureIdentity(azureConnection(entra.url), makeContext()).tokensFor(databricks);
    assert.doesNotMatch(tokens.identity, /object id/);
    await tokens.token();
    assert.match(tokens.identity, new RegExp(`^service principal ${clientId} \\(object id the-object-id\\) of tenant`));
  });

  it('keeps separate tokens for several resources', async () => {
    const identity = azureIdentity(azureConnection(entra.url), makeContext());
    await identity.tokensFor(databricks).token();
    await identity.tokensFor({ name: 'Azure', id: 'https://management.azure.com/' }).token();
    assert.deepEqual(
      entra.requests.map((request) => fieldsOf(request)['scope']),
      [`${databricks.id}/.default`, 'https://management.azure.com/.default'],
    );
  });

  for (const given of ['', '/']) {
    it(`uses the authority of the connection, ${given ? 'with' : 'without'} a trailing slash`, async () => {
      const connection = azureConnection(entra.url + given, undefined, { data: { environment: 'AzureUSGovernment' } });
      await azureIdentity(connection, makeContext()).tokensFor(databricks).token();
      assert.equal(entra.requests[0]?.url, tokenPath);
    });
  }

  for (const [environment, authority, resourceManager, management] of [
    ['AzureCloud', 'login.microsoftonline.com', 'management.azure.com', 'management.core.windows.net'],
    [
      'AzureUSGovernment',
      'login.microsoftonline.us',
      'management.usgovcloudapi.net',
      'management.core.usgovcloudapi.net',
    ],
    ['AzureChinaCloud', 'login.chinacloudapi.cn', 'management.chinacloudapi.cn', 'management.core.chinacloudapi.cn'],
  ] as const) {
    it(`of ${environment} uses ${authority}, through the proxy of the agent`, async () => {
      const proxy = await ConnectProxy.start();
      proxy.refusal = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n';
      try {
        const agent = Object.assign(new FakeAgent(), { proxyFor: () => ({ url: proxy.url }) });
        const surroundings = { ...makeContext(), agent };
        const connection = connectionOf({
          url: `https://${resourceManager}/`,
          scheme: 'ServicePrincipal',
          parameters: { serviceprincipalid: clientId, tenantid: tenantId, serviceprincipalkey: clientSecret },
          data: { environment },
        });
        const identity = azureIdentity(connection, surroundings);
        const error = await errorOf(SignInError, identity.tokensFor(databricks).token());
        assert.match(
          error.message,
          /^Could not sign in to Databricks \(2ff814a6-.*\): Microsoft Entra ID gave no answer/,
        );
        assert.deepEqual(proxy.targets, [`${authority}:443`]);
        assert.equal(identity.cloud.resourceManager, `https://${resourceManager}/`);
        assert.equal(identity.cloud.managementResource, `https://${management}/`);
      } finally {
        await proxy.close();
      }
    });
  }

  it('uses AzureCloud by default', () => {
    const identity = azureIdentity(azureConnection(entra.url), makeContext());
    assert.equal(identity.cloud, azureClouds[0]);
  });

  it('makes no request before a token is needed', () => {
    azureIdentity(azureConnection(entra.url), makeContext()).tokensFor(databricks);
    assert.equal(entra.requests.length, 0);
  });

  for (const [what, body, problem] of [
    ['no token', { expires_in: 3600 }, /'access_token' is missing/],
    ['no life', { access_token: 'lonely-secret' }, /'expires_in' is missing/],
    ['a life of no time', { access_token: 'lonely-secret', expires_in: 0 }, /'expires_in' is not a number of seconds/],
    ['a life that is no number', { access_token: 'lonely-secret', expires_in: 'long' }, /'expires_in' is not a number/],
  ] as const) {
    it(`reports when the response has ${what}`, async () => {
      entra.reset({ body });
      const tokens = azureIdentity(azureConnection(entra.url), makeContext()).tokensFor(databricks);
      await assert.rejects(tokens.token(), (error) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, problem);
        assert.doesNotMatch(error.message, /lonely-secret/);
        return true;
      });
    });
  }
});
