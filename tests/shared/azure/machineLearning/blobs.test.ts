import assert from 'node:assert/strict';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobsApi } from '../../../../shared/azure/machineLearning/api/blobs';
import { RecordingServer, type Behaviour } from '../../../support/recordingServer';
import { testContext } from '../../../support/testContext';

const signature = 'sv=2021-08-06&sig=a%2Fsecret%3D';

describe('the upload of a blob', () => {
  let server: RecordingServer;
  let folder: string;
  before(async () => {
    server = await RecordingServer.start();
    folder = await realpath(await mkdtemp(join(tmpdir(), 'blobs-')));
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  async function write(content: string, behaviours: readonly Behaviour[], mostBytesAtOnce?: number): Promise<void> {
    server.requests.length = 0;
    server.behaviours = [...behaviours];
    const file = join(folder, 'a.bin');
    await writeFile(file, content);
    const target = { url: server.url, container: 'models', access: { signature } };
    const parts = async function* (): AsyncGenerator<Uint8Array> {
      yield await readFile(file);
    };
    const api = new BlobsApi(target, testContext(), mostBytesAtOnce);
    await api.write('prefix/a b.bin', { file, size: content.length, parts });
  }
  const sent = (): readonly string[] => server.requests.map(({ method, url }) => `${method} ${url}`);
  const absent = { status: 404, headers: { 'x-ms-error-code': 'BlobNotFound' } };

  it('sends a file in one request, with the signature byte for byte', async () => {
    await write('model', [absent, { status: 201, body: '' }]);
    assert.deepEqual(sent(), [
      `HEAD /models/prefix/a%20b.bin?${signature}`,
      `PUT /models/prefix/a%20b.bin?${signature}`,
    ]);
    const [, put] = server.requests;
    assert.deepEqual(
      [
        put?.body.toString(),
        put?.headers['x-ms-blob-type'],
        put?.headers['if-none-match'],
        put?.headers['x-ms-version'],
      ],
      ['model', 'BlockBlob', '*', '2021-08-06'],
    );
  });

  it('sends nothing where the blob is there', async () => {
    await write('model', [{ status: 200, body: '' }]);
    assert.equal(server.requests.length, 1);
  });

  it('is content with a blob that another run wrote meanwhile', async () => {
    const exists =
      '<?xml version="1.0"?><Error><Code>BlobAlreadyExists</Code><Message>The blob exists.\nRequestId:1</Message></Error>';
    await write('model', [absent, { status: 409, body: exists }]);
    assert.equal(server.requests.length, 2);
  });

  it('sends a large file in blocks, of which one is in memory, and their list', async () => {
    await write('0123456789abcdef0', [absent, { status: 201, body: '' }], 16);
    const ids = ['000000', '000001', '000002'].map((id) => Buffer.from(id).toString('base64'));
    assert.deepEqual(
      server.requests.slice(1).map(({ url, body }) => [url.replace(/&sv=.*/, ''), body.toString()]),
      [
        [`/models/prefix/a%20b.bin?comp=block&blockid=${encodeURIComponent(ids[0] ?? '')}`, '01234567'],
        [`/models/prefix/a%20b.bin?comp=block&blockid=${encodeURIComponent(ids[1] ?? '')}`, '89abcdef'],
        [`/models/prefix/a%20b.bin?comp=block&blockid=${encodeURIComponent(ids[2] ?? '')}`, '0'],
        [
          '/models/prefix/a%20b.bin?comp=blocklist',
          `<?xml version="1.0" encoding="utf-8"?><BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join('')}</BlockList>`,
        ],
      ],
    );
  });

  it('says what the storage says, without the signature', async () => {
    const refusal =
      '<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code><Message>Signature a/secret= did not match.\nRequestId:1</Message></Error>';
    await assert.rejects(write('model', [absent, { status: 403, body: refusal }]), (error: Error) => {
      assert.match(error.message, /Azure Storage answered 403 AuthenticationFailed: Signature \*\*\* did not match\./);
      return true;
    });
  });
});
