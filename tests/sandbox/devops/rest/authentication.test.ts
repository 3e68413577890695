import assert from 'node:assert/strict';
import { namespaceIds } from '../../../../sandbox/devops/identities/namespaces';
import { type Sandbox, startSandbox } from '../../../../sandbox/sandbox';
import { askDevops, keyOf, useOrganization } from '../../../support/devops/fixture';
import { sharedSigningKeys } from '../../../support/sharedKeys';

describe('The sign-in at the organisation', () => {
  let now = Date.UTC(2026, 0, 1);
  const { organization, ask, tokenOf } = useOrganization({ clock: { now: () => now } });

  it('gives every answer the IDs of its request, and says who is signed in', async () => {
    const { headers } = await ask('_apis/projects');
    for (const name of ['activityid', 'x-vss-e2eid']) assert.match(headers.get(name) ?? '', /^[\da-f-]{36}$/);
    const { id, principalName } = organization().administrator;
    assert.equal(headers.get('x-vss-userdata'), `${id}:${encodeURIComponent(principalName)}`);
    assert.equal((await ask('_apis/projects', { token: 'other' })).headers.get('x-vss-userdata'), null);
  });

  it('returns the sign-in page for a missing or unknown token, with 203 or as a redirect', async () => {
    for (const token of ['', 'unknown']) {
      const { status, headers, text } = await ask('_apis/projects', { token });
      assert.deepEqual([status, headers.get('content-type')], [203, 'text/html; charset=utf-8']);
      assert.match(text, /Azure DevOps Services \| Sign In/);
    }
    const { status, headers } = await ask('_apis/projects', { token: '', headers: { 'x-tfs-fedauthredirect': '' } });
    assert.equal(status, 302);
    assert.match(headers.get('location') ?? '', /_signin/);
  });

  it('returns an empty 401 for a token that is expired, revoked or without the scope', async () => {
    const { state, administrator: identity } = organization();
    const expired = state.tokens.issuePersonal({ identity, expiresAt: now + 60_000 });
    const revoked = state.tokens.issuePersonal({ identity });
    const narrow = state.tokens.issuePersonal({ identity, scopes: ['vso.code_manage'] });
    assert.equal((await ask('_apis/projects', { token: expired })).status, 200);
    now += 60_000;
    state.tokens.revoke(revoked);
    for (const token of [expired, revoked, narrow]) {
      const { status, headers, text } = await ask('_apis/projects', { token });
      assert.deepEqual([status, headers.get('content-type'), text], [401, null, '']);
      assert.match(headers.get('www-authenticate') ?? '', /^Basic realm="http/);
    }
  });

  it('lets a wider scope include a narrower one', async () => {
    const { state, administrator: identity } = organization();
    const status = async (scope: string) =>
      (await ask('_apis/projects', { token: state.tokens.issuePersonal({ identity, scopes: [scope] }) })).status;
    assert.deepEqual(
      await Promise.all(['vso.project', 'vso.project_write', 'vso.project_manage', 'vso.profile'].map(status)),
      [200, 200, 200, 401],
    );
    const reading = state.tokens.issuePersonal({ identity, scopes: ['vso.project_write'] });
    const created = await ask('_apis/projects', { method: 'POST', token: reading, body: { name: 'new' } });
    assert.equal(created.status, 401);
  });

  it('refuses an unknown bearer token with a byte order mark', async () => {
    const headers = { authorization: 'Bearer ey.other.token' };
    const { status, headers: answered, text, body } = await ask('_apis/projects', { headers });
    assert.deepEqual([status, keyOf(body)], [401, 'InvalidIdentityException']);
    assert.match(answered.get('www-authenticate') ?? '', /^Bearer /);
    assert.ok(text.startsWith('\uFEFF'));
  });

  it('knows the token of a job, and the repositories that it is limited to', async () => {
    const { state, accessToken, project } = organization();
    const projectId = state.projects.find(project)?.id ?? '';
    const headers = { authorization: `Bearer ${accessToken}` };
    const { body } = await ask('_apis/connectionData', { version: '7.1-preview', headers });
    const { providerDisplayName } = (body as { authenticatedUser: { providerDisplayName: string } }).authenticatedUser;
    assert.equal(providerDisplayName, 'local Build Service (sandbox)');
    const identity = state.identities.buildServiceOf(projectId);
    const limited = state.tokens.find(state.tokens.issueJob({ identity, repositories: ['A'] }));
    assert.ok(typeof limited === 'object' && limited.repositories?.has('a'));
  });

  it('answers connectionData for preview versions only', async () => {
    const { status, body } = await ask('_apis/connectionData');
    assert.deepEqual([status, keyOf(body)], [400, 'VssInvalidPreviewVersionException']);
    assert.equal(
      (body as { message: string }).message,
      'The requested version "7.1" of the resource is under preview. The -preview flag must be supplied in the api-version for such requests. For example: "7.1-preview"',
    );
    const { token, identity } = tokenOf('someone@example.com');
    const { body: data } = await ask('_apis/connectionData', { version: '7.1-preview.1', token });
    const { authenticatedUser, instanceId } = data as { authenticatedUser: { id: string }; instanceId: string };
    assert.deepEqual([authenticatedUser.id, instanceId], [identity.id, organization().state.collectionId]);
  });

  describe('with the other stand-ins', () => {
    let sandbox: Sandbox;
    before(async () => (sandbox = await startSandbox({ signingKeys: await sharedSigningKeys() })));
    after(() => sandbox.close());

    const entraToken = async (scope: string) => {
      const { url, tenantId, clientId, clientSecret } = sandbox.describe().entra;
      const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope };
      const answer = await fetch(`${url}/${tenantId}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      return ((await answer.json()) as { access_token: string }).access_token;
    };
    const askAs = (token: string) =>
      askDevops(sandbox.devops, '_apis/projects/local', { headers: { authorization: `Bearer ${token}` } });

    it('knows an application by its token of Entra for Azure DevOps', async () => {
      const { status } = await askAs(await entraToken('499b84ac-1321-427f-aa17-267ca6975798/.default'));
      assert.equal(status, 200);
      const other = await askAs(await entraToken('2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default'));
      assert.deepEqual([other.status, keyOf(other.body)], [401, 'InvalidIdentityException']);
    });

    it('lets the application administer the project', () => {
      const { state, project } = sandbox.devops;
      const { clientId } = sandbox.describe().entra;
      const application = state.identities.all().find(({ principalName }) => principalName === clientId);
      assert.ok(application);
      const { id = '' } = state.projects.find(project) ?? {};
      assert.equal(state.security.allows(application, namespaceIds.git, `repoV2/${id}`, 256), true);
    });
  });
});
