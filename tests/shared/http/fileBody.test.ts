import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TaskError } from '../../../shared/errors';
import type { HttpRequest } from '../../../shared/http/httpClient';
import { breakOff, RecordingServer } from '../../support/recordingServer';
import { clientFor, errorOf } from './clientUnderTest';
import { anything } from '../../support/anything';

describe('a body that is a file', () => {
  let folder: string;
  let server: RecordingServer;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'body-'));
    server = await RecordingServer.start();
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => server.reset({ body: {} }));

  const upload = (file: string): HttpRequest => ({
    method: 'PUT',
    path: '/upload',
    purpose: 'upload it',
    file: join(folder, file),
    repeatable: true,
  });

  it('is sent unchanged, with its length, and read again for every attempt', async () => {
    const content = Buffer.alloc(300_000, 'ab\r\n\0');
    await writeFile(join(folder, 'whole'), content);
    server.behaviours = [breakOff, { status: 503 }, { body: {} }];
    await clientFor(server.url).client.json(upload('whole'), anything);
    assert.equal(server.requests.length, 3);
    for (const { headers, body } of server.requests) {
      assert.equal(headers['content-type'], 'application/octet-stream');
      assert.equal(headers['content-length'], '300000');
      assert.ok(body.equals(content));
    }
  });

  it('may be empty', async () => {
    await writeFile(join(folder, 'empty'), '');
    await clientFor(server.url).client.json(upload('empty'), anything);
    assert.equal(server.requests[0]?.headers['content-length'], '0');
  });

  it('that does not exist is reported', async () => {
    const error = await errorOf(TaskError, clientFor(server.url).client.json(upload('missing'), anything));
    assert.match(error.message, /^Could not read the file '.*missing': it does not exist\.$/);
    assert.equal(server.requests.length, 0);
  });
});
