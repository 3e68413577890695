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

  it('opens one tunnel for many calls, and sees neither token nor content', async () => {
    const { client } = clientVia({ url: proxy.url });
    for (let count = 0; count < 3; count++) assert.deepEqual(await client.json(create), { fine: true });
    assert.deepEqual(proxy.targets, [`localhost:${server.port}`]);
    assert.deepEqual(Object.keys(proxy.headers[0] ?? {}).sort(), ['connection', 'host']);
    assert.ok(proxy.traffic.length > 0);
    assert.equal(Buffer.concat(proxy.traffic).includes('secret-token'), false);
    assert.equal(server.requests[0]?.headers['proxy-authorization'], undefined);
  });

  it('is asked for by the URL of the service', async () => {
    const asked: string[] = [];
    clientFor(server.url, {}, { proxyFor: (url) => void asked.push(url) });
    assert.deepEqual(asked, [`${server.url}/`]);
  });

  it('gets its credentials, and the service does not', async () => {
    const { client } = clientVia({ url: guarded.url, username: 'build', password: 'pass word@1' });
    assert.deepEqual(await client.json(get), { fine: true });
    assert.equal(server.requests[0]?.headers['proxy-authorization'], undefined);
  });

  it('gets credentials that are part of its URL', async () => {
    const { client } = clientVia({ url: guarded.url.replace('//', '//build:pass%20word%401@') });
    assert.deepEqual(await client.json(get), { fine: true });
  });

  it('that wants credentials ends the call at once, with the remedy', async () => {
    const { client, tokens, clock } = clientVia({ url: guarded.url, username: 'build', password: 'wrong-secret' });
    const error = await errorOf(NetworkError, client.json(get));
    assert.equal(error.code, 'PROXY_REFUSED');
    assert.match(error.message, /the proxy answered 407.*--proxyusername, --proxypassword/);
    assert.doesNotMatch(error.message, /wrong-secret/);
    assert.deepEqual([tokens.refusals, clock.sleeps, server.requests.length], [[], [], 0]);
  });

  for (const status of [401, 403]) {
    it(`that answers ${status} is not taken for the service`, async () => {
      proxy.refusal = `HTTP/1.1 ${status} No\r\nContent-Length: 25\r\n\r\n{"error_code":"NOT_YOURS"}`;
      const { client, tokens } = clientVia({ url: proxy.url });
      const error = await errorOf(NetworkError, client.json(get));
      assert.match(
        error.message,
        new RegExp(`the proxy answered ${status}.*Allow localhost:${server.port} in the proxy`),
      );
      assert.deepEqual(tokens.refusals, []);
    });
  }

  it('may be out of order for a while: nothing was sent yet, so that any call is repeated', async () => {
    proxy.refusal = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n';
    const { client, clock } = clientVia({ url: proxy.url });
    const sleep = clock.sleep.bind(clock);
    clock.sleep = (milliseconds, signal) => {
      proxy.refusal = undefined;
      return sleep(milliseconds, signal);
    };
    assert.deepEqual(await client.json(create), { fine: true });
    assert.equal(server.requests.length, 1);
  });

  it('that breaks the connection to it may be asked again', async () => {
    proxy.refusal = '';
    const error = await errorOf(
      NetworkError,
      clientVia({ url: proxy.url }).client.json({ ...create, budgetSeconds: 2 }),
    );
    assert.equal(error.attempts, 2);
    assert.match(error.message, new RegExp(`Check that the agent's proxy \\(127\\.0\\.0\\.1:${proxy.port}\\) is up`));
  });

  it('that breaks a tunnel in which a call is under way leaves open what became of the call', async () => {
    server.reset(breakOff);
    const error = await errorOf(NetworkError, clientVia({ url: proxy.url }).client.json(create));
    assert.match(error.message, /may have been carried out/);
  });

  it('is not used on this machine itself without TLS', async () => {
    const plain = await RecordingServer.start();
    try {
      await clientFor(plain.url, {}, { proxyFor: () => ({ url: proxy.url }) }).client.json(get);
      assert.deepEqual(proxy.targets, []);
    } finally {
      await plain.close();
    }
  });

  for (const url of ['proxy:8080', 'socks5://proxy:1080', '']) {
    it(`must have a URL of a kind that is known, unlike '${url}'`, () => {
      assert.throws(() => clientVia({ url }), TaskError);
    });
  }
});
