import assert from 'node:assert/strict';
import { TaskError } from '../../../shared/errors';
import { HttpError } from '../../../shared/http/errors';
import { RecordingServer, type Behaviour } from '../../support/recordingServer';
import { TestTokens, clientFor, create, errorOf, get } from './clientUnderTest';
import { anything } from '../../support/anything';

describe('a refused token', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  const authorizations = (): (string | undefined)[] => server.requests.map(({ headers }) => headers.authorization);
  const refusals: readonly [string, Behaviour][] = [
    ['a 401', { status: 401, body: { error_code: 'UNAUTHENTICATED', message: 'No.' } }],
    ['a 401 without a body', { status: 401 }],
    ['a 401 with a page', { status: 401, body: '<html><title>Error 401</title></html>' }],
    ["Databricks' 403 for a wrong token", { status: 403, body: { error_code: 403, message: 'Invalid access token.' } }],
    ["Databricks' 403 for an expired one", { status: 403, body: { error_code: 403, message: 'Invalid Token' } }],
    [
      "Databricks' 403 for an old token",
      {
        status: 403,
        body: '<html><body><pre>Token is expiring within 30 seconds. (token expired)</pre></body></html>',
      },
    ],
  ];

  for (const [what, behaviour] of refusals) {
    it(`is renewed once, without waiting, after ${what}, also for a POST that creates`, async () => {
      server.reset(behaviour, { body: { fine: true } });
      const { client, tokens, clock } = clientFor(server.url, { tokens: new TestTokens(1) });
      assert.deepEqual(await client.json(create, anything), { fine: true });
      assert.deepEqual(authorizations(), ['Bearer secret-token-1', 'Bearer secret-token-2']);
      assert.deepEqual(tokens.refusals, ['secret-token-1']);
      assert.deepEqual(clock.sleeps, []);
    });

    it(`that can't be renewed is reported, with its identity, after ${what}`, async () => {
      server.reset(behaviour);
      const error = await errorOf(HttpError, clientFor(server.url).client.json(get, anything));
      assert.equal(server.requests.length, 1);
      assert.match(error.message, /The call was made as the token of connection 'dev'\./);
    });
  }

  it('is renewed once for a call, and reported when the new one is refused too', async () => {
    server.reset({ status: 401 });
    const { client } = clientFor(server.url, { tokens: new TestTokens(5) });
    const error = await errorOf(HttpError, client.json(get, anything));
    assert.equal(error.status, 401);
    assert.equal(error.attempts, 2);
    assert.equal(server.requests.length, 2);
  });

  it('is renewed again in a later call', async () => {
    const { client } = clientFor(server.url, { tokens: new TestTokens(5) });
    for (let call = 0; call < 2; call++) {
      server.reset({ status: 401 }, { body: {} });
      await client.json(get, anything);
    }
    assert.deepEqual(authorizations(), ['Bearer secret-token-2', 'Bearer secret-token-3']);
  });

  it('is requested for every attempt, so that a wait may be longer than the life of a token', async () => {
    server.reset({ status: 500 }, { body: {} });
    const { client, tokens } = clientFor(server.url, { tokens: new TestTokens(1) });
    const token = tokens.token.bind(tokens);
    tokens.token = () => {
      if (server.requests.length === 1) tokens.refused('secret-token-1');
      return token();
    };
    await client.json(get, anything);
    assert.deepEqual(authorizations(), ['Bearer secret-token-1', 'Bearer secret-token-2']);
  });

  it('is not renewed after a 403 for a missing permission', async () => {
    server.reset({ status: 403, body: { error_code: 'PERMISSION_DENIED', message: 'User lacks Manage on job 7.' } });
    const { client, tokens } = clientFor(server.url, {
      tokens: new TestTokens(1),
      explain: ({ status }, { path }) => `Grant it Can Manage (${status}, ${path}).`,
    });
    const error = await errorOf(HttpError, client.json(get, anything));
    assert.deepEqual(tokens.refusals, []);
    assert.equal(
      error.message,
      'Could not read the thing: Databricks answered 403 PERMISSION_DENIED: User lacks Manage on job 7. ' +
        "The call was made as the token of connection 'dev'. Grant it Can Manage (403, /api/thing).",
    );
  });

  it('passes on the error of a token source that has no token', async () => {
    server.reset({ body: {} });
    const { client, tokens } = clientFor(server.url);
    tokens.token = () => Promise.reject(new TaskError('The connection has no token.'));
    await assert.rejects(client.json(get, anything), new TaskError('The connection has no token.'));
    assert.equal(server.requests.length, 0);
  });
});
