import assert from 'node:assert/strict';
import busboy from 'busboy';
import { once } from 'node:events';
import { appendFile, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TaskError } from '../../../shared/errors';
import type { FormPart } from '../../../shared/http/httpClient';
import { openMultipart } from '../../../shared/http/transport/multipart';
import { RecordingServer, type RecordedRequest } from '../../support/recordingServer';
import { clientFor, errorOf } from './clientUnderTest';
import { anything } from '../../support/anything';

interface ParsedPart {
  readonly name: string;
  readonly fileName?: string | undefined;
  readonly content: string;
}

/** Reads a body as servers do. */
async function parse({ headers, body }: Pick<RecordedRequest, 'headers' | 'body'>): Promise<ParsedPart[]> {
  const parts: ParsedPart[] = [];
  const parser = busboy({ headers, defParamCharset: 'utf8' });
  parser.on('field', (name, content) => parts.push({ name, content }));
  parser.on('file', (name, stream, { filename }) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => parts.push({ name, fileName: filename, content: Buffer.concat(chunks).toString('latin1') }));
  });
  parser.end(body);
  await once(parser, 'close');
  return parts;
}

describe('a multipart body', () => {
  let folder: string;
  let server: RecordingServer;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'multipart-'));
    server = await RecordingServer.start();
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => server.reset({ body: {} }));

  const file = async (name: string, content: string | Buffer): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  const importing = (...form: FormPart[]) =>
    ({ method: 'POST', path: '/import', purpose: 'import the notebook', form, repeatable: true }) as const;

  it('carries fields, files and content, with its length known', async () => {
    const notebook = await file('notebook.py', '# Databricks notebook source\r\nprint("ä")\n');
    const empty = await file('empty.txt', '');
    await clientFor(server.url).client.json(
      importing(
        { name: 'path', value: '/Shared/ä "x"' },
        { name: 'content', file: notebook, fileName: 'nötebook "1"\r\n.py' },
        { name: 'empty', file: empty, fileName: 'empty.txt' },
        { name: 'bytes', content: Buffer.from([0, 13, 10, 255]), fileName: 'bytes.bin' },
        { name: 'overwrite', value: 'true' },
      ),
      anything,
    );
    const request = server.requests[0] ?? assert.fail();
    assert.equal(request.headers['content-length'], String(request.body.length));
    assert.equal(request.headers['transfer-encoding'], undefined);
    const parts = await parse(request);
    assert.deepEqual(parts.find(({ name }) => name === 'path')?.content, '/Shared/ä "x"');
    assert.deepEqual(parts.find(({ name }) => name === 'overwrite')?.content, 'true');
    assert.deepEqual(
      parts.find(({ name }) => name === 'content'),
      {
        name: 'content',
        fileName: 'nötebook %221%22%0D%0A.py',
        content: Buffer.from('# Databricks notebook source\r\nprint("ä")\n').toString('latin1'),
      },
    );
    assert.deepEqual(parts.find(({ name }) => name === 'empty')?.content, '');
    assert.deepEqual(parts.find(({ name }) => name === 'bytes')?.content, '\0\r\n\xff');
  });

  it('is read again for every attempt', async () => {
    const path = await file('changing.py', 'first');
    const { client, clock } = clientFor(server.url);
    server.reset({ status: 503 }, { body: {} });
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (milliseconds, signal) => {
      await writeFile(path, 'the second');
      await sleep(milliseconds, signal);
    };
    await client.json(importing({ name: 'content', file: path, fileName: 'f' }), anything);
    const contents = await Promise.all(server.requests.map(parse));
    assert.deepEqual(
      contents.map(([part]) => part?.content),
      ['first', 'the second'],
    );
  });

  it('of a file that is missing, or a folder, fails with its name, and is not repeated', async () => {
    for (const path of [join(folder, 'none.py'), folder]) {
      const { client, clock } = clientFor(server.url);
      const error = await errorOf(
        TaskError,
        client.json(importing({ name: 'content', file: path, fileName: 'f' }), anything),
      );
      assert.ok(error.message.startsWith(`Could not read the file '${path}': it `));
      assert.deepEqual(clock.sleeps, []);
    }
  });

  for (const [what, change] of [
    ['grows', (path: string) => appendFile(path, 'more')],
    ['shrinks', (path: string) => writeFile(path, 'less')],
  ] as const) {
    it(`of a file that ${what} while it is sent fails instead of sending mixed content`, async () => {
      const path = await file('moving.py', 'x'.repeat(200_000));
      const { stream } = openMultipart([{ name: 'content', file: path, fileName: 'f' }]);
      await change(path);
      await assert.rejects(
        stream.toArray(),
        new TaskError(
          `The file '${path}' changed while it was being sent. Make sure that nothing changes it while this step runs.`,
        ),
      );
    });
  }

  it('that the service refuses before it has read it all gives the refusal', async () => {
    const early = createServer((_request, response) => {
      response.writeHead(400, { 'Content-Type': 'application/json' });
      response.end('{"error_code":"MAX_NOTEBOOK_SIZE_EXCEEDED","message":"Too large."}');
    });
    const url = await listen(early);
    const path = await sparseFile(join(folder, 'large.bin'), 64);
    const { client } = clientFor(url);
    await assert.rejects(
      client.json(importing({ name: 'content', file: path, fileName: 'f' }), anything),
      /MAX_NOTEBOOK_SIZE_EXCEEDED/,
    );
    await close(early);
  });

  it('of any size, with many in flight, takes little memory', async () => {
    let received = 0;
    const counting = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => (received += chunk.length));
      request.on('end', () => response.end('{}'));
    });
    const url = await listen(counting);
    const path = await sparseFile(join(folder, 'huge.bin'), 16);
    const { client } = clientFor(url);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const sampling = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 5);
    await Promise.all(
      Array.from({ length: 16 }, () =>
        client.json(importing({ name: 'content', file: path, fileName: 'f' }), anything),
      ),
    );
    clearInterval(sampling);
    assert.ok(received > 16 * 16 * 1024 * 1024);
    const mebibytes = Math.round((most - before) / 1024 / 1024);
    // Most of it is waste that nobody has collected yet.
    assert.ok(mebibytes < 128, `${mebibytes} MiB of 256`);
    await close(counting);
  });
});

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

async function sparseFile(path: string, mebibytes: number): Promise<string> {
  const handle = await open(path, 'w');
  await handle.truncate(mebibytes * 1024 * 1024);
  await handle.close();
  return path;
}
