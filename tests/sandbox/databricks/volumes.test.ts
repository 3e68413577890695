import assert from 'node:assert/strict';
import type { Databricks } from '../../../sandbox/databricks/databricks';
import { objectsOf } from '../../../sandbox/databricks/json';
import { startTestWorkspace, type WorkspaceClient } from './workspaceClient';

describe('Databricks sandbox: files of volumes', () => {
  let databricks: Databricks;
  let client: WorkspaceClient;
  beforeEach(async () => ({ databricks, client } = await startTestWorkspace({ volumes: ['main.ml.models'] })));
  afterEach(() => databricks.close());

  const volume = '/Volumes/main/ml/models';
  const file = (method: string, path: string, body?: string) =>
    client.send(method, `/api/2.0/fs/files${volume}${path}`, body);
  const folder = (method: string, path: string) => client.send(method, `/api/2.0/fs/directories${volume}${path}`);

  it('are written with their parent folders, read, described and deleted', async () => {
    assert.deepEqual([(await file('PUT', '/a/b%20c.txt', 'one')).status], [204]);
    const read = await file('GET', '/a/b%20c.txt');
    assert.deepEqual([read.status, read.text], [200, 'one']);
    const head = await file('HEAD', '/a/b%20c.txt');
    assert.deepEqual(
      ['content-length', 'content-type'].map((name) => head.headers.get(name)),
      ['3', 'application/octet-stream'],
    );
    assert.ok(head.headers.get('last-modified'));
    assert.equal((await file('DELETE', '/a/b%20c.txt')).status, 204);
    for (const method of ['GET', 'HEAD', 'DELETE'])
      assert.equal((await file(method, '/a/b%20c.txt')).status, 404, method);
  });

  it('are overwritten unless overwrite is false', async () => {
    await file('PUT', '/a.txt', 'one');
    await file('PUT', '/a.txt', 'two');
    const refused = await file('PUT', '/a.txt?overwrite=false', 'three');
    assert.deepEqual([refused.status, refused.json.error_code], [409, 'ALREADY_EXISTS']);
    assert.equal((await file('GET', '/a.txt')).text, 'two');
  });

  it('are listed by folder, in pages', async () => {
    await file('PUT', '/f/b.txt', 'x');
    await folder('PUT', '/f/a/deep');
    const { json } = await folder('GET', '/f');
    assert.deepEqual(
      objectsOf(json.contents).map(({ name, is_directory: isFolder, file_size: size, path }) => [
        name,
        isFolder,
        size,
        path,
      ]),
      [
        ['a', true, undefined, `${volume}/f/a`],
        ['b.txt', false, 1, `${volume}/f/b.txt`],
      ],
    );
    const first = (await folder('GET', '/f?page_size=1')).json;
    const second = (await folder('GET', `/f?page_size=1&page_token=${first.next_page_token as string}`)).json;
    assert.deepEqual([objectsOf(second.contents)[0]?.name, second.next_page_token], ['b.txt', undefined]);
  });

  it('prevent the deletion of their folder', async () => {
    await file('PUT', '/f/b.txt', 'x');
    assert.equal((await folder('HEAD', '/f')).status, 200);
    assert.equal((await folder('DELETE', '/f')).json.error_code, 'FILES_API_DIRECTORY_IS_NOT_EMPTY');
    await file('DELETE', '/f/b.txt');
    assert.equal((await folder('DELETE', '/f')).status, 204);
    assert.equal((await folder('HEAD', '/f')).status, 404);
    assert.equal((await folder('GET', '/f')).json.error_code, 'NOT_FOUND');
  });

  it('require an existing volume and a path in it', async () => {
    const elsewhere = await client.send('PUT', '/api/2.0/fs/files/Volumes/main/ml/none/a.txt', 'x');
    assert.deepEqual([elsewhere.status, elsewhere.json.message], [404, "Volume 'main.ml.none' does not exist."]);
    assert.equal((await client.send('PUT', '/api/2.0/fs/files/Shared/a.txt', 'x')).status, 400);
    await file('PUT', '/a.txt', 'x');
    assert.equal((await file('PUT', '/a.txt/b.txt', 'x')).status, 409);
    assert.equal((await folder('PUT', '/a.txt')).status, 409);
  });
});
