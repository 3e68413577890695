import assert from 'node:assert/strict';
import type { ServiceConnection } from '../../../shared/agent/agent';
import { databricksIdentity } from '../../../shared/identity/databricksIdentity';
import { RecordingServer } from '../../support/recordingServer';
import {
  clientId,
  clientSecret,
  connectionId,
  connectionOf,
  fieldsOf,
  jobAccessToken,
  jobToken,
  makeContext,
  queryOf,
  routes,
  tokenReply,
} from './signInFixture';

describe('A Databricks connection', () => {
  let workspace: RecordingServer;
  let organization: RecordingServer;
  before(async () => {
    workspace = await RecordingServer.start();
    organization = await RecordingServer.start();
  });
  after(() => Promise.all([workspace.close(), organization.close()]));
  beforeEach(() => {
    workspace.reset(routes({ '/oidc/v1/token': tokenReply('workspace-token') }));
    organization.reset({ body: { oidcToken: jobToken } });
  });

  const surroundings = () =>
    makeContext({ endpoint: { url: `${organization.url}/job/oidctoken`, accessToken: jobAccessToken } });
  const connectionWith = (scheme: string, parameters = {}, data = {}): ServiceConnection =>
    connectionOf({ url: workspace.url, scheme, parameters, data });

  for (const scheme of ['Token', 'token', 'TOKEN'])
    it(`of the scheme ${scheme} uses the personal access token, without an alternative when it is refused`, async () => {
      const given = surroundings();
      const tokens = databricksIdentity(connectionWith(scheme, { apitoken: 'dapi1' }), workspace.url, given);
      assert.equal(given.agent.text('secret'), 'dapi1');
      assert.equal(await tokens.token(), 'dapi1');
      assert.equal(tokens.refused('dapi1'), false);
      assert.equal(tokens.identity, 'the personal access token of the service connection');
      assert.equal(workspace.requests.length, 0);
    });

  for (const [where, parameters, data] of [
    ['a field of its own', { password: clientSecret }, { clientId }],
    ['the user name', { username: clientId, password: clientSecret }, {}],
  ] as const) {
    it(`of a service principal, with the client ID in ${where}, requests a token from the workspace by ID and secret`, async () => {
      const connection = connectionWith('UsernamePassword', parameters, data);
      const tokens = databricksIdentity(connection, workspace.url, surroundings());
      assert.equal(await tokens.token(), 'workspace-token-1');
      const [request, ...more] = workspace.requests;
      assert.equal(more.length, 0);
      assert.equal(request?.method, 'POST');
      assert.equal(request.url, '/oidc/v1/token');
      assert.deepEqual(fieldsOf(request), { grant_type: 'client_credentials', scope: 'all-apis' });
      assert.equal(
        request.headers.authorization,
        `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      );
      assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
      assert.equal(tokens.identity, `service principal ${clientId}, with the OAuth secret of the connection`);
    });
  }

  for (const [what, data, who] of [
    ['of a service principal', { clientId }, `service principal ${clientId}`],
    ['of the account', {}, 'the principal that the federation policy of the account names'],
  ] as const) {
    it(`with token federation ${what} exchanges a new token of the job each time`, async () => {
      const tokens = databricksIdentity(connectionWith('None', {}, data), workspace.url, surroundings());
      assert.equal(workspace.requests.length + organization.requests.length, 0);
      tokens.refused(await tokens.token());
      assert.equal(await tokens.token(), 'workspace-token-2');
      assert.deepEqual(
        organization.requests.map((request) => queryOf(request)['serviceConnectionId']),
        [connectionId, connectionId],
      );
      for (const request of workspace.requests) {
        assert.equal(request.headers.authorization, undefined);
        assert.deepEqual(fieldsOf(request), {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: jobToken,
          subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
          scope: 'all-apis',
          ...('clientId' in data && { client_id: clientId }),
        });
      }
      assert.equal(tokens.identity, `${who}, with token federation`);
    });
  }

  it('reports the claims of the token of the job when no federation policy matches', async () => {
    workspace.reset({
      status: 400,
      body: {
        error: 'invalid_grant',
        error_description:
          'Failed to process token: TOKEN_INVALID (Ensure a valid federation policy has been configured).',
      },
    });
    const tokens = databricksIdentity(connectionWith('None', {}, { clientId }), workspace.url, surroundings());
    await assert.rejects(tokens.token(), (error) => {
      assert.ok(error instanceof Error);
      assert.equal(
        error.message,
        `Could not sign in to the workspace ${workspace.url}: Databricks answered 400 invalid_grant: Failed to process ` +
          'token: TOKEN_INVALID (Ensure a valid federation policy has been configured). The token was requested as service ' +
          `principal ${clientId}, with token federation. The token of this job has the issuer 'https://issuer', the ` +
          "subject 'sc://org/project/connection' and the audience 'api://AzureADTokenExchange'. Give the service " +
          'principal of the client ID a federation policy with exactly this issuer, subject and audience (account ' +
          'console, User management, Service principals, Credentials & secrets, Federation policies). Renaming the ' +
          'service connection, project or organization changes the subject.',
      );
      return true;
    });
  });
});
