import assert from 'node:assert/strict';
import type { ProxySettings } from '../../../shared/agent/agent';
import { TaskError } from '../../../shared/errors';
import { createHttpClient } from '../../../shared/http/createHttpClient';
import type { HttpClientOptions } from '../../../shared/http/service';
import { NetworkError } from '../../../shared/http/errors';
import type { DetailedHttpClient } from '../../../shared/http/httpClient';
import { FakeClock } from '../../support/fakeClock';
import { RecordingServer, breakOff } from '../../support/recordingServer';
import { TestTokens, create, errorOf, get } from './clientUnderTest';
import { anything } from '../../support/anything';

const address = 'http://score.example.com:8080/base';

function clientFor(
  baseUrl: string,
  options: Partial<HttpClientOptions>,
  proxyFor: (url: string) => ProxySettings | undefined = () => undefined,
): DetailedHttpClient {
  return createHttpClient({
    baseUrl,
    service: 'the service',
    agent: { debug: () => undefined, proxyFor, certificates: () => undefined },
    clock: new FakeClock(),
    signal: new AbortController().signal,
    userAgent: 'model-pipeline-tasks/1.0.0',
    ...options,
  });
}

describe('plain http', () => {
  it('is allowed to any host when calls contain neither token nor secret', () =>
    void clientFor(address, { isOpen: true }));

  for (const [what, options] of [
    ['calls have a token', { isOpen: true, tokens: new TestTokens() }],
    ['calls may hold a secret', {}],
    ['calls are said to hold a secret', { isOpen: false }],
  ] as const) {
    it(`is allowed only to this machine when ${what}`, () => {
      assert.throws(() => clientFor(address, options), TaskError);
      clientFor('http://127.0.0.1:1', options);
    });
  }

  describe("through the agent's proxy", () => {
    let proxy: RecordingServer;
    before(async () => (proxy = await RecordingServer.start()));
    after(() => proxy.close());
    beforeEach(() => proxy.reset({ body: { fine: true } }));

    it('is forwarded, with the whole URL', async () => {
      const asked: string[] = [];
      const client = clientFor(address, { isOpen: true }, (url) => {
        asked.push(url);
        return { url: proxy.url };
      });
      for (let count = 0; count < 3; count++)
        assert.deepEqual(await client.json({ ...create, exactQuery: 'a=%2f' }, anything), { fine: true });
      assert.deepEqual(asked, [address]);
      assert.equal(proxy.connections, 1);
      const { method, url, headers, body } = proxy.requests[0] ?? assert.fail();
      assert.deepEqual([method, url], ['POST', `${address}/api/thing?a=%2f`]);
      assert.equal(headers.host, 'score.example.com:8080');
      assert.equal(headers['proxy-authorization'], undefined);
      assert.equal(body.toString(), '{"name":"x"}');
    });

    it('sends its credentials', async () => {
      const settings = { url: proxy.url, username: 'build', password: 'pass word@1' };
      await clientFor(address, { isOpen: true }, () => settings).json(get, anything);
      const expected = `Basic ${Buffer.from('build:pass word@1').toString('base64')}`;
      assert.equal(proxy.requests[0]?.headers['proxy-authorization'], expected);
    });

    it('is reported as the cause when its connection fails', async () => {
      proxy.reset(breakOff);
      const client = clientFor(address, { isOpen: true }, () => ({ url: proxy.url }));
      const error = await errorOf(NetworkError, client.json(create, anything));
      assert.ok(error.message.includes(`Check that the agent's proxy (127.0.0.1:${proxy.port}) is up`), error.message);
    });

    it('is not used for this machine', async () => {
      const service = await RecordingServer.start();
      try {
        await clientFor(service.url, { isOpen: true }, () => ({ url: proxy.url })).json(get, anything);
        assert.deepEqual([service.requests.length, proxy.requests.length], [1, 0]);
      } finally {
        await service.close();
      }
    });
  });
});
