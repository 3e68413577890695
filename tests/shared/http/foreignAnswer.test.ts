import assert from 'node:assert/strict';
import { ForeignAnswerError, HttpError } from '../../../shared/http/errors';
import { RecordingServer } from '../../support/recordingServer';
import { clientFor, create, errorOf, get } from './clientUnderTest';
import { anything } from '../../support/anything';

const page = (title: string): string =>
  `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body>…</body></html>`;

describe('an answer that the service did not send', () => {
  let server: RecordingServer;
  let elsewhere: RecordingServer;
  before(async () => {
    server = await RecordingServer.start();
    elsewhere = await RecordingServer.start();
  });
  after(() => Promise.all([server.close(), elsewhere.close()]));

  for (const format of ['json', 'bytes'] as const) {
    it(`is an error when it is a sign-in page (${format})`, async () => {
      server.reset({ headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: page('Sign in to your account') });
      const { client } = clientFor(server.url);
      const call = format === 'json' ? client.json(get, anything) : client.bytes(get);
      const error = await errorOf(ForeignAnswerError, call);
      assert.equal(error.status, 200);
      assert.equal(error.title, 'Sign in to your account');
      assert.equal(error.isTransient, false);
      assert.match(
        error.message,
        /^Could not read the thing: .* 200 with a web page titled 'Sign in to your account'\./,
      );
      assert.equal(server.requests.length, 1);
    });
  }

  it('is an error when it is a web page with the content type of JSON', async () => {
    server.reset({ headers: { 'Content-Type': 'application/json' }, body: `  ${page('Portal')}` });
    const error = await errorOf(ForeignAnswerError, clientFor(server.url).client.json(get, anything));
    assert.equal(error.title, 'Portal');
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`is never followed when it is a ${status}, so that the token is not sent to another host`, async () => {
      elsewhere.reset({ body: {} });
      server.reset({ status, headers: { Location: `${elsewhere.url}/login.html?next=secret-place` } });
      const error = await errorOf(ForeignAnswerError, clientFor(server.url).client.json(get, anything));
      assert.equal(error.status, status);
      assert.equal(error.locationHost, new URL(elsewhere.url).host);
      assert.match(error.message, new RegExp(`${status} with a redirect to 127\\.0\\.0\\.1:${elsewhere.port}\\.`));
      assert.doesNotMatch(error.message, /secret-place/);
      assert.equal(server.requests.length, 1);
      assert.equal(elsewhere.requests.length, 0);
    });
  }

  it('is reported without a host when a redirect stays on the host of the service', async () => {
    server.reset({ status: 302, headers: { Location: '/login.html' } });
    const error = await errorOf(ForeignAnswerError, clientFor(server.url).client.json(get, anything));
    assert.equal(error.locationHost, undefined);
    assert.match(error.message, /302 with a redirect\./);
  });

  it("is repeated by its status when it is a proxy's error page, and finally reported as foreign", async () => {
    server.reset({ status: 502, body: page('Bad Gateway') }, { body: { fine: true } });
    assert.deepEqual(await clientFor(server.url).client.json(get, anything), { fine: true });
    server.reset({ status: 502, body: page('Bad Gateway') });
    const error = await errorOf(
      ForeignAnswerError,
      clientFor(server.url).client.json({ ...get, budgetSeconds: 2 }, anything),
    );
    assert.equal(error.isTransient, true);
    assert.equal(error.attempts, 2);
    assert.match(error.message, /502 with a web page titled 'Bad Gateway'\..* Tried 2 times\.$/);
  });

  it('is final when a proxy blocks the call', async () => {
    server.reset({ status: 403, body: page('Blocked by policy') });
    const error = await errorOf(ForeignAnswerError, clientFor(server.url).client.json(get, anything));
    assert.equal(error.isTransient, false);
    assert.doesNotMatch(error.message, /token of connection/);
  });

  it('is described by its size when it is neither JSON nor a page, and its content is not shown', async () => {
    server.reset({ headers: { 'Content-Type': 'text/plain' }, body: 'some private text' });
    const error = await errorOf(ForeignAnswerError, clientFor(server.url).client.json(create, anything));
    assert.match(error.message, /200 with 17 bytes of 'text\/plain' that are not valid JSON\./);
    assert.doesNotMatch(error.message, /private/);
  });

  it('is not read when it is nested too deep', async () => {
    server.reset({ body: `${'['.repeat(100_000)}1234567890123456789` });
    const error = await errorOf(ForeignAnswerError, clientFor(server.url).client.json(create, anything));
    assert.match(error.message, /nested deeper than 500 levels/);
  });
});

describe('an answer of the service', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  it('is read as JSON whatever its content type', async () => {
    server.reset({ headers: { 'Content-Type': 'text/plain' }, body: '{"a":[1,null,"ü"]}' });
    assert.deepEqual(await clientFor(server.url).client.json(get, anything), { a: [1, null, 'ü'] });
  });

  it('is returned byte by byte when bytes are requested', async () => {
    const body = Buffer.from([0, 255, 10, 13, 128, 65]);
    server.reset({ headers: { 'Content-Type': 'application/octet-stream' }, body });
    assert.deepEqual(Buffer.from(await clientFor(server.url).client.bytes(get)), body);
  });

  for (const [shape, body, errorCode, message] of [
    ['a code and a message', { code: 'CONFLICT', message: 'Busy.' }, 'CONFLICT', 'Busy.'],
    ['a code and a message under error', { error: { code: 'Conflict', message: 'Busy.' } }, 'Conflict', 'Busy.'],
    ['a text under error', { error: 'Busy.' }, undefined, 'Busy.'],
    ['JSON after a byte order mark', '\uFEFF{"message":"Busy."}', undefined, 'Busy.'],
    ['plain text', 'Not today', undefined, 'Not today'],
    ['nothing', '', undefined, ''],
    ['JSON that is not an object', '"no"', undefined, '"no"'],
    ['an unknown object', { a: 1 }, undefined, ''],
  ] as const) {
    it(`of a service without a dialect is read as a refusal when it holds ${shape}`, async () => {
      server.reset({ status: 400, headers: { 'X-Request-Id': 'req-7' }, body });
      const error = await errorOf(HttpError, clientFor(server.url, { dialect: {} }).client.json(get, anything));
      assert.deepEqual(
        { status: error.status, errorCode: error.errorCode, message: error.serviceMessage, requestId: error.requestId },
        { status: 400, errorCode, message, requestId: 'req-7' },
      );
    });
  }

  it('may begin with a byte order mark', async () => {
    server.reset({ body: '\uFEFF{"a":1}' });
    assert.deepEqual(await clientFor(server.url).client.json(get, anything), { a: 1 });
  });

  it('of a service without a dialect is not a page, whatever the page says', async () => {
    server.reset({ status: 400, body: '<html><pre>Bad</pre></html>' });
    await errorOf(ForeignAnswerError, clientFor(server.url, { dialect: {} }).client.json(get, anything));
  });

  it('reports a refusal in one message with status, code, text and request id', async () => {
    server.reset({
      status: 404,
      headers: { 'X-Request-Id': 'req-8' },
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: "Path (/x) doesn't exist." },
    });
    const error = await errorOf(HttpError, clientFor(server.url).client.json(get, anything));
    assert.equal(
      error.message,
      "Could not read the thing: Databricks answered 404 RESOURCE_DOES_NOT_EXIST: Path (/x) doesn't exist. Request id: req-8.",
    );
  });

  it('reports that a refusal has no reason', async () => {
    server.reset({ status: 405 });
    const error = await errorOf(HttpError, clientFor(server.url).client.json(get, anything));
    assert.equal(error.message, 'Could not read the thing: Databricks answered 405 without giving a reason.');
  });

  it('is shortened in the message when it is long', async () => {
    server.reset({ status: 400, body: { message: 'x'.repeat(1_000_000) } });
    const error = await errorOf(HttpError, clientFor(server.url).client.json(get, anything));
    assert.ok(error.message.length < 3000);
  });

  for (const [value, requestId] of [
    ['b2c1-ff', 'b2c1-ff'],
    ['odd ##vso[task.complete]', undefined],
  ] as const) {
    it(`${requestId ? 'takes' : 'does not take'} a request id from the headers that the dialect names: ${value}`, async () => {
      server.reset({ status: 400, headers: { 'x-second': value, 'x-other': 'other' } });
      const dialect = { requestIdHeaders: ['x-first', 'x-second', 'x-other'] };
      const error = await errorOf(HttpError, clientFor(server.url, { dialect }).client.json(get, anything));
      assert.equal(error.requestId, requestId);
    });
  }
});
