import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { ForeignAnswerError, HttpError, NetworkError } from '../../../shared/http/errors';
import type { HttpRequest } from '../../../shared/http/httpClient';
import { RecordingServer, ignore, type Behaviour } from '../../support/recordingServer';
import { TestTokens, clientFor, create, errorOf, get } from './clientUnderTest';
import { anything } from '../../support/anything';

describe('an answer', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  it('comes with its status and headers', async () => {
    server.reset({ status: 202, headers: { Location: '/operations/1' }, body: { id: 1 } });
    const { status, header, body } = await clientFor(server.url).client.answer(create, anything);
    assert.deepEqual(
      [status, header('location'), header('x-none'), body],
      [202, '/operations/1', undefined, { id: 1 }],
    );
  });

  it('without a body is read as undefined', async () => {
    server.reset({ status: 204 });
    const { status, body } = await clientFor(server.url).client.answer(create, anything);
    assert.deepEqual([status, body], [204, undefined]);
  });

  it('that holds no data is thrown', async () => {
    server.reset({ status: 404, body: { error_code: 'NONE' } });
    await errorOf(HttpError, clientFor(server.url).client.answer(get, anything));
    server.reset({ body: '<html>' });
    await errorOf(ForeignAnswerError, clientFor(server.url).client.answer(get, anything));
  });
});

describe('lines', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  /** Sends piece by piece, each on its own; then ends as told. */
  const inPieces =
    (pieces: readonly (string | Buffer)[], end: (response: ServerResponse) => void): Behaviour =>
    (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain' });
      const sendRest = (rest: readonly (string | Buffer)[]): void => {
        const [first, ...others] = rest;
        if (first === undefined) end(response);
        else response.write(first, () => setImmediate(sendRest, others));
      };
      sendRest(pieces);
    };
  const ended = (response: ServerResponse): unknown => response.end();

  function read(request: Partial<HttpRequest> = {}, options: Parameters<typeof clientFor>[1] = {}) {
    const seen: string[] = [];
    const done = clientFor(server.url, options).client.lines({ ...get, ...request }, (line) => void seen.push(line));
    return { seen, done };
  }

  it('are returned whole, however they are split in transport', async () => {
    const euro = Buffer.from('€');
    server.reset(inPieces(['a\nb', 'b\n\nc', euro.subarray(0, 1), euro.subarray(1), '\nlast'], ended));
    const { seen, done } = read();
    await done;
    assert.deepEqual(seen, ['a', 'bb', '', 'c€', 'last']);
  });

  it('are returned before the response has ended', async () => {
    let end = (): unknown => assert.fail('nothing was asked');
    server.reset((_request, response) => {
      response.write('first\nsec');
      end = () => response.end('ond');
    });
    const seen: string[] = [];
    await clientFor(server.url).client.lines(get, (line) => {
      if (seen.push(line) === 1) end();
    });
    assert.deepEqual(seen, ['first', 'second']);
  });

  it('that are interrupted are not requested again, and an incomplete line is not returned', async () => {
    server.reset(inPieces(['one\ntwo'], (response) => response.destroy()));
    const { seen, done } = read();
    const error = await errorOf(NetworkError, done);
    assert.deepEqual([error.code, seen, server.requests.length], ['TRUNCATED', ['one'], 1]);
  });

  it('end with the signal, whose reason is thrown', async () => {
    const stop = new AbortController();
    server.reset((_request, response) => void response.write('one\n'));
    const reading = clientFor(server.url).client.lines({ ...get, signal: stop.signal }, () =>
      setImmediate(() => stop.abort(new Error('enough'))),
    );
    await assert.rejects(reading, /^Error: enough$/);
  });

  it('end with the budget of the call', async () => {
    server.reset(ignore);
    const { done } = read({ budgetSeconds: 0.05 });
    assert.equal((await errorOf(NetworkError, done)).code, 'TOO_SLOW');
  });

  it('that the service refuses are an error, after a new token', async () => {
    server.reset(
      { status: 401, body: { message: 'expired' } },
      { status: 404, body: { error_code: 'NotFound', message: 'no such pod' } },
    );
    const { seen, done } = read({}, { tokens: new TestTokens(1) });
    const error = await errorOf(HttpError, done);
    assert.deepEqual([error.errorCode, seen, server.requests.length], ['NotFound', [], 2]);
  });

  it('of a redirect are an error', async () => {
    server.reset({ status: 302, headers: { Location: 'https://login.example.com/x' }, body: 'moved\n' });
    const { seen, done } = read();
    assert.equal((await errorOf(ForeignAnswerError, done)).locationHost, 'login.example.com');
    assert.deepEqual(seen, []);
  });
});
