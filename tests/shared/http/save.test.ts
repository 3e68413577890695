import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient } from '../../../shared/http/createHttpClient';
import { HttpError, NetworkError } from '../../../shared/http/errors';
import { RecordingServer } from '../../support/recordingServer';
import { testContext } from '../../support/testContext';

const request = { method: 'GET', path: '/model.bin', purpose: 'download the model', isFile: true } as const;

describe('a body that is saved', () => {
  let server: RecordingServer;
  let folder: string;
  before(async () => {
    server = await RecordingServer.start();
    folder = await mkdtemp(join(tmpdir(), 'save-'));
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const file = (): string => join(folder, 'model.bin');
  const save = (): Promise<number> =>
    createHttpClient({ ...testContext(), baseUrl: server.url, service: 'the service', userAgent: 'test' }).save(
      request,
      file(),
    );

  it('is larger than what fits into an answer in memory, and is not held there', async () => {
    const part = Buffer.alloc(1024 * 1024, 'a');
    const parts = 160;
    server.behaviours = [
      (_, response) => {
        response.writeHead(200, { 'content-length': part.length * parts });
        let left = parts;
        const write = (): void => {
          while (left > 0) {
            left--;
            if (!response.write(part)) {
              response.once('drain', write);
              return;
            }
          }
          response.end();
        };
        write();
      },
    ];
    const before = process.memoryUsage().arrayBuffers;
    assert.equal(await save(), part.length * parts);
    const held = process.memoryUsage().arrayBuffers - before;
    assert.ok(held < (part.length * parts) / 2, `${held} bytes`);
    assert.equal((await readFile(file())).length, part.length * parts);
  }).timeout(60_000);

  it('is asked for again when it breaks off, and written from the beginning', async () => {
    server.behaviours = [
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('broken');
        setImmediate(() => response.destroy());
      },
      { body: 'whole' },
    ];
    assert.equal(await save(), 5);
    assert.equal(await readFile(file(), 'utf8'), 'whole');
  });

  it('is a web page only if the file is one', async () => {
    server.behaviours = [
      { body: '<!doctype html><p>a file</p>', headers: { 'content-type': 'application/octet-stream' } },
    ];
    assert.equal(await save(), 28);
    server.behaviours = [{ body: '<html><title>Sign in</title></html>', headers: { 'content-type': 'text/html' } }];
    await assert.rejects(save(), /200 with a web page titled 'Sign in'/);
  });

  it('is refused as every other call is', async () => {
    server.behaviours = [{ status: 404, body: { error_code: 'NOT_FOUND', message: 'no such file' } }];
    await assert.rejects(save(), (error) => error instanceof HttpError && error.status === 404);
    server.behaviours = [(_, response) => response.destroy()];
    await assert.rejects(save(), (error) => error instanceof NetworkError);
  });
});
