import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databricksDialect } from '../../../../shared/databricks/dialect';
import { downloadVersion } from '../../../../shared/databricks/models/downloadVersion';
import { createHttpClient } from '../../../../shared/http/createHttpClient';
import { RecordingServer } from '../../../support/recordingServer';
import { testContext } from '../../../support/testContext';

interface Entry {
  readonly path: string;
  readonly is_directory?: boolean;
  readonly file_size?: number;
}

describe('the download of a version of Unity Catalog', () => {
  const root = '/Models/main/demo/churn/3';
  let server: RecordingServer;
  let folder: string;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'version-'))));
  afterEach(() => rm(folder, { recursive: true }));

  function download(folders: Readonly<Record<string, readonly Entry[]>>, content = 'abc'): Promise<number> {
    server.behaviours = [
      ({ url }, response) => {
        const [, kind, path = ''] = /^\/api\/2\.0\/fs\/(directories|files)([^?]*)/.exec(url) ?? [];
        if (kind === 'files') return void response.end(content);
        const contents = folders[decodeURIComponent(path)];
        response.writeHead(contents ? 200 : 404, { 'content-type': 'application/json' });
        return void response.end(
          JSON.stringify(contents ? { contents } : { error_code: 'NOT_FOUND', message: 'none' }),
        );
      },
    ];
    const context = testContext();
    const http = createHttpClient({
      ...context,
      baseUrl: server.url,
      service: 'Databricks',
      dialect: databricksDialect,
      userAgent: 'test',
    });
    return downloadVersion({ url: server.url, http }, 'main.demo.churn', '3', folder, context);
  }

  it('keeps its folders', async () => {
    const count = await download({
      [root]: [
        { path: `${root}/MLmodel`, file_size: 3 },
        { path: `${root}/data`, is_directory: true },
      ],
      [`${root}/data`]: [{ path: `${root}/data/a b.pkl`, file_size: 3 }],
    });
    assert.equal(count, 2);
    assert.equal(await readFile(join(folder, 'data', 'a b.pkl'), 'utf8'), 'abc');
  });

  for (const path of [`${root}/../x`, '/Models/other/x', `${root}/a/..`, `${root}//x`, `${root}/a\\..\\x`])
    it(`refuses a name that leads out of the folder: ${path}`, async () => {
      await assert.rejects(
        download({ [root]: [{ path, file_size: 3 }] }),
        /has a file with a name that cannot be used/,
      );
      assert.deepEqual(await readdir(folder), []);
    });

  it('fails when a file comes with another size than it has', async () => {
    await assert.rejects(
      download({ [root]: [{ path: `${root}/MLmodel`, file_size: 4 }] }),
      /3 bytes came, but it has 4/,
    );
  });

  it('says who has to grant what when there are no files', async () => {
    await assert.rejects(download({}), /has no files that this identity may read\. Grant it EXECUTE on the model/);
  });
});
