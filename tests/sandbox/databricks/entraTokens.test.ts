import assert from 'node:assert/strict';
import type { JWTPayload } from 'jose';
import type { Databricks, DatabricksOptions } from '../../../sandbox/databricks/databricks';
import { startTestIssuer, type TestIssuer } from './testIssuer';
import { startTestWorkspace, WorkspaceClient } from './workspaceClient';

const tenant = '5a5b5c5d-0000-4000-8000-00000000000a';
const trustedIssuer = `https://sts.windows.net/${tenant}/`;
const databricksApplication = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d';
const trainer = '0f0e0d0c-0b0a-4908-8706-050403020100';
const stranger = '1f1e1d1c-1b1a-4918-9716-151413121110';
const management = 'https://management.core.windows.net/';
const azureResourceId =
  '/subscriptions/0a0b0c0d-0000-4000-8000-000000000001/resourceGroups/models/providers/Microsoft.Databricks/workspaces/models';
const mePath = '/api/2.0/preview/scim/v2/Me';

describe('Databricks sandbox: tokens of Entra ID', () => {
  let entra: TestIssuer;
  let databricks: Databricks;
  before(async () => {
    entra = await startTestIssuer();
  });
  after(() => entra.close());
  beforeEach(() => start());
  afterEach(() => databricks.close());

  async function start(options: DatabricksOptions = {}): Promise<void> {
    ({ databricks } = await startTestWorkspace({
      servicePrincipals: [{ applicationId: trainer, displayName: 'Trainer' }],
      entra: { issuer: trustedIssuer, jwksUri: `${entra.url}/keys` },
      azureResourceId,
      azureContributors: [stranger],
      ...options,
    }));
  }
  /** A token as Entra gives it to an application for an hour. */
  function tokenOf(appid: string, claims: JWTPayload = {}): Promise<string> {
    const iat = Math.floor(databricks.clock.now() / 1000);
    return entra.sign({ iss: trustedIssuer, aud: databricksApplication, appid, iat, exp: iat + 3600, ...claims });
  }
  const get = (token: string, headers: Record<string, string> = {}) =>
    fetch(databricks.url + mePath, { headers: { authorization: `Bearer ${token}`, ...headers } });
  const answerOf = async (token: string, headers?: Record<string, string>) => {
    const response = await get(token, headers);
    const { error_code: code, message, userName } = (await response.json()) as Record<string, unknown>;
    if (response.status === 200) return [200, userName];
    assert.equal(code, response.status);
    assert.equal(response.headers.get('x-databricks-reason-phrase'), message);
    return [response.status, message];
  };
  const managementHeaders = async (appid: string, resourceId = azureResourceId, aud = management) => ({
    'X-Databricks-Azure-SP-Management-Token': await tokenOf(appid, { aud }),
    'X-Databricks-Azure-Workspace-Resource-Id': resourceId,
  });

  it('authenticate the service principal with the application ID, on all routes', async () => {
    const client = new WorkspaceClient(databricks, await tokenOf(trainer));
    const me = (await client.get(mePath)).json;
    assert.deepEqual([me.userName, me.displayName], [trainer, 'Trainer']);
    assert.equal((await client.post('/api/2.0/workspace/mkdirs', { path: `/Users/${trainer}/a` })).status, 200);
    assert.equal((await client.get('/__sandbox/clock')).status, 200);
    assert.equal(entra.requests.list('/keys').length, 1);
  });

  it('authenticate the user that they name', async () => {
    const [user] = databricks.users;
    assert.deepEqual(await answerOf(await tokenOf('any', { upn: user?.userName })), [200, user?.userName]);
  });

  it('are refused for principals that are not in the workspace', async () => {
    const refusal = [403, `Unauthorized access to Org: ${databricks.workspaceId}`];
    assert.deepEqual(await answerOf(await tokenOf(stranger)), refusal);
    const token = await tokenOf(trainer);
    databricks.identities.remove(trainer);
    assert.deepEqual(await answerOf(token), refusal);
  });

  it('must have the audience of Databricks, be issued by the right tenant, and not have expired', async () => {
    const exception = 'io.jsonwebtoken.IncorrectClaimException: Expected';
    assert.deepEqual(await answerOf(await tokenOf(trainer, { aud: management })), [
      400,
      `${exception} aud claim to be: ${databricksApplication}, but was: ${management}.`,
    ]);
    assert.deepEqual(await answerOf(await tokenOf(trainer, { iss: 'https://sts.windows.net/else/' })), [
      400,
      `${exception} iss claim to be: ${trustedIssuer}, but was: https://sts.windows.net/else/.`,
    ]);
    const token = await tokenOf(trainer);
    await databricks.clock.advance(3_600_000);
    assert.deepEqual(await answerOf(token), [401, 'Token is expired']);
  });

  it('must be valid for more than 30 more seconds, unless their lifetime is short', async () => {
    const token = await tokenOf(trainer);
    await databricks.clock.advance(3_569_000);
    assert.deepEqual(await answerOf(token), [200, trainer]);
    await databricks.clock.advance(2000);
    assert.deepEqual(await answerOf(token), [403, 'Token is expiring within 30 seconds. (token expired)']);
    const exp = Math.floor(databricks.clock.now() / 1000) + 20;
    assert.deepEqual(await answerOf(await tokenOf(trainer, { exp })), [200, trainer]);
  });

  it('must be signed by Entra ID', async () => {
    const forger = await startTestIssuer();
    try {
      const iat = Math.floor(databricks.clock.now() / 1000);
      const claims = { iss: trustedIssuer, aud: databricksApplication, appid: trainer, iat };
      assert.deepEqual(await answerOf(await forger.sign(claims)), [403, 'Invalid access token.']);
    } finally {
      await forger.close();
    }
    assert.deepEqual(await answerOf('dapi-unknown'), [403, 'Invalid access token.']);
  });

  it('are refused by a workspace without Entra ID', async () => {
    const token = await tokenOf(trainer);
    await databricks.close();
    ({ databricks } = await startTestWorkspace());
    assert.deepEqual(await answerOf(token), [403, 'Invalid access token.']);
    assert.equal((await fetch(`${databricks.url}/aad/auth`)).status, 401);
  });

  it('of a Contributor of the Azure resource add its service principal to the workspace', async () => {
    const token = await tokenOf(stranger);
    const headers = await managementHeaders(stranger, azureResourceId.toUpperCase());
    assert.deepEqual(await answerOf(token, headers), [200, stranger]);
    assert.deepEqual(await answerOf(token), [200, stranger]);
    assert.equal(databricks.workspace.get(`/Users/${stranger}`)?.type, 'DIRECTORY');
  });

  it('add nobody without a role on the resource, for another workspace, or with the token of somebody else', async () => {
    const other = '2f2e2d2c-2b2a-4928-a726-252423222120';
    const refusal = [403, 'User not authorized.'];
    for (const headers of [await managementHeaders(stranger, `${azureResourceId}2`), await managementHeaders(trainer)])
      assert.deepEqual(await answerOf(await tokenOf(stranger), headers), refusal);
    assert.deepEqual(await answerOf(await tokenOf(other), await managementHeaders(other)), refusal);
    const [status, message] = await answerOf(
      await tokenOf(stranger),
      await managementHeaders(stranger, azureResourceId, databricksApplication),
    );
    assert.equal(status, 400);
    assert.match(String(message), /Expected aud claim to be: https:\/\/management\.core\.windows\.net/);
  });

  it('are issued by the tenant of the sign-in page of the workspace', async () => {
    const send = () => fetch(`${databricks.url}/aad/auth`, { redirect: 'manual' });
    const response = await send();
    const location = response.headers.get('location') ?? '';
    assert.equal(response.status, 302);
    assert.ok(location.startsWith(`${entra.url}/${tenant}/oauth2/authorize?`), location);
    await databricks.close();
    await start({
      entra: { issuer: trustedIssuer, jwksUri: `${entra.url}/keys`, authority: 'https://login.microsoftonline.com' },
    });
    const { pathname, origin } = new URL((await send()).headers.get('location') ?? '');
    assert.deepEqual([origin, pathname.split('/')[1]], ['https://login.microsoftonline.com', tenant]);
  });
});
