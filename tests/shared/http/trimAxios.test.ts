import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type BuildResult } from 'esbuild';
import type { createHttpClient } from '../../../shared/http/createHttpClient';
import { trimAxios } from '../../../tools/trimAxios';
import { FakeClock } from '../../support/fakeClock';
import { RecordingServer } from '../../support/recordingServer';
import { TestTokens, create, get } from './clientUnderTest';
import { anything } from '../../support/anything';

describe('the client in a bundle', () => {
  let folder: string;
  let server: RecordingServer;
  let result: BuildResult<{ metafile: true }>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundle-'));
    server = await RecordingServer.start();
    result = await build({
      entryPoints: [join(import.meta.dirname, '../../../shared/http/createHttpClient.ts')],
      outfile: join(folder, 'client.cjs'),
      bundle: true,
      minify: true,
      keepNames: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      metafile: true,
      logLevel: 'silent',
      plugins: [trimAxios],
    });
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('does not contain unused parts of axios', () => {
    assert.deepEqual(result.warnings, []);
    const inputs = Object.keys(result.metafile.inputs).join('\n');
    for (const name of ['mime-db', 'form-data/', 'follow-redirects/', 'https-proxy-agent/', 'debug/'])
      assert.equal(inputs.includes(`node_modules/${name}`), false, name);
  });

  it('works', async () => {
    const { createHttpClient: createBundled } = createRequire(import.meta.url)(join(folder, 'client.cjs')) as {
      createHttpClient: typeof createHttpClient;
    };
    const client = createBundled({
      baseUrl: server.url,
      service: 'Databricks',
      tokens: new TestTokens(),
      agent: { debug: () => undefined, proxyFor: () => undefined, certificates: () => undefined },
      clock: new FakeClock(),
      signal: new AbortController().signal,
      userAgent: 'model-pipeline-tasks/1.0.0',
    });
    const compressed = gzipSync('{"fine":true}');
    server.reset({ status: 503 }, { headers: { 'Content-Encoding': 'gzip' }, body: compressed });
    assert.deepEqual(await client.json(get, anything), { fine: true });
    server.reset({ body: { fine: true } });
    const form = [{ name: 'content', content: Buffer.from('print(1)'), fileName: 'a.py' }];
    assert.deepEqual(await client.json({ method: 'POST', path: '/import', purpose: 'import', form }, anything), {
      fine: true,
    });
    assert.match(server.requests[0]?.body.toString() ?? '', /filename="a.py"[^]*\r\n\r\nprint\(1\)\r\n/);
    server.reset({ status: 302, headers: { Location: 'https://login.example.com' } });
    await assert.rejects(client.json(create, anything), /302 with a redirect to login\.example\.com/);
  });
});
