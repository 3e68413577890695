import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import type { Databricks } from '../../../sandbox/databricks/databricks';
import { objectsOf, parseJson, type JsonObject } from '../../../sandbox/databricks/json';
import { readZip, writeZip } from '../../../sandbox/databricks/workspace/zip';
import { startTestWorkspace, type WorkspaceClient } from './workspaceClient';

const source =
  '# Databricks notebook source\n# MAGIC %md\n# MAGIC # Title\n# MAGIC text\n\n# COMMAND ----------\n\nprint(1)\nprint(2)';

describe('Databricks sandbox: notebook formats', () => {
  let databricks: Databricks;
  let client: WorkspaceClient;
  before(async () => {
    ({ databricks, client } = await startTestWorkspace());
    await client.importFile('/Shared/origin.py', source);
  });
  after(() => databricks.close());

  const exported = async (path: string, format: string) => {
    const { json } = await client.get('/api/2.0/workspace/export', { path, format });
    return { bytes: Buffer.from(json.content as string, 'base64'), type: json.file_type };
  };

  for (const [format, type] of [
    ['JUPYTER', 'ipynb'],
    ['HTML', 'html'],
    ['DBC', 'dbc'],
  ] as const) {
    it(`exports a notebook as ${format} and imports it again without changes`, async () => {
      const { bytes, type: found } = await exported('/Shared/origin', format);
      assert.equal(found, type);
      assert.equal((await client.importFile(`/Shared/from-${type}`, bytes, { format })).status, 200);
      assert.equal(await client.source(`/Shared/from-${type}`), source);
    });
  }

  it('exports Jupyter with Markdown cells and the language, and imports it as AUTO by its extension', async () => {
    const { bytes } = await exported('/Shared/origin', 'JUPYTER');
    const document = parseJson(bytes.toString()) as JsonObject;
    assert.deepEqual(
      objectsOf(document.cells).map(({ cell_type: type, source: lines }) => [type, lines]),
      [
        ['markdown', ['# Title\n', 'text']],
        ['code', ['print(1)\n', 'print(2)']],
      ],
    );
    await client.importFile('/Shared/jupyter.ipynb', bytes);
    assert.equal(await client.source('/Shared/jupyter'), source);
  });

  it('reads R Markdown chunks as commands and writes them back', async () => {
    await client.importFile('/Shared/rmd', 'Intro\n\n```{r}\nx <- 1\n```\n', { format: 'R_MARKDOWN' });
    assert.equal(
      await client.source('/Shared/rmd'),
      '# Databricks notebook source\n# MAGIC %md\n# MAGIC Intro\n\n# COMMAND ----------\n\nx <- 1',
    );
    assert.equal(await client.source('/Shared/rmd', 'R_MARKDOWN'), 'Intro\n\n```{r}\nx <- 1\n```');
  });

  it('imports a DBC archive as a folder tree and exports the same tree', async () => {
    await client.post('/api/2.0/workspace/mkdirs', { path: '/Shared/tree/sub/empty' });
    await client.importFile('/Shared/tree/a.py', source);
    await client.importFile('/Shared/tree/sub/b.sql', '-- Databricks notebook source\nselect 1');
    await client.importFile('/Shared/tree/data.txt', 'not in a DBC archive');
    const { bytes } = await exported('/Shared/tree', 'DBC');
    assert.equal((await client.importFile('/Shared/copy', bytes, { format: 'DBC' })).status, 200);
    const paths = databricks.workspace.below('/Shared/copy').map(({ path, type }) => [path, type]);
    assert.deepEqual(paths, [
      ['/Shared/copy/a', 'NOTEBOOK'],
      ['/Shared/copy/sub', 'DIRECTORY'],
      ['/Shared/copy/sub/b', 'NOTEBOOK'],
      ['/Shared/copy/sub/empty', 'DIRECTORY'],
    ]);
    assert.equal(await client.source('/Shared/copy/sub/b'), '-- Databricks notebook source\nselect 1');
  });

  it('refuses a DBC archive with overwrite, onto an existing object, without a parent, or with paths outside of its folder', async () => {
    const { bytes } = await exported('/Shared/tree', 'DBC');
    const codes = [];
    for (const [path, content, fields] of [
      ['/Shared/other', bytes, { format: 'DBC', overwrite: 'true' }],
      ['/Shared/copy', bytes, { format: 'DBC' }],
      ['/Shared/none/other', bytes, { format: 'DBC' }],
      [
        '/Shared/other',
        writeZip([{ path: '../evil.python', bytes: Buffer.from('{"language":"python","commands":[]}') }]),
        { format: 'DBC' },
      ],
    ] as const) {
      codes.push((await client.importFile(path, content, fields)).json.error_code);
    }
    assert.deepEqual(codes, [
      'INVALID_PARAMETER_VALUE',
      'RESOURCE_ALREADY_EXISTS',
      'RESOURCE_DOES_NOT_EXIST',
      'INVALID_PARAMETER_VALUE',
    ]);
  });

  it('exports a folder as AUTO with its files, and imports a SOURCE archive without a language as a folder', async () => {
    const auto = await exported('/Shared/tree', 'AUTO');
    const paths = readZip(auto.bytes).map(({ path }) => path);
    assert.deepEqual(paths, ['tree/', 'tree/a.py', 'tree/data.txt', 'tree/sub/', 'tree/sub/b.sql', 'tree/sub/empty/']);
    const { bytes } = await exported('/Shared/tree', 'SOURCE');
    await client.importFile('/Shared/sources', bytes, { format: 'SOURCE' });
    assert.equal(await client.source('/Shared/sources/a'), source);
  });

  it('reads deflated archives with several top-level entries', async () => {
    const stored = writeZip([
      {
        path: 'one.python',
        bytes: Buffer.from(
          '{"language":"python","commands":[{"position":2,"command":"2"},{"position":1,"command":"1"}]}',
        ),
      },
    ]);
    const [entry] = readZip(stored);
    assert.ok(entry);
    // The same archive with its entry deflated: method, sizes and offsets change, nothing else.
    const name = Buffer.from(entry.path);
    const packed = deflateRawSync(entry.bytes);
    const shared = Buffer.from(stored.subarray(4, 30));
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(packed.length, 14);
    const local = Buffer.concat([stored.subarray(0, 4), shared, name, packed]);
    const central = Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), shared, Buffer.alloc(14), name]);
    const end = Buffer.from(stored.subarray(-22));
    end.writeUInt32LE(central.length, 12);
    end.writeUInt32LE(local.length, 16);
    await client.importFile('/Shared/deflated', Buffer.concat([local, central, end]), { format: 'DBC' });
    assert.equal(
      await client.source('/Shared/deflated'),
      '# Databricks notebook source\n1\n\n# COMMAND ----------\n\n2',
    );
  });

  it('exports files only unchanged and folders only as archives', async () => {
    for (const [path, format] of [
      ['/Shared/tree/data.txt', 'JUPYTER'],
      ['/Shared/tree', 'HTML'],
      ['/Shared/origin', 'PDF'],
    ] as const) {
      assert.equal((await client.get('/api/2.0/workspace/export', { path, format })).status, 400);
    }
  });
});
