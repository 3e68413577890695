import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProxySettings } from '../../../shared/agent/agent';
import { TaskError } from '../../../shared/errors';
import { NetworkError } from '../../../shared/http/errors';
import { ConnectProxy } from '../../support/connectProxy';
import { RecordingServer, breakOff } from '../../support/recordingServer';
import { makeTestCertificates } from '../../support/testCertificates';
import { clientFor, create, errorOf, get, type ClientUnderTest } from './clientUnderTest';
import { anything } from '../../support/anything';

describe("the agent's proxy", () => {
  let folder: string;
  let server: RecordingServer;
  let proxy: ConnectProxy;
  let guarded: ConnectProxy;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proxy-'));
    const certificates = await makeTestCertificates();
    await writeFile(join(folder, 'ca.pem'), certificates.ca);
    server = await RecordingServer.start(certificates.server);
    proxy = await ConnectProxy.start();
    guarded = await ConnectProxy.start('build:pass word@1');
  });
  after(async () => {
    await Promise.all([server.close(), proxy.close(), guarded.close()]);
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    server.reset({ body: { fine: true } });
    for (const { targets, headers, traffic } of [proxy, guarded]) targets.length = headers.length = traffic.length = 0;
    proxy.refusal = undefined;
  });

  const clientVia = (settings: ProxySettings): ClientUnderTest =>
    clientFor(server.url, {}, { proxyFor: () => settings, certificates: () => ({ caFile: join(folder, 'ca.pem') }) });

  it('opens one tunnel for many calls, and receives neither token nor content', async () => {
    const { client } = clientVia({ url: proxy.url });
    for (let count = 0; count < 3; count++) assert.deepEqual(await client.json(create, anything), { fine: true });
    assert.deepEqual(proxy.targets, [`localhost:${server.port}`]);
    assert.deepEqual(Object.keys(proxy.headers[0] ?? {}).sort(), ['connection', 'host']);
    assert.ok(proxy.traffic.length > 0);
    assert.equal(Buffer.concat(proxy.traffic).includes('secret-token'), false);
    assert.equal(server.requests[0]?.headers['proxy-authorization'], undefined);
  });

  it('is selected by the URL of the service', async () => {
    const asked: string[] = [];
    clientFor(server.url, {}, { proxyFor: (url) => void asked.push(url) });
    assert.deepEqual(asked, [`${server.url}/`]);
  });

  it('receives its credentials, and the service does not', async () => {
    const { client } = clientVia({ url: guarded.url, username: 'build', password: 'pass word@1' });
    assert.deepEqual(await client.json(get, anything), { fine: true });
    assert.equal(server.requests[0]?.headers['proxy-authorization'], undefined);
  });

  it('receives credentials that are part of its URL', async () => {
    const { client } = clientVia({ url: guarded.url.replace('//', '//build:pass%20word%401@') });
    assert.deepEqual(await client.json(get, anything), { fine: true });
  });

  it('that requires credentials fails the call at once, with advice', async () => {
    const { client, tokens, clock } = clientVia({ url: guarded.url, username: 'build', password: 'wrong-secret' });
    const error = await errorOf(NetworkError, client.json(get, anything));
    assert.equal(error.code, 'PROXY_REFUSED');
    assert.match(error.message, /the proxy answered 407.*--proxyusername, --proxypassword/);
    assert.doesNotMatch(error.message, /wrong-secret/);
    assert.deepEqual([tokens.refusals, clock.sleeps, server.requests.length], [[], [], 0]);
  });

  for (const status of [401, 403]) {
    it(`that returns ${status} is not mistaken for the service`, async () => {
      proxy.refusal = `HTTP/1.1 ${status} No\r\nContent-Length: 25\r\n\r\n{"error_code":"NOT_YOURS"}`;
      const { client, tokens } = clientVia({ url: proxy.url });
      const error = await errorOf(NetworkError, client.json(get, anything));
      assert.match(
        error.message,
        new RegExp(`the proxy answered ${status}.*Allow localhost:${server.port} in the proxy`),
      );
      assert.deepEqual(tokens.refusals, []);
    });
  }

  it('may be unavailable temporarily: nothing was sent yet, so that any call is repeated', async () => {
    proxy.refusal = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n';
    const { client, clock } = clientVia({ url: proxy.url });
    const sleep = clock.sleep.bind(clock);
    clock.sleep = (milliseconds, signal) => {
      proxy.refusal = undefined;
      return sleep(milliseconds, signal);
    };
    assert.deepEqual(await client.json(create, anything), { fine: true });
    assert.equal(server.requests.length, 1);
  });

  it('that closes the connection is tried again', async () => {
    proxy.refusal = '';
    const error = await errorOf(
      NetworkError,
      clientVia({ url: proxy.url }).client.json({ ...create, budgetSeconds: 2 }, anything),
    );
    assert.equal(error.attempts, 2);
    assert.match(error.message, new RegExp(`Check that the agent's proxy \\(127\\.0\\.0\\.1:${proxy.port}\\) is up`));
  });

  it('that closes a tunnel during a call leaves the result of the call unknown', async () => {
    server.reset(breakOff);
    const error = await errorOf(NetworkError, clientVia({ url: proxy.url }).client.json(create, anything));
    assert.match(error.message, /may have been carried out/);
  });

  it('is not used for this machine without TLS', async () => {
    const plain = await RecordingServer.start();
    try {
      await clientFor(plain.url, {}, { proxyFor: () => ({ url: proxy.url }) }).client.json(get, anything);
      assert.deepEqual(proxy.targets, []);
    } finally {
      await plain.close();
    }
  });

  it('may have a password with a % of its own', async () => {
    const { host } = new URL(proxy.url);
    await clientVia({ url: `http://me:100%pure@${host}` }).client.json(get, anything);
    const expected = `Basic ${Buffer.from('me:100%pure').toString('base64')}`;
    assert.equal(proxy.headers[0]?.['proxy-authorization'], expected);
  });

  for (const url of ['proxy:8080', 'socks5://proxy:1080', 'http://:3128', '']) {
    it(`must have a URL of a kind that is known, unlike '${url}'`, () => {
      assert.throws(() => clientVia({ url }), TaskError);
    });
  }
});
