import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { FixedToken } from '../../../shared/identity/fixedToken';
import { databricksDialect } from '../../../shared/databricks/dialect';
import { createHttpClient } from '../../../shared/http/createHttpClient';
import { FakeClock } from '../../support/fakeClock';
import { RecordingServer, breakOff, ignore, truncate, type Behaviour } from '../../support/recordingServer';
import { create, get } from './clientUnderTest';
import { anything } from '../../support/anything';

const token = 'dapi0123456789abcdef0123456789abcdef';
const proxyPassword = 'proxy-secret-word';
const body = 'body-secret-word';
const query = 'query-secret-word';

/** Everything that anybody could print of a value, the hidden parts too. */
function everythingOf(value: unknown): string {
  const own = value instanceof Error ? [value.message, value.stack, JSON.stringify(value)].join('\n') : '';
  return own + inspect(value, { depth: Infinity, showHidden: true, getters: true });
}

describe('secrets', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  /** A service that repeats whatever it was sent. */
  const echo =
    (status: number, type: string, write: (text: string) => string): Behaviour =>
    ({ headers }, response) => {
      const echoed = String(headers.authorization);
      response.writeHead(status, {
        'Content-Type': type,
        'X-Request-Id': token,
        Location: `https://${token}.example.com`,
      });
      response.end(write(echoed));
    };

  const cases: readonly (readonly [string, Behaviour])[] = [
    [
      'a refusal that echoes the token',
      echo(400, 'application/json', (text) => JSON.stringify({ error_code: text, message: text })),
    ],
    ['a 401 that echoes the token', echo(401, 'application/json', (text) => JSON.stringify({ message: text }))],
    ['a page that echoes the token', echo(200, 'text/html', (text) => `<html><title>${text}</title>`)],
    ['a Databricks page that echoes the token', echo(500, 'text/html', (text) => `<html><pre>${text}</pre>`)],
    ['text that echoes the token', echo(503, 'text/plain', (text) => text)],
    ['a redirect with the token', echo(302, 'text/plain', () => '')],
    ['no JSON', echo(200, `application/${token}`, (text) => text)],
    ['a truncated answer', truncate],
    ['a broken connection', breakOff],
    ['silence', ignore],
  ];

  for (const [what, behaviour] of cases) {
    it(`appear in no error, debug line or object after ${what}`, async () => {
      server.reset(behaviour);
      const said: string[] = [];
      const tokens = new FixedToken('the token', token, { setSecret: () => undefined });
      const client = createHttpClient({
        baseUrl: server.url,
        service: 'Databricks',
        dialect: databricksDialect,
        tokens,
        agent: { debug: (line) => said.push(line), proxyFor: () => undefined, certificates: () => undefined },
        clock: new FakeClock(),
        signal: new AbortController().signal,
        userAgent: 'model-pipeline-tasks/1.0.0',
        silenceMilliseconds: 20,
      });
      for (const request of [get, { ...create, json: { secret: body }, query: { secret: query } }]) {
        const error: unknown = await client
          .json({ ...request, budgetSeconds: 0.5 }, anything)
          .catch((thrown: unknown) => thrown);
        assert.ok(error instanceof Error);
        said.push(everythingOf(error));
      }
      said.push(everythingOf(client), everythingOf(tokens));
      for (const secret of [token, body, query]) assert.equal(said.join('\n').includes(secret), false, secret);
    });
  }

  it('of the proxy appear in no error, debug line or object', async () => {
    const said: string[] = [];
    const tokens = new FixedToken('the token', token, { setSecret: () => undefined });
    for (const url of ['http://127.0.0.1:1', `http://user:${proxyPassword}@127.0.0.1:1`]) {
      const client = createHttpClient({
        baseUrl: 'https://example.com',
        service: 'Databricks',
        dialect: databricksDialect,
        tokens,
        agent: {
          debug: (line) => said.push(line),
          proxyFor: () => ({ url, ...(!url.includes('@') && { username: 'user', password: proxyPassword }) }),
          certificates: () => undefined,
        },
        clock: new FakeClock(),
        signal: new AbortController().signal,
        userAgent: 'model-pipeline-tasks/1.0.0',
      });
      const error: unknown = await client
        .json({ ...get, budgetSeconds: 0.5 }, anything)
        .catch((thrown: unknown) => thrown);
      assert.ok(error instanceof Error);
      said.push(everythingOf(error), everythingOf(client));
    }
    const encoded = Buffer.from(`user:${proxyPassword}`).toString('base64');
    for (const secret of [proxyPassword, encoded, token]) assert.equal(said.join('\n').includes(secret), false);
  });
});
