import assert from 'node:assert/strict';
import { HttpError, NetworkError } from '../../../shared/http/errors';
import { RecordingServer, breakOff } from '../../support/recordingServer';
import { TestTokens, clientFor, create, errorOf, get } from './clientUnderTest';

describe('a call for any answer', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  for (const [status, type, body] of [
    [200, 'application/json', '{"a":1}'],
    [201, 'text/html', '<html><title>Page</title>'],
    [204, 'text/plain', ''],
    [302, 'text/plain', 'elsewhere'],
    [401, 'application/json', '{"message":"a key is missing"}'],
    [404, 'text/html', '<html><title>Not Found</title>'],
    [429, 'text/plain', 'slowly'],
    [500, 'text/plain', 'bad shape'],
    [503, 'text/html', '<html>down'],
  ] as const) {
    it(`returns a ${status} of ${type} unchanged, after one request`, async () => {
      server.reset({ status, headers: { 'Content-Type': type, 'X-Own': 'kept', 'Retry-After': '1' }, body });
      const { client, clock, tokens } = clientFor(server.url, { tokens: new TestTokens(1) });
      const answer = await client.raw(get);
      assert.deepEqual([answer.status, answer.body, answer.header('x-own')], [status, body, 'kept']);
      assert.equal(answer.header('x-none'), undefined);
      assert.deepEqual([server.requests.length, clock.sleeps, tokens.refusals], [1, [], []]);
    });
  }

  it('masks its secrets in the response', async () => {
    server.reset({ status: 500, headers: { 'X-Echo': 'secret-token-1' }, body: 'secret-token-1, key-secret' });
    const request = { ...create, headers: { 'X-Key': 'key-secret' }, secrets: ['key-secret'] };
    const answer = await clientFor(server.url).client.raw(request);
    assert.deepEqual([answer.body, answer.header('x-echo')], ['***, ***', '***']);
  });

  it('is repeated like any other call when there is no response', async () => {
    server.reset(breakOff, { status: 500, body: 'bad' });
    assert.equal((await clientFor(server.url).client.raw(get)).status, 500);
    assert.equal(server.requests.length, 2);
    server.reset(breakOff);
    const error = await errorOf(NetworkError, clientFor(server.url).client.raw(create));
    assert.match(error.message, /^Could not create the thing: .*may have been carried out/);
  });

  describe('when the service forwards calls', () => {
    const isItsOwn = ({ body }: { readonly body: string }): boolean => body.includes('own');

    it('repeats, renews and throws what the service itself refuses', async () => {
      const refusal = (status: number) => ({ status, body: { error_code: 'OWN', message: 'own' } });
      server.reset(refusal(503), refusal(401), refusal(403));
      const { client, tokens } = clientFor(server.url, { tokens: new TestTokens(1) });
      const error = await errorOf(HttpError, client.raw(get, isItsOwn));
      assert.deepEqual([error.status, error.errorCode, server.requests.length], [403, 'OWN', 3]);
      assert.deepEqual(tokens.refusals, ['secret-token-1']);
    });

    it('returns its successful responses, and all responses of other services', async () => {
      for (const reply of [
        { status: 201, body: 'own' },
        { status: 503, body: 'foreign' },
      ]) {
        server.reset(reply);
        const { status, body } = await clientFor(server.url).client.raw(get, isItsOwn);
        assert.deepEqual({ status, body }, reply);
      }
    });
  });
});
