import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Workspace, type WorkspaceAccess } from '../../../shared/databricks/connect';
import { TaskError, UnusableError } from '../../../shared/errors';
import { ForeignAnswerError, HttpError } from '../../../shared/http/errors';
import type { HttpRequest } from '../../../shared/http/httpClient';
import { SignInError } from '../../../shared/identity/renewedTokens';
import { FakeAgent } from '../../support/fakeAgent';
import { RecordingServer, reply, type Behaviour } from '../../support/recordingServer';
import { makeTestCertificates } from '../../support/testCertificates';
import { errorOf } from '../http/clientUnderTest';
import {
  azureConnection,
  clientId,
  connectionOf,
  everythingOf,
  fieldsOf,
  makeContext,
  routes,
  tenantId,
  tokenReply,
} from '../identity/signInFixture';
import { anything } from '../../support/anything';

const look: HttpRequest = { method: 'GET', path: '/api/run', purpose: 'look at the run' };
const resourceId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/w';
const me = '/api/2.0/preview/scim/v2/Me';
const forbidden = { status: 403, body: { error_code: 'PERMISSION_DENIED', message: 'User lacks Manage on job 7.' } };

describe('connect', () => {
  let folder: string;
  let workspace: RecordingServer;
  let entra: RecordingServer;
  let arm: RecordingServer;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'connect-'));
    const certificates = await makeTestCertificates();
    await writeFile(join(folder, 'ca.pem'), certificates.ca);
    workspace = await RecordingServer.start(certificates.server);
    entra = await RecordingServer.start();
    arm = await RecordingServer.start();
  });
  after(async () => {
    await Promise.all([workspace.close(), entra.close(), arm.close()]);
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    workspace.reset({ body: { fine: true } });
    entra.reset(routes({ [`/${tenantId}/oauth2/v2.0/token`]: tokenByResource() }));
    // Azure names the host alone.
    arm.reset({ body: { properties: { workspaceUrl: new URL(workspace.url).host } } });
  });

  /** `databricks-1`, `arm-1`, `management-1`, … by what the token is for. */
  function tokenByResource(): Behaviour {
    const issues: readonly (readonly [RegExp, ReturnType<typeof tokenReply>])[] = [
      [/^2ff814a6-3304-4ab8-85cb-cd0e6f879c1d\/\.default$/, tokenReply('databricks')],
      [/^https:\/\/management\.azure\.com\/\.default$/, tokenReply('arm')],
      [/^https:\/\/management\.core\.windows\.net\/\.default$/, tokenReply('management')],
    ];
    return (request, response) => {
      const scope = fieldsOf(request)['scope'] ?? '';
      const [, issue] = issues.find(([known]) => known.test(scope)) ?? [];
      assert.ok(issue, scope);
      issue(request, response);
    };
  }

  const trustingAgent = (): FakeAgent =>
    Object.assign(new FakeAgent(), { certificates: () => ({ caFile: join(folder, 'ca.pem') }) });
  const open = (access: WorkspaceAccess, agent = trustingAgent()): Promise<Workspace> =>
    connect(access, { ...makeContext(), agent });
  const byToken = (url = workspace.url): WorkspaceAccess => ({
    databricks: connectionOf({ url, scheme: 'Token', parameters: { apitoken: 'dapi-secret' } }),
  });
  const byAzure = (address: string, usesManagementToken = false): WorkspaceAccess => ({
    azure: azureConnection(entra.url, undefined, { url: arm.url }),
    address,
    usesManagementToken,
  });
  const pathsOf = (server: RecordingServer): readonly string[] => server.requests.map(({ url }) => url);

  describe('by a Databricks connection', () => {
    for (const path of ['', '/', '/?o=123#job/7', '/jobs/7/runs/9?o=123', '/login.html']) {
      it(`accepts the URL of any page of the workspace: …${path}`, async () => {
        const { url, http } = await open(byToken(workspace.url + path));
        assert.equal(url, workspace.url);
        assert.deepEqual(await http.json(look, anything), { fine: true });
        assert.deepEqual(pathsOf(workspace), ['/api/run']);
        assert.equal(workspace.requests[0]?.headers.authorization, 'Bearer dapi-secret');
      });
    }

    it('makes no request before the first call', async () => {
      await open(byToken());
      assert.equal(workspace.requests.length, 0);
    });

    for (const [given, origin, id] of [
      ['adb-123.4.azuredatabricks.net', 'https://adb-123.4.azuredatabricks.net', undefined],
      ['adb-123.4.azuredatabricks.net/', 'https://adb-123.4.azuredatabricks.net', undefined],
      ['adb-123.4.azuredatabricks.net:443', 'https://adb-123.4.azuredatabricks.net', undefined],
      [' dbc-a1b2.cloud.databricks.com/jobs/7?o=0#x\n', 'https://dbc-a1b2.cloud.databricks.com', undefined],
      ['ADB-123.4.azuredatabricks.net?o=123', 'https://adb-123.4.azuredatabricks.net', '123'],
      ['https://acme.databricks.net/?o=123456', 'https://acme.databricks.net', '123456'],
      ['https://acme.databricks.net/?o=123456#job/7/run/8', 'https://acme.databricks.net', '123456'],
      ['acme.databricks.net/browse?a=1&o=123456&b=2', 'https://acme.databricks.net', '123456'],
      ['https://acme.databricks.net/#job/7?o=123456', 'https://acme.databricks.net', '123456'],
      ['https://acme.databricks.net/?workspace_id=123456', 'https://acme.databricks.net', '123456'],
      ['https://acme.databricks.net/?o=none', 'https://acme.databricks.net', undefined],
    ] as const) {
      it(`reads the host and the workspace of ${given}`, async () => {
        for (const access of [byToken(given), byAzure(given)]) {
          const { url, id: found } = await open(access);
          assert.deepEqual([url, found], [origin, id]);
        }
      });
    }

    it('names the workspace of a host with several workspaces in every call', async () => {
      const sent = (): readonly unknown[] => workspace.requests.map(({ headers }) => headers['x-databricks-org-id']);
      const secret = { clientId: 'id', password: 'p' };
      const byPrincipal = {
        databricks: connectionOf({
          url: `${workspace.url}/?o=123456`,
          scheme: 'UsernamePassword',
          parameters: { username: secret.clientId, password: secret.password },
        }),
      };
      workspace.reset(
        routes({ '/oidc/v1/token': tokenReply('t'), '/api/run': forbidden, [me]: { body: { userName: 'u' } } }),
      );
      await errorOf(HttpError, (await open(byPrincipal)).http.json(look, anything));
      assert.deepEqual(pathsOf(workspace), ['/oidc/v1/token', '/api/run', me]);
      assert.deepEqual(sent(), ['123456', '123456', '123456']);

      workspace.reset({ body: {} });
      for (const access of [byToken(`${workspace.url}?o=7`), byAzure(`${workspace.url}/jobs?o=7`)])
        await (await open(access)).http.json(look, anything);
      assert.deepEqual(sent(), ['7', '7']);
      workspace.reset({ body: {} });
      await (await open(byToken())).http.json(look, anything);
      assert.deepEqual(sent(), [undefined]);
    });

    for (const [what, url] of [
      ['no URL', 'workspace'],
      ['a sentence', 'see adb-1.2.azuredatabricks.net'],
    ] as const) {
      it(`is refused with ${what} in it`, async () => {
        const error = await errorOf(UnusableError, open(byToken(url)));
        assert.equal(error.message, 'The Databricks connection has a workspace URL that is not a URL.');
      });
    }

    it('is refused with a user name or password in it, which is not repeated', async () => {
      const error = await errorOf(UnusableError, open(byToken(workspace.url.replace('//', '//me:hunter2@'))));
      const problem = 'contains a user name or password: remove them, and change the password.';
      assert.equal(error.message, `The Databricks connection has a workspace URL that ${problem}`);
      assert.equal(workspace.requests.length, 0);
    });

    it('is refused without TLS, because the token would travel unencrypted', async () => {
      const error = await errorOf(TaskError, open(byToken('http://workspace.example')));
      assert.match(error.message, /must begin with https:\/\//);
    });
  });

  describe('by an Azure connection', () => {
    it('uses the given URL, with a token for Databricks', async () => {
      const { url, http } = await open(byAzure(`${workspace.url}/?o=1`));
      assert.equal(url, workspace.url);
      assert.equal(entra.requests.length, 0);
      await http.json(look, anything);
      assert.equal(workspace.requests[0]?.headers.authorization, 'Bearer databricks-1');
      assert.equal(arm.requests.length, 0);
    });

    it('looks up the URL by the resource ID, with a token for Azure', async () => {
      const { url, http } = await open(byAzure(resourceId));
      assert.equal(url, workspace.url);
      assert.deepEqual(pathsOf(arm), [`${resourceId}?api-version=2018-04-01`]);
      assert.equal(arm.requests[0]?.headers.authorization, 'Bearer arm-1');
      await http.json(look, anything);
      const { headers } = workspace.requests[0] ?? {};
      assert.equal(headers?.authorization, 'Bearer databricks-1');
      assert.equal(headers['x-databricks-azure-sp-management-token'], undefined);
      assert.equal(headers['x-databricks-azure-workspace-resource-id'], undefined);
    });

    for (const [status, code, advice] of [
      [403, 'AuthorizationFailed', /Assign it the role Reader/],
      [404, 'ResourceNotFound', /Check the resource id/],
    ] as const) {
      it(`is refused when the look-up is refused by ${status}`, async () => {
        arm.reset({ status, body: { error: { code, message: 'No.' } } });
        const error = await errorOf(HttpError, open(byAzure(resourceId)));
        assert.match(error.message, /^Could not look up the URL of the workspace \/subscriptions/);
        assert.match(error.message, advice);
        assert.equal(workspace.requests.length, 0);
      });
    }

    it('is refused while the workspace has no URL yet', async () => {
      arm.reset({ body: { properties: {} } });
      const error = await errorOf(TaskError, open(byAzure(resourceId)));
      assert.match(error.message, /has no URL yet\. It may still be being created\.$/);
    });

    for (const [what, address] of [
      ['neither URL nor resource id', 'my-workspace'],
      ['a path', 'workspaces/adb-1.2.azuredatabricks.net'],
      ['the id of a resource group', '/subscriptions/s/resourceGroups/g'],
    ] as const) {
      it(`is refused with ${what}`, async () => {
        const error = await errorOf(UnusableError, open(byAzure(address)));
        assert.match(error.message, /^The address of the workspace is neither a URL nor the Azure resource id/);
      });
    }

    it('reports the identity when no token is issued', async () => {
      entra.reset({
        status: 401,
        body: { error: 'invalid_client', error_description: 'AADSTS7000222: The secrets are expired.' },
      });
      const { http } = await open(byAzure(workspace.url));
      const error = await errorOf(SignInError, http.json(look, anything));
      assert.match(error.message, /^Could not sign in to Databricks \(2ff814a6-.*\): Microsoft Entra ID answered 401/);
      assert.ok(
        error.message.includes(`The token was requested as service principal ${clientId} of tenant ${tenantId}`),
      );
      assert.match(error.message, /Create a secret for the application/);
    });
  });

  describe('with the management token', () => {
    const openManaged = () => open(byAzure(resourceId, true));
    const proofs = () =>
      workspace.requests.map(({ headers }) => [
        headers.authorization,
        headers['x-databricks-azure-sp-management-token'],
        headers['x-databricks-azure-workspace-resource-id'],
      ]);

    it('sends the management token and the resource ID with every request', async () => {
      const { http } = await openManaged();
      await http.json(look, anything);
      await http.json({ ...look, method: 'POST', path: '/api/other', json: {} }, anything);
      assert.deepEqual(proofs(), [
        ['Bearer databricks-1', 'management-1', resourceId],
        ['Bearer databricks-1', 'management-1', resourceId],
      ]);
    });

    it('renews both tokens after a 401', async () => {
      const { http } = await openManaged();
      workspace.reset({ status: 401 }, { body: {} });
      await http.json(look, anything);
      assert.deepEqual(proofs(), [
        ['Bearer databricks-1', 'management-1', resourceId],
        ['Bearer databricks-2', 'management-2', resourceId],
      ]);
    });

    it('sends them also with the request for its identity', async () => {
      const { http } = await openManaged();
      workspace.reset(routes({ '/api/run': forbidden, [me]: { body: { userName: 'u' } } }));
      await errorOf(HttpError, http.json(look, anything));
      assert.deepEqual(proofs()[1], ['Bearer databricks-1', 'management-1', resourceId]);
    });

    it('registers each token as a secret before it is sent, and logs none', async () => {
      const agent = trustingAgent();
      const { http } = await open(byAzure(resourceId, true), agent);
      const unannounced: unknown[] = [];
      workspace.reset(({ headers }, response) => {
        const announced = agent.text('secret').split('\n');
        const sent = [headers.authorization?.replace('Bearer ', ''), headers['x-databricks-azure-sp-management-token']];
        unannounced.push(...sent.filter((token) => !announced.includes(String(token))));
        reply(response, { status: 403, body: { message: JSON.stringify(headers) } });
      });
      const error = await errorOf(HttpError, http.json(look, anything));
      assert.deepEqual(unannounced, []);
      const said = everythingOf(error) + agent.text('log', 'debug', 'warning', 'error');
      for (const token of ['databricks-1', 'management-1', 'arm-1']) assert.equal(said.includes(token), false);
    });

    it('is refused with a URL, because it requires the resource ID', async () => {
      const error = await errorOf(UnusableError, open(byAzure(workspace.url, true)));
      assert.equal(
        error.message,
        'The address of the workspace must be the Azure resource id where a management token is used.',
      );
    });
  });

  describe('when a call is refused', () => {
    it('names the identity as the workspace knows it after a 403', async () => {
      workspace.reset(
        routes({ '/api/run': forbidden, [me]: { body: { userName: clientId, displayName: 'pipelines' } } }),
      );
      const { http } = await open(byToken());
      const error = await errorOf(HttpError, http.json(look, anything));
      assert.equal(
        error.message,
        'Could not look at the run: Databricks answered 403 PERMISSION_DENIED: User lacks Manage on job 7. The call was ' +
          'made as the personal access token of the service connection. ' +
          `The workspace knows it as 'pipelines' (${clientId}). Grant it what the answer names: the permission on the ` +
          'object, the folder or the cluster policy, or the entitlement in the workspace settings. If it could do this ' +
          'before, somebody has revoked the grant.',
      );
    });

    for (const [what, answer] of [
      ['refused', forbidden],
      ['not answered', { status: 500, body: { message: 'Oh.' } }],
      ['a sign-in page', { headers: { 'Content-Type': 'text/html' }, body: '<html></html>' }],
    ] as const) {
      it(`omits the identity when the request for it is ${what}`, async () => {
        workspace.reset(routes({ '/api/run': forbidden, [me]: answer }));
        const { http } = await open(byToken());
        const error = await errorOf(HttpError, http.json(look, anything));
        assert.match(error.message, /service connection\. Grant it what the answer names/);
      });
    }

    it('requests its identity once for all refused calls', async () => {
      workspace.reset(routes({ '/api/run': forbidden, [me]: { body: { userName: 'u' } } }));
      const { http } = await open(byToken());
      await Promise.allSettled([http.json(look, anything), http.json(look, anything), http.json(look, anything)]);
      const error = await errorOf(HttpError, http.json(look, anything));
      assert.match(error.message, /The workspace knows it as 'u' \(u\)\./);
      assert.equal(pathsOf(workspace).filter((path) => path === me).length, 1);
    });

    for (const answer of [{ status: 404, body: { message: 'No run.' } }, { status: 401 }]) {
      it(`does not request its identity after a ${answer.status}`, async () => {
        workspace.reset(routes({ '/api/run': answer }));
        const { http } = await open(byToken());
        await errorOf(HttpError, http.json(look, anything));
        assert.equal(pathsOf(workspace).includes(me), false);
      });
    }

    it('reports the identity when the token is of another tenant, for which Databricks returns 400', async () => {
      const message =
        'io.jsonwebtoken.IncorrectClaimException: Expected iss claim to be: https://sts.windows.net/a/, but was: https://sts.windows.net/b/.';
      workspace.reset({ status: 400, body: `<html><title>Error 400 ${message}</title><pre>${message}</pre></html>` });
      const { http } = await open(byAzure(workspace.url));
      const error = await errorOf(HttpError, http.json(look, anything));
      assert.ok(error.message.includes(`The call was made as service principal ${clientId} of tenant ${tenantId}`));
      assert.match(error.message, /The workspace belongs to another tenant than the service connection/);
    });
  });

  describe('its tokens', () => {
    for (const status of [301, 302, 307, 308]) {
      it(`are sent to no other host after a redirect by ${status}`, async () => {
        const { http } = await open(byAzure(workspace.url));
        arm.reset({ body: {} });
        workspace.reset({ status, headers: { Location: `${arm.url}/login` } });
        const error = await errorOf(ForeignAnswerError, http.json(look, anything));
        assert.match(error.message, /Check the URL of the service connection/);
        assert.equal(arm.requests.length, 0);
      });
    }

    it('are sent only to their own service', async () => {
      const { http } = await open(byAzure(resourceId, true));
      await http.json(look, anything);
      const held = (server: RecordingServer) =>
        ['databricks-1', 'arm-1', 'management-1'].filter((token) =>
          server.requests.some((request) => JSON.stringify(request.headers).includes(token)),
        );
      assert.deepEqual(held(entra), []);
      assert.deepEqual(held(arm), ['arm-1']);
      assert.deepEqual(held(workspace), ['databricks-1', 'management-1']);
    });
  });
});
