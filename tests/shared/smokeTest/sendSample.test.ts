import assert from 'node:assert/strict';
import { NetworkError } from '../../../shared/http/errors';
import { FixedToken } from '../../../shared/identity/fixedToken';
import { hasAnswered, sampleSender, type SendSample } from '../../../shared/smokeTest/sendSample';
import { FakeAgent } from '../../support/fakeAgent';
import { testContext } from '../../support/testContext';
import { RecordingServer, breakOff } from '../../support/recordingServer';

describe('a sample', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  const sender = (path: string): SendSample => sampleSender(`${server.url}${path}`, testContext());

  it('is sent to its address unchanged, as JSON', async () => {
    server.reset({ body: { predictions: [1] } });
    await sender('/score?key=a%2fb')('{"data": [1.0]}');
    const { method, url, headers, body } = server.requests[0] ?? assert.fail();
    assert.deepEqual([method, url, body.toString()], ['POST', '/score?key=a%2fb', '{"data": [1.0]}']);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers.authorization, undefined);
  });

  for (const [status, text] of [
    [200, '{"predictions": [0.50, 12345678901234567890]}'],
    [201, 'setosa'],
    [404, '<html><title>404 Not Found</title>'],
    [500, 'Traceback: bad shape'],
  ] as const) {
    it(`returns the unchanged text of an answer ${status}`, async () => {
      server.reset({ status, body: text, headers: { 'x-answered-by': 'blue' } });
      const { milliseconds, header, ...answer } = await sender('/score')('{}');
      assert.deepEqual(answer, { status, text });
      assert.equal(header?.('x-answered-by'), 'blue');
      assert.ok(milliseconds >= 0);
      assert.equal(server.requests.length, 1);
    });
  }

  it('may have a key, which no message shows, and headers', async () => {
    server.reset({ status: 200, body: 'the key is a-key' });
    const tokens = new FixedToken('the key', 'a-key-of-an-endpoint', new FakeAgent());
    const send = sampleSender(`${server.url}/score`, testContext(), { tokens, headers: { 'x-deployment': 'green' } });
    await send('{}');
    const [request] = server.requests;
    assert.equal(request?.headers.authorization, 'Bearer a-key-of-an-endpoint');
    assert.equal(request.headers['x-deployment'], 'green');
    assert.throws(
      () => sampleSender('http://score.example.com/score', testContext(), { tokens }),
      /must begin with https/,
    );
  });

  it('without an answer is an error that names the address', async () => {
    server.reset(breakOff);
    await assert.rejects(sender('/score')('{}'), (error: unknown) => {
      assert.ok(error instanceof NetworkError);
      assert.ok(error.message.startsWith(`Could not send the sample to ${server.url}/score: `), error.message);
      return true;
    });
  });

  it('is not answered by a proxy in front of the service', () => {
    const answered = (status: number): boolean => hasAnswered({ status, text: '', milliseconds: 1 });
    assert.deepEqual([200, 404, 500, 502, 503, 504].filter(answered), [200, 404, 500]);
  });
});
