import assert from 'node:assert/strict';
import type { Databricks } from '../../../sandbox/databricks/databricks';
import { objectsOf, textOf, type JsonObject } from '../../../sandbox/databricks/json';
import { startTestWorkspace, type Reply, type WorkspaceClient } from './workspaceClient';

const base = '/api/2.0/dbfs/';
const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');

describe('Databricks sandbox: DBFS', () => {
  let databricks: Databricks;
  let client: WorkspaceClient;
  before(async () => void ({ databricks, client } = await startTestWorkspace()));
  after(() => databricks.close());

  const post = (route: string, body: JsonObject): Promise<Reply> => client.post(base + route, body);
  const get = (route: string, query: Record<string, string>): Promise<Reply> => client.get(base + route, query);
  const read = async (path: string): Promise<string> =>
    Buffer.from(textOf((await get('read', { path })).json.data) ?? '', 'base64').toString();

  it('writes a file with the folders above it, and reads it', async () => {
    assert.equal((await post('put', { path: 'dbfs:/dbx/a/one.txt', contents: base64('one') })).status, 200);
    assert.equal(await read('/dbx/a/one.txt'), 'one');
    const { json } = await get('get-status', { path: 'dbfs:/dbx/a/one.txt' });
    assert.deepEqual([json.path, json.is_dir, json.file_size], ['/dbx/a/one.txt', false, 3]);
    const again = await post('put', { path: '/dbx/a/one.txt', contents: base64('two') });
    assert.deepEqual([again.status, again.json.error_code], [400, 'RESOURCE_ALREADY_EXISTS']);
    await post('put', { path: '/dbx/a/one.txt', contents: base64('two'), overwrite: true });
    assert.equal(await read('/dbx/a/one.txt'), 'two');
  });

  it('writes a large file in blocks of at most 1 MB', async () => {
    const { json } = await post('create', { path: '/dbx/large.bin', overwrite: true });
    const { handle = null } = json;
    for (const block of ['a'.repeat(1024 * 1024), 'b'])
      assert.equal((await post('add-block', { handle, data: base64(block) })).status, 200);
    const tooLarge = await post('add-block', { handle, data: base64(Buffer.alloc(1024 * 1024 + 1)) });
    assert.equal(tooLarge.json.error_code, 'MAX_BLOCK_SIZE_EXCEEDED');
    await post('close', { handle });
    assert.equal((await get('get-status', { path: '/dbx/large.bin' })).json.file_size, 1024 * 1024 + 1);
    assert.equal((await get('read', { path: '/dbx/large.bin', offset: String(1024 * 1024) })).json.bytes_read, 1);
    assert.equal((await post('close', { handle })).json.error_code, 'RESOURCE_DOES_NOT_EXIST');
  });

  it('lists, moves and deletes', async () => {
    await post('put', { path: '/move/me/a.txt', contents: base64('a') });
    await post('mkdirs', { path: '/move/empty/' });
    const list = async (path: string) => objectsOf((await get('list', { path })).json.files).map((file) => file.path);
    assert.deepEqual(await list('/move'), ['/move/empty', '/move/me']);
    assert.deepEqual(await list('/move/me/a.txt'), ['/move/me/a.txt']);
    assert.deepEqual((await get('list', { path: '/move/empty' })).json, {});
    await post('move', { source_path: '/move/me', destination_path: '/moved' });
    assert.deepEqual(await list('/moved'), ['/moved/a.txt']);
    assert.equal((await post('delete', { path: '/moved' })).json.error_code, 'IO_ERROR');
    assert.equal((await post('delete', { path: '/moved', recursive: true })).status, 200);
    assert.equal((await post('delete', { path: '/moved' })).status, 200);
    for (const route of ['get-status', 'list', 'read'])
      assert.deepEqual([(await get(route, { path: '/moved' })).json.error_code], ['RESOURCE_DOES_NOT_EXIST']);
    assert.equal((await get('list', { path: 'moved' })).json.error_code, 'INVALID_PARAMETER_VALUE');
  });

  it('has the wheels that a cluster installs from there', async () => {
    const zip = Buffer.alloc(22);
    zip.writeUInt32LE(0x06054b50, 0);
    const whl = 'dbfs:/FileStore/demo-1.0-py3-none-any.whl';
    await post('put', { path: whl, contents: base64(zip) });
    const spec = { spark_version: '14.3.x-scala2.12', node_type_id: 'Standard_DS3_v2', num_workers: 1 };
    const { id } = databricks.clusters.create({ ...spec, cluster_name: 'c' }, 'someone@example.com', 'API');
    await databricks.clock.advance(60_000);
    await client.post('/api/2.0/libraries/install', { cluster_id: id, libraries: [{ whl }] });
    await databricks.clock.advance(60_000);
    assert.deepEqual(
      databricks.libraries.list(id).map(({ status }) => status),
      ['INSTALLED'],
    );
  });
});
