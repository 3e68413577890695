import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { ForeignAnswerError, HttpError, NetworkError } from '../../../shared/http/errors';
import { openConnections } from '../../../shared/http/transport/connections';
import { NoAnswer, send } from '../../../shared/http/transport/send';
import { RecordingServer, type Behaviour } from '../../support/recordingServer';
import { clientFor, errorOf, get } from './clientUnderTest';
import { anything } from '../../support/anything';

const mebibyte = 1024 * 1024;

/** Announces a length and sends the beginning; the rest never comes. */
const announced =
  (bytes: number, headers = {}): Behaviour =>
  (_request, response) =>
    void response.writeHead(200, { 'Content-Length': bytes, ...headers }).write('{');

describe('an answer that is too large', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  /** Sends a request as the client does, with another limit. */
  function sendWithin(limitBytes: number) {
    const agent = { proxyFor: () => undefined, certificates: () => undefined };
    return send(
      {
        method: 'GET',
        url: server.url,
        headers: {},
        body: undefined,
        connections: openConnections(new URL(server.url), agent),
        silenceMilliseconds: 30_000,
        signal: new AbortController().signal,
      },
      limitBytes,
    );
  }

  const isTooLarge = (error: unknown): boolean =>
    error instanceof NoAnswer && error.code === 'TOO_LARGE' && error.message === 'the answer is larger than 1 MiB';

  it('is refused by the length that it announces, once, and says what to check', async () => {
    for (const headers of [{}, { 'Content-Encoding': 'gzip' }]) {
      server.reset(announced(129 * mebibyte, headers));
      const { message, code } = await errorOf(NetworkError, clientFor(server.url).client.json(get, anything));
      assert.equal(code, 'TOO_LARGE');
      assert.match(message, /the answer is larger than 128 MiB.* check that 127\.0\.0\.1:\d+ is its address\.$/);
      assert.equal(server.requests.length, 1);
    }
  });

  it('is not refused where it fits', async () => {
    server.reset({ body: JSON.stringify(' '.repeat(mebibyte - 2)) });
    assert.equal((await sendWithin(mebibyte)).body.length, mebibyte);
    server.reset({ headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(Buffer.alloc(mebibyte)) });
    assert.equal((await sendWithin(mebibyte)).body.length, mebibyte);
  });

  it('is refused as it is received, without an announced length', async () => {
    server.reset((_request, response) => {
      response.writeHead(200, { 'Transfer-Encoding': 'chunked' });
      response.write(Buffer.alloc(mebibyte + 1));
    });
    await assert.rejects(sendWithin(mebibyte), isTooLarge);
  });

  it('is refused as it is decompressed', async () => {
    for (const length of [mebibyte + 1, 20 * mebibyte]) {
      server.reset({ headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(Buffer.alloc(length)) });
      await assert.rejects(sendWithin(mebibyte), isTooLarge);
    }
  });

  it('is refused before it is decompressed, where nothing comes of it', async () => {
    const nothing = gzipSync(Buffer.alloc(0));
    server.reset((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' });
      response.write(Buffer.concat(Array<Buffer>(mebibyte / 16).fill(nothing)));
    });
    await assert.rejects(sendWithin(mebibyte), isTooLarge);
  });

  it('is refused by the number of its values and by its depth, and not asked for again', async () => {
    for (const [body, problem] of [
      [`[${'{},'.repeat(1_250_000)}0]`, 'has more than 2500000 values'],
      ['['.repeat(501), 'is nested deeper than 500 levels'],
    ] as const) {
      server.reset({ headers: { 'Content-Type': 'application/json' }, body });
      const { message } = await errorOf(ForeignAnswerError, clientFor(server.url).client.json(get, anything));
      assert.ok(message.includes(`${body.length} bytes of JSON that ${problem}.`), message);
      assert.equal(server.requests.length, 1);
    }
  });

  it('is refused where one of its lines is longer than 16 MiB', async () => {
    server.reset((_request, response) => void response.writeHead(200).write(Buffer.alloc(16 * mebibyte + 1, 'x')));
    const read = clientFor(server.url).client.lines(get, () => undefined);
    const { code, message } = await errorOf(NetworkError, read);
    assert.deepEqual(
      [code, message.includes('a line has more than 16777216 characters')],
      ['TOO_LARGE', true],
      message,
    );
  });

  it('is read only as far as a message needs it where it is a refusal of lines', async () => {
    let written = 0;
    server.reset((_request, response) => {
      response.writeHead(500);
      const chunk = Buffer.alloc(mebibyte, ' ');
      const more = (): unknown => response.destroyed || (written++, response.write(chunk, more));
      more();
    });
    const read = clientFor(server.url).client.lines(get, () => undefined);
    assert.match((await errorOf(HttpError, read)).message, /answered 500/);
    assert.ok(written < 64, `${written} MiB`);
  });
});
