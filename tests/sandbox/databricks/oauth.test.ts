import assert from 'node:assert/strict';
import type { Databricks, DatabricksOptions } from '../../../sandbox/databricks/databricks';
import { idText, type Reply, startTestWorkspace, WorkspaceClient } from './workspaceClient';

const clientId = '0f0e0d0c-0b0a-4908-8706-050403020100';
const secret = 'dose-secret';
const servicePrincipals = [{ applicationId: clientId, secret, displayName: 'Trainer' }];
const asked = { grant_type: 'client_credentials', scope: 'all-apis' };
const credentials = { client_id: clientId, client_secret: secret };
const basic = (id: string, password: string) => `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`;

describe('Databricks sandbox: OAuth', () => {
  let databricks: Databricks;
  const open = new Set<Databricks>();
  const start = async (options: DatabricksOptions = {}) => {
    ({ databricks } = await startTestWorkspace(options));
    open.add(databricks);
  };
  beforeEach(() => start({ servicePrincipals }));
  afterEach(async () => {
    for (const one of open) await one.close();
    open.clear();
  });

  /** Asks for a token; nothing of it says who asks, except what is given. */
  async function token(form: Record<string, string>, authorization?: string): Promise<Pick<Reply, 'status' | 'json'>> {
    const response = await fetch(`${databricks.url}/oidc/v1/token`, {
      method: 'POST',
      ...(authorization !== undefined && { headers: { authorization } }),
      body: new URLSearchParams(form),
    });
    return { status: response.status, json: (await response.json()) as Reply['json'] };
  }
  const login = async () => {
    const { json } = await token(asked, basic(clientId, secret));
    return new WorkspaceClient(databricks, json.access_token as string);
  };
  const publicly = async (path: string) => (await (await fetch(databricks.url + path)).json()) as Reply['json'];

  it('serves the OAuth discovery document without authentication', async () => {
    const { url, workspaceId } = databricks;
    const host = await publicly('/.well-known/databricks-config');
    assert.deepEqual([host.oidc_endpoint, host.workspace_id], [`${url}/oidc`, workspaceId]);
    for (const name of ['oauth-authorization-server', 'openid-configuration']) {
      const server = await publicly(`/oidc/.well-known/${name}`);
      assert.deepEqual(
        [server.issuer, server.token_endpoint, server.authorization_endpoint],
        [`${url}/oidc`, `${url}/oidc/v1/token`, `${url}/oidc/v1/authorize`],
      );
    }
  });

  it('issues a service principal a token for all routes, by header and by form', async () => {
    for (const reply of [
      await token(asked, basic(clientId, secret)),
      await token({ ...asked, ...credentials }),
      await token({ ...asked, ...credentials, scope: 'offline_access all-apis' }),
    ]) {
      const { access_token: accessToken, ...rest } = reply.json;
      assert.deepEqual([reply.status, rest], [200, { scope: 'all-apis', token_type: 'Bearer', expires_in: 3600 }]);
      const client = new WorkspaceClient(databricks, accessToken as string);
      const me = (await client.get('/api/2.0/preview/scim/v2/Me')).json;
      assert.deepEqual([me.userName, me.displayName, me.emails], [clientId, 'Trainer', undefined]);
      assert.equal((await client.get('/__sandbox/clock')).status, 200);
    }
    assert.deepEqual(
      databricks.requests.list('/oidc/v1/token').map(({ user }) => user),
      [undefined, undefined, undefined],
    );
    assert.equal(databricks.requests.list('/scim/v2/Me')[0]?.user, clientId);
  });

  it('has a home folder for a service principal, which owns the objects that it creates', async () => {
    const client = await login();
    assert.equal((await client.get('/api/2.0/workspace/get-status', { path: `/Users/${clientId}` })).status, 200);
    const { json } = await client.post('/api/2.2/jobs/create', { name: 'j', tasks: [{ task_key: 'q', sql_task: {} }] });
    const permissions = await client.get(`/api/2.0/permissions/jobs/${idText(json.job_id)}`);
    assert.match(permissions.text, new RegExp(`"service_principal_name":"${clientId}","all_permissions":.+"IS_OWNER"`));
  });

  it('expires a token after one hour of simulated time', async () => {
    const client = await login();
    await databricks.clock.advance(3_599_000);
    assert.equal((await client.get('/api/2.2/jobs/list')).status, 200);
    await databricks.clock.advance(1000);
    const reply = await client.get('/api/2.2/jobs/list');
    assert.deepEqual([reply.status, reply.json.error_code, reply.json.message], [403, 403, 'Invalid Token']);
    assert.equal((await (await login()).get('/api/2.2/jobs/list')).status, 200);
  });

  it('refuses invalid requests', async () => {
    for (const [form, authorization, status, error] of [
      [asked, undefined, 401, 'invalid_client'],
      [asked, basic(clientId, 'wrong'), 401, 'invalid_client'],
      [{ ...asked, ...credentials, client_id: 'none' }, undefined, 401, 'invalid_client'],
      [asked, `Bearer ${databricks.token}`, 401, 'invalid_client'],
      [credentials, undefined, 400, 'invalid_request'],
      [{ ...asked, ...credentials, grant_type: 'password' }, undefined, 400, 'unsupported_grant_type'],
      [{ ...asked, ...credentials, scope: 'openid' }, undefined, 400, 'invalid_scope'],
      [{ ...credentials, grant_type: 'client_credentials' }, undefined, 400, 'invalid_scope'],
    ] as const) {
      const reply = await token(form, authorization);
      assert.deepEqual([reply.status, reply.json.error], [status, error]);
      assert.ok(reply.json.error_description);
    }
  });

  it('has one service principal by default, with a random secret', async () => {
    await start();
    const first = databricks.servicePrincipals;
    await start();
    const second = databricks.servicePrincipals;
    assert.deepEqual(
      first.map(({ applicationId }) => applicationId),
      second.map(({ applicationId }) => applicationId),
    );
    assert.equal(new Set([...first, ...second].map((principal) => principal.secret)).size, 2);
  });
});
