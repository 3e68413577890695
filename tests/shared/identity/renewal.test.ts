import assert from 'node:assert/strict';
import { databricksDialect } from '../../../shared/databricks/dialect';
import { createHttpClient } from '../../../shared/http/createHttpClient';
import type { HttpClient, HttpRequest } from '../../../shared/http/httpClient';
import { HttpError } from '../../../shared/http/errors';
import { poll } from '../../../shared/http/poll';
import { databricksIdentity } from '../../../shared/identity/databricksIdentity';
import { SignInError } from '../../../shared/identity/renewedTokens';
import { RecordingServer, type Behaviour } from '../../support/recordingServer';
import { errorOf } from '../http/clientUnderTest';
import { clientId, clientSecret, connectionOf, inTurn, makeContext, routes, tokenReply } from './signInFixture';
import { anything } from '../../support/anything';
import * as shape from '../../../shared/http/shape';

const look: HttpRequest = { method: 'GET', path: '/api/run', purpose: 'look at the run' };
const refused = {
  status: 401,
  body: { error: 'invalid_client', error_description: 'Client authentication failed' },
} as const;

describe('A sign-in that has to be renewed', () => {
  let workspace: RecordingServer;
  before(async () => (workspace = await RecordingServer.start()));
  after(() => workspace.close());

  /** A client that signs in as a service principal of the workspace. */
  function open(table: Readonly<Record<string, Behaviour>>, signal = new AbortController().signal) {
    workspace.reset(routes(table));
    const surroundings = makeContext({ signal });
    const connection = connectionOf({
      url: workspace.url,
      scheme: 'UsernamePassword',
      parameters: { username: clientId, password: clientSecret },
    });
    const tokens = databricksIdentity(connection, workspace.url, surroundings);
    const http: HttpClient = createHttpClient({
      ...surroundings,
      baseUrl: workspace.url,
      service: 'Databricks',
      dialect: databricksDialect,
      tokens,
      userAgent: 'test',
    });
    return { http, ...surroundings };
  }
  const sent = (path: string) => workspace.requests.filter((request) => request.url === path);
  const bearers = () => sent('/api/run').map(({ headers }) => headers.authorization);

  it('is renewed once after a 401, and the call is repeated', async () => {
    const { http, clock } = open({
      '/oidc/v1/token': tokenReply('token'),
      '/api/run': inTurn({ status: 401 }, { body: { fine: true } }),
    });
    assert.deepEqual(await http.json(look, anything), { fine: true });
    assert.deepEqual(bearers(), ['Bearer token-1', 'Bearer token-2']);
    assert.deepEqual(clock.sleeps, []);
  });

  it('is renewed once for all calls that were refused', async () => {
    const { http } = open({
      '/oidc/v1/token': tokenReply('token'),
      '/api/run': inTurn({ body: {} }, { status: 401 }, { status: 401 }, { status: 401 }, { body: { fine: true } }),
    });
    await http.json(look, anything);
    workspace.requests.length = 0;
    await Promise.all([http.json(look, anything), http.json(look, anything), http.json(look, anything)]);
    assert.equal(sent('/oidc/v1/token').length, 1);
  });

  it('fails the call with the identity, the request and the advice when the renewal is refused', async () => {
    const issue = tokenReply('token');
    let asked = 0;
    const { http } = open({
      '/oidc/v1/token': (request, response) =>
        ++asked === 1 ? issue(request, response) : inTurn(refused)(request, response),
      '/api/run': { status: 401 },
    });
    const error = await errorOf(SignInError, http.json(look, anything));
    assert.equal(asked, 2);
    assert.equal(error.isTransient, false);
    assert.equal(
      error.message,
      `Could not renew the sign-in to the workspace ${workspace.url}: Databricks answered 401 invalid_client: Client ` +
        `authentication failed. The token was requested as service principal ${clientId}, with the OAuth secret of the connection. ` +
        'Check the client ID of the service connection, and create an OAuth secret for the service principal in ' +
        'Databricks (Settings, Identity and access, Service principals, Secrets): it expires after two years at most, ' +
        'and a secret of Microsoft Entra ID does not work here.',
    );
  });

  it('is reported as a failure of the call when the new token is refused too', async () => {
    const { http } = open({ '/oidc/v1/token': tokenReply('token'), '/api/run': { status: 401 } });
    const error = await errorOf(HttpError, http.json(look, anything));
    assert.match(error.message, /^Could not look at the run: .*The call was made as service principal/);
    assert.equal(sent('/oidc/v1/token').length, 2);
  });

  it('is not reported as a missing object when the token endpoint returns 404', async () => {
    const { http } = open({ '/oidc/v1/token': { status: 404, body: { message: 'Not here.' } } });
    const error: unknown = await http.json(look, anything).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof SignInError && !(error instanceof HttpError));
    assert.match(error.message, /Databricks answered 404: Not here\./);
  });

  it('is repeated within a call when the token endpoint fails temporarily', async () => {
    const issue = tokenReply('token');
    let asked = 0;
    const { http } = open({
      '/oidc/v1/token': (request, response) =>
        ++asked < 4 ? inTurn({ status: 503 })(request, response) : issue(request, response),
      '/api/run': { body: { fine: true } },
    });
    assert.deepEqual(await http.json(look, anything), { fine: true });
    assert.equal(asked, 4);
  });

  it('does not stop polling while the token endpoint is unavailable for minutes', async () => {
    const issue = tokenReply('token', 100);
    const downFrom = 100_000;
    const downTo = 400_000;
    const { http, clock, signal } = open({
      '/oidc/v1/token': (request, response) => {
        const time = clock.now() - start;
        if (time >= downFrom && time < downTo) inTurn({ status: 500 })(request, response);
        else issue(request, response);
      },
      '/api/run': (request, response) => inTurn({ body: { isOver: clock.now() - start > 600_000 } })(request, response),
    });
    const start = clock.now();
    const faults: Error[] = [];
    const end = await poll({
      clock,
      signal,
      deadline: start + 3_600_000,
      awaited: 'the run to end',
      probe: (budgetSeconds) => http.json({ ...look, budgetSeconds }, shape.object({ isOver: shape.boolean })),
      isDone: ({ isOver }) => isOver,
      onTransient: (fault) => faults.push(fault),
    });
    assert.equal(end.isOver, true);
    assert.ok(faults.length > 0);
    for (const fault of faults) assert.match(fault.message, /^Could not renew the sign-in to the workspace/);
    assert.ok(new Set(bearers()).size >= 6, 'tokens that live 100 s in a wait of 600 s');
  });

  it('ends at once when the task is cancelled', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const { http } = open({ '/oidc/v1/token': () => controller.abort(reason) }, controller.signal);
    await assert.rejects(http.json(look, anything), reason);
  });
});
