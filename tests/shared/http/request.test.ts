import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { TaskError } from '../../../shared/errors';
import { HttpError } from '../../../shared/http/errors';
import { parseJson, stringifyJson } from '../../../shared/json';
import { RecordingServer } from '../../support/recordingServer';
import { clientFor, create, errorOf, get } from './clientUnderTest';
import { anything } from '../../support/anything';

describe('a request', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());
  beforeEach(() => server.reset({ body: {} }));

  it('carries the token, the user agent and what it accepts', async () => {
    await clientFor(server.url).client.json(get, anything);
    const { headers } = server.requests[0] ?? assert.fail();
    assert.equal(headers.authorization, 'Bearer secret-token-1');
    assert.equal(headers['user-agent'], 'model-pipeline-tasks/1.0.0');
    assert.equal(headers.accept, 'application/json');
    assert.equal(headers['content-type'], undefined);
  });

  it('has its path after that of the base URL, and its query encoded', async () => {
    const query = { path: '/Shared/ä b&c', limit: 20, recursive: true, absent: undefined };
    await clientFor(`${server.url}/base/`).client.json({ ...get, query }, anything);
    assert.equal(server.requests[0]?.url, '/base/api/thing?path=%2FShared%2F%C3%A4+b%26c&limit=20&recursive=true');
  });

  it('sends an exact query byte for byte, and does not log it', async () => {
    const exactQuery = 'sig=a%2fb%2Bc+d~&sig=%E4&&t=2026-01-01T00:00:00Z';
    server.reset({ status: 404, body: { message: 'gone' } });
    const { client, debugLines } = clientFor(server.url);
    const error = await errorOf(HttpError, client.json({ ...get, exactQuery }, anything));
    assert.equal(server.requests[0]?.url, `/api/thing?${exactQuery}`);
    assert.deepEqual(debugLines, ['Databricks: GET /api/thing: 404, 0 ms']);
    assert.doesNotMatch(inspect(error, { depth: Infinity }), /sig=/);
  });

  it('shows no exact query and no secret of the call that a service repeats, however it writes them', async () => {
    const exactQuery = 'sig=a%2fb%2Bc+d~&t=2026';
    const repeated = [
      exactQuery,
      'https://host/x?' + exactQuery,
      exactQuery.replaceAll('&', '\\u0026'),
      'ca/ll-secret',
    ];
    for (const text of [...repeated, Buffer.from('ca/ll-secret').toString('base64')]) {
      server.reset((_request, response) => {
        response.writeHead(404, { 'Content-Type': 'application/json' });
        response.end(`{"message": "no ${text} here"}`);
      });
      const { client } = clientFor(server.url);
      const secrets = [exactQuery, 'ca/ll-secret'];
      const error = await errorOf(HttpError, client.json({ ...get, exactQuery, secrets }, anything));
      assert.match(error.message, /no \S*\*\*\*\S* here/);
    }
  });

  it('writes JSON, with big integers as bare digits', async () => {
    await clientFor(server.url).client.json(
      {
        ...create,
        json: { id: 9223372036854775807n, list: [1.5, null, 'x'], gone: undefined },
      },
      anything,
    );
    const { headers, body } = server.requests[0] ?? assert.fail();
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(body.toString(), '{"id":9223372036854775807,"list":[1.5,null,"x"]}');
  });

  it('has neither body nor content type when there is no content', async () => {
    await clientFor(server.url).client.json({ method: 'POST', path: '/api/start', purpose: 'start' }, anything);
    const { headers, body } = server.requests[0] ?? assert.fail();
    assert.equal(body.length, 0);
    assert.equal(headers['content-type'], undefined);
  });

  it('reuses its connection', async () => {
    const { client } = clientFor(server.url);
    for (let count = 0; count < 5; count++) await client.json(get, anything);
    assert.equal(server.connections, 1);
  });

  it('leaves one debug line for each attempt: method, path, names in the query, status, request id, time', async () => {
    server.reset({ status: 503 }, { headers: { 'X-Request-Id': 'req-1' } });
    const { client, debugLines } = clientFor(server.url);
    await client.json({ ...get, query: { path: '/private', page_token: 'private', absent: undefined } }, anything);
    assert.deepEqual(debugLines, [
      'Databricks: GET /api/thing?path&page_token: 503, 0 ms',
      'Databricks: GET /api/thing?path&page_token: 200, req-1, 0 ms',
    ]);
  });
});

describe('the base URL', () => {
  for (const url of [
    'https://adb-1.2.azuredatabricks.net',
    'http://localhost:1',
    'http://127.0.0.1:1',
    'http://127.8.9.1',
    'http://[::1]:1',
  ]) {
    it(`can be ${url}`, () => void clientFor(url));
  }

  for (const [url, message] of [
    ['http://adb-1.2.azuredatabricks.net', /must begin with https:\/\/, not http:\/\//],
    ['http://127.0.0.1.example.com', /must begin with https/],
    ['http://localhost.example.com', /must begin with https/],
    ['ftp://localhost', /must begin with https:\/\/, not ftp:\/\//],
    ['adb-1.2.azuredatabricks.net', /is not a URL: it should look like https:\/\/host/],
    ['', /is not a URL/],
    ['https://me:secret-word@example.com', /contains a user name or password/],
  ] as const) {
    it(`can't be '${url}'`, () => {
      assert.throws(
        () => clientFor(url),
        (error) => {
          assert.ok(error instanceof TaskError);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /secret-word/);
          return true;
        },
      );
    });
  }
});

describe('numbers in JSON', () => {
  it('keep integers beyond 2^53 as strings of their digits, and all others as numbers', () => {
    assert.deepEqual(
      parseJson(
        '{"id":1234567890123456789,"least":-9223372036854775808,"safe":9007199254740991,"next":9007199254740992,"small":7,"x":0.1234567890123456,"big":1e30}',
      ),
      {
        id: '1234567890123456789',
        least: '-9223372036854775808',
        safe: 9007199254740991,
        next: '9007199254740992',
        small: 7,
        x: 0.1234567890123456,
        big: 1e30,
      },
    );
  });

  it('of 64 bits are sent and received unchanged', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }), (id) => {
        const { read } = parseJson(stringifyJson({ read: id })) as { read: string | number };
        assert.equal(String(read), String(id));
      }),
    );
  });

  it('are the only difference from JSON.parse', () => {
    const exact = (_key: string, value: unknown): unknown =>
      Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(String(value)) ? String(value) : value;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = `[${JSON.stringify(value)},1234567890123456789]`;
        assert.deepEqual(parseJson(text), [JSON.parse(JSON.stringify(value), exact), '1234567890123456789']);
      }),
    );
  });
});
