import assert from 'node:assert/strict';
import type { Databricks } from '../../../sandbox/databricks/databricks';
import { objectsOf } from '../../../sandbox/databricks/json';
import { startTestWorkspace, type WorkspaceClient } from './workspaceClient';

describe('Databricks sandbox: workspace', () => {
  let databricks: Databricks;
  let client: WorkspaceClient;

  before(async () => {
    ({ databricks, client } = await startTestWorkspace({
      users: [
        { userName: 'ann@example.com', displayName: 'Ann', token: 'dapi-ann' },
        { userName: 'bob@example.com', token: 'dapi-bob', isReadOnly: true },
      ],
    }));
  });
  after(() => databricks.close());

  const inline = (path: string, text: string, fields: Record<string, string | boolean>) =>
    client.post('/api/2.0/workspace/import', { path, content: Buffer.from(text).toString('base64'), ...fields });
  const status = (path: string) => client.get('/api/2.0/workspace/get-status', { path });
  const list = async (path: string) => objectsOf((await client.get('/api/2.0/workspace/list', { path })).json.objects);
  const makeFolder = (path: string) => client.post('/api/2.0/workspace/mkdirs', { path });

  describe('access', () => {
    it('returns 401 for a request without a token', async () => {
      const response = await fetch(`${databricks.url}/api/2.0/workspace/list?path=/`);
      assert.equal(response.status, 401);
      const { error_code: code, message } = (await response.json()) as { error_code: unknown; message: unknown };
      assert.deepEqual([code, message], [401, 'Credential was not sent or was of an unsupported type for this API.']);
    });

    it('returns 403 for an invalid token', async () => {
      const response = await fetch(`${databricks.url}/api/2.0/workspace/list?path=/`, {
        headers: { authorization: 'Bearer dapi-no' },
      });
      assert.equal(response.status, 403);
      assert.match(await response.text(), /"error_code":403,"message":"Invalid access token."/);
    });

    it('allows a read-only user only to read', async () => {
      const bob = new (client.constructor as typeof WorkspaceClient)(databricks, 'dapi-bob');
      assert.equal((await bob.get('/api/2.0/workspace/list', { path: '/Shared' })).status, 200);
      const reply = await bob.post('/api/2.0/workspace/mkdirs', { path: '/Shared/bob' });
      assert.deepEqual([reply.status, reply.json.error_code], [403, 'PERMISSION_DENIED']);
    });

    it('returns the user of the token', async () => {
      const reply = await client.get('/api/2.0/preview/scim/v2/Me');
      assert.deepEqual([reply.json.userName, reply.json.displayName], ['ann@example.com', 'Ann']);
    });

    it('returns 404 with ENDPOINT_NOT_FOUND for an unknown path', async () => {
      const reply = await client.post('/api/2.0/nothing', {});
      assert.deepEqual([reply.status, reply.json.error_code], [404, 'ENDPOINT_NOT_FOUND']);
    });

    it('returns a request ID with every response, also in errors', async () => {
      const reply = await status('/nowhere');
      const [details] = objectsOf(reply.json.details);
      assert.equal(details?.request_id, reply.headers.get('x-request-id'));
    });

    it('returns 400 for a body that is not JSON', async () => {
      const reply = await client.send('POST', '/api/2.0/workspace/mkdirs', '{"path":');
      assert.deepEqual([reply.status, reply.json.error_code], [400, 'MALFORMED_REQUEST']);
    });
  });

  describe('folders', () => {
    it('has the home of the user, /Users and /Shared from the start', async () => {
      assert.deepEqual(
        (await list('/')).map(({ path }) => path),
        ['/Repos', '/Shared', '/Users'],
      );
      assert.equal((await status('/Users/ann@example.com')).json.object_type, 'DIRECTORY');
    });

    it('creates a folder with its parents, and succeeds if it exists', async () => {
      for (let time = 0; time < 2; time++) assert.equal((await makeFolder('/Shared/deep/er')).status, 200);
      assert.deepEqual(
        (await list('/Shared/deep')).map(({ path, object_type: type }) => [path, type]),
        [['/Shared/deep/er', 'DIRECTORY']],
      );
    });

    it('lists an empty folder as an empty object', async () => {
      await makeFolder('/Shared/empty');
      assert.deepEqual((await client.get('/api/2.0/workspace/list', { path: '/Shared/empty' })).json, {});
    });

    it('accepts /Workspace as another name of the root and returns paths in the requested form', async () => {
      await makeFolder('/Workspace/Shared/mounted');
      assert.equal((await status('/Shared/mounted')).json.path, '/Shared/mounted');
      assert.equal((await status('/Workspace/Shared/mounted')).json.path, '/Workspace/Shared/mounted');
    });

    it('refuses to create a folder with the path of a file', async () => {
      await client.importFile('/Shared/occupied', 'x');
      const reply = await makeFolder('/Shared/occupied/below');
      assert.deepEqual([reply.status, reply.json.error_code], [400, 'RESOURCE_ALREADY_EXISTS']);
    });

    it('refuses home folders of unknown users and the deletion of root folders', async () => {
      for (const reply of [
        await makeFolder('/Users/nobody@example.com'),
        await client.post('/api/2.0/workspace/delete', { path: '/Shared', recursive: true }),
        await client.post('/api/2.0/workspace/delete', { path: '/Users/ann@example.com', recursive: true }),
      ]) {
        assert.deepEqual([reply.status, reply.json.error_code], [400, 'DIRECTORY_PROTECTED']);
      }
    });

    it('deletes a folder that is not empty only recursively', async () => {
      await makeFolder('/Shared/full/inside');
      const reply = await client.post('/api/2.0/workspace/delete', { path: '/Shared/full' });
      assert.deepEqual(
        [reply.status, reply.json.error_code, reply.json.message],
        [400, 'DIRECTORY_NOT_EMPTY', 'Folder (/Shared/full) is not empty'],
      );
      assert.equal(
        (await client.post('/api/2.0/workspace/delete', { path: '/Shared/full', recursive: true })).status,
        200,
      );
      assert.equal((await status('/Shared/full/inside')).status, 404);
    });

    it('returns 404 for objects that do not exist', async () => {
      for (const path of ['/api/2.0/workspace/list', '/api/2.0/workspace/get-status', '/api/2.0/workspace/export']) {
        const reply = await client.get(path, { path: '/Shared/none' });
        assert.deepEqual(
          [reply.status, reply.json.error_code, reply.json.message],
          [404, 'RESOURCE_DOES_NOT_EXIST', "Path (/Shared/none) doesn't exist."],
        );
      }
      assert.equal((await client.post('/api/2.0/workspace/delete', { path: '/Shared/none' })).status, 404);
    });

    it('refuses a relative path', async () => {
      const reply = await makeFolder('Shared/relative');
      assert.deepEqual([reply.status, reply.json.message], [400, "Path (Shared/relative) doesn't start with '/'"]);
    });
  });

  describe('import', () => {
    it('imports source code as a notebook and adds the header of the export', async () => {
      assert.equal((await inline('/Shared/one', 'print(1)', { language: 'PYTHON', format: 'SOURCE' })).status, 200);
      assert.equal(await client.source('/Shared/one'), '# Databricks notebook source\nprint(1)');
      const { object_type: type, language } = (await status('/Shared/one')).json;
      assert.deepEqual([type, language], ['NOTEBOOK', 'PYTHON']);
    });

    it('keeps exported source code byte for byte', async () => {
      const source =
        '# Databricks notebook source\n# MAGIC %md\n# MAGIC # Title\n\n# COMMAND ----------\n\n# DBTITLE 1,x\nprint("ä")\n\n# COMMAND ----------\n\n# MAGIC %sql select 1';
      await client.importFile('/Shared/round.py', source);
      assert.equal(await client.source('/Shared/round'), source);
    });

    for (const [name, header, language] of [
      ['n.py', '# Databricks notebook source', 'PYTHON'],
      ['n.R', '# Databricks notebook source', 'R'],
      ['n.scala', '// Databricks notebook source', 'SCALA'],
      ['n.sql', '-- Databricks notebook source', 'SQL'],
    ] as const) {
      it(`imports ${name} with the header line as a ${language} notebook without extension, and without the header as a file`, async () => {
        const folder = `/Shared/auto-${language}`;
        await makeFolder(folder);
        await client.importFile(`${folder}/${name}`, `${header}\r\n1`);
        await client.importFile(`${folder}/plain-${name}`, `1\n${header}`);
        assert.deepEqual(
          (await list(folder)).map(({ path, object_type: type, language: found }) => [path, type, found]),
          [
            [`${folder}/n`, 'NOTEBOOK', language],
            [`${folder}/plain-${name}`, 'FILE', undefined],
          ],
        );
      });
    }

    it('does not recognize a header with a byte order mark or a trailing space', async () => {
      await makeFolder('/Shared/almost');
      await client.importFile('/Shared/almost/bom.py', '\ufeff# Databricks notebook source\n1');
      await client.importFile('/Shared/almost/space.py', '# Databricks notebook source \n1');
      assert.deepEqual(
        (await list('/Shared/almost')).map((node) => node.object_type),
        ['FILE', 'FILE'],
      );
    });

    it('imports all other content as a file, with its bytes and size', async () => {
      const bytes = Buffer.from([0, 255, 1, 254]);
      await client.importFile('/Shared/data.bin', bytes);
      const { json } = await client.get('/api/2.0/workspace/export', { path: '/Shared/data.bin', format: 'AUTO' });
      assert.deepEqual(Buffer.from(json.content as string, 'base64'), bytes);
      assert.equal((await status('/Shared/data.bin')).json.size, 4);
    });

    it('returns 400 for an existing object, and overwrites it on request with the same ID', async () => {
      await client.importFile('/Shared/again.txt', 'a');
      const { object_id: id } = (await status('/Shared/again.txt')).json;
      const refused = await client.importFile('/Shared/again.txt', 'b');
      assert.deepEqual([refused.status, refused.json.error_code], [400, 'RESOURCE_ALREADY_EXISTS']);
      assert.equal(
        (await client.importFile('/Shared/again.txt', 'b', { format: 'AUTO', overwrite: 'true' })).status,
        200,
      );
      assert.equal(await client.source('/Shared/again.txt'), 'b');
      assert.equal((await status('/Shared/again.txt')).json.object_id, id);
    });

    it('does not overwrite a notebook with a file, a file with a notebook, or a folder', async () => {
      await inline('/Shared/kind.txt', '1', { language: 'PYTHON', format: 'SOURCE' });
      await client.importFile('/Shared/kind', 'x');
      await makeFolder('/Shared/kind-folder');
      for (const [path, fields] of [
        ['/Shared/kind.txt', { format: 'AUTO', overwrite: 'true' }],
        ['/Shared/kind', { format: 'SOURCE', language: 'PYTHON', overwrite: 'true' }],
        ['/Shared/kind-folder', { format: 'AUTO', overwrite: 'true' }],
      ] as const) {
        const reply = await client.importFile(path, 'x', fields);
        const name = path.slice('/Shared/'.length);
        assert.deepEqual(
          [reply.status, reply.json.error_code, reply.json.message],
          [400, 'RESOURCE_ALREADY_EXISTS', `Node named '${name}' already exists`],
        );
      }
    });

    it('returns 404 when the parent folder is missing', async () => {
      const reply = await client.importFile('/Shared/no/where.txt', 'x');
      assert.deepEqual(
        [reply.status, reply.json.error_code, reply.json.message],
        [404, 'RESOURCE_DOES_NOT_EXIST', 'The parent folder (/Shared/no) does not exist.'],
      );
    });

    it('refuses more than 10 MB in JSON, accepts it as multipart for a file, and refuses it for a source notebook', async () => {
      const large = Buffer.alloc(10 * 1024 * 1024 + 1, 'a');
      const reply = await client.post('/api/2.0/workspace/import', {
        path: '/Shared/large.txt',
        format: 'AUTO',
        content: large.toString('base64'),
      });
      assert.deepEqual(
        [reply.status, reply.json.error_code, reply.json.message],
        [
          400,
          'MAX_NOTEBOOK_SIZE_EXCEEDED',
          'File size imported is (10485761 bytes), exceeded max size (10485760 bytes)',
        ],
      );
      assert.equal((await client.importFile('/Shared/large.txt', large)).status, 200);
      assert.equal(
        (await client.get('/api/2.0/workspace/export', { path: '/Shared/large.txt' })).json.error_code,
        'BAD_REQUEST',
      );
      const notebook = await client.importFile(
        '/Shared/large.py',
        Buffer.concat([Buffer.from('# Databricks notebook source\n'), large]),
      );
      assert.equal(notebook.json.error_code, 'MAX_NOTEBOOK_SIZE_EXCEEDED');
    });

    it('refuses source code without a language, an unknown format, and a form without a path', async () => {
      for (const reply of [
        await inline('/Shared/bad', 'x', { format: 'SOURCE' }),
        await inline('/Shared/bad', 'x', { format: 'PDF' }),
        await client.importFile('', 'x'),
        await client.importFile('/Shared/bad.ipynb', '{"cells":[]}'),
        await client.importFile('/Shared/bad.ipynb', 'not JSON'),
        await client.importFile('/Shared/bad', 'no archive', { format: 'DBC' }),
      ]) {
        assert.deepEqual([reply.status, reply.json.error_code], [400, 'INVALID_PARAMETER_VALUE']);
      }
      assert.equal((await status('/Shared/bad')).status, 404);
    });

    it('accepts a file as the CLI sends it, and distinguishes existing files and notebooks', async () => {
      const send = (path: string, overwrite: boolean, body: string) =>
        client.send(
          'POST',
          `/api/2.0/workspace-files/import-file/${encodeURIComponent(path)}?overwrite=${overwrite}`,
          body,
        );
      assert.equal((await send('Shared/cli.py', false, '# Databricks notebook source\n1')).status, 200);
      assert.equal((await status('/Shared/cli')).json.object_type, 'NOTEBOOK');
      const notebook = await send('Shared/cli.py', false, '# Databricks notebook source\n2');
      assert.equal(notebook.status, 400);
      assert.match(notebook.json.message as string, /already exists\./);
      assert.equal((await send('Shared/cli.txt', false, 'x')).status, 200);
      assert.equal((await send('Shared/cli.txt', false, 'y')).status, 409);
      assert.equal((await send('Shared/cli.txt', true, 'y')).status, 200);
      assert.equal((await send('Shared/none/cli.txt', true, 'y')).status, 404);
    });
  });

  it('makes dashboards and files of Lakeflow Designer of their files, with their whole names', async () => {
    await makeFolder('/Shared/types');
    await client.importFile('/Shared/types/sales.lvdash.json', '{"pages":[]}');
    await client.importFile('/Shared/types/prepare.designer.ipynb', '{"cells":[],"metadata":{},"nbformat":4}');
    const types = (await list('/Shared/types')).map((object) => [
      object.path,
      object.object_type,
      'modified_at' in object,
    ]);
    assert.deepEqual(types, [
      ['/Shared/types/prepare.designer.ipynb', 'DESIGNER_FILE', true],
      ['/Shared/types/sales.lvdash.json', 'DASHBOARD', false],
    ]);
    assert.equal(await client.source('/Shared/types/sales.lvdash.json', 'AUTO'), '{"pages":[]}\n');
    assert.match(await client.source('/Shared/types/prepare.designer.ipynb', 'JUPYTER'), /"cells":\[\]/);
    assert.equal((await client.importFile('/Shared/types/bad.lvdash.json', 'pages')).status, 400);
  });

  it('lists notebooks modified after a time, and all objects that are not notebooks', async () => {
    await makeFolder('/Shared/times');
    await client.importFile('/Shared/times/old.py', '# Databricks notebook source\n1');
    await client.importFile('/Shared/times/old.txt', '1');
    const time = databricks.clock.now();
    await databricks.clock.advance(1000);
    await client.importFile('/Shared/times/new.py', '# Databricks notebook source\n1');
    const { json } = await client.get('/api/2.0/workspace/list', {
      path: '/Shared/times',
      notebooks_modified_after: String(time),
    });
    assert.deepEqual(
      objectsOf(json.objects).map(({ path }) => path),
      ['/Shared/times/new', '/Shared/times/old.txt'],
    );
  });

  it('lists a notebook or file as a single entry', async () => {
    await client.importFile('/Shared/itself.txt', '1');
    assert.deepEqual(
      (await list('/Shared/itself.txt')).map(({ path }) => path),
      ['/Shared/itself.txt'],
    );
  });

  it('returns IDs that a double cannot represent', async () => {
    for (let file = 0; file < 4; file++) await client.importFile(`/Shared/id-${file}.txt`, '1');
    const { text } = await client.get('/api/2.0/workspace/list', { path: '/Shared' });
    const ids = [...text.matchAll(/"object_id":(\d+)/g)].map((match) => match[1] ?? '');
    assert.ok(ids.some((id) => String(Number(id)) !== id));
  });

  it('returns a change only after the lag of an eventually consistent workspace', async () => {
    const late = await startTestWorkspace({ visibilityLagMilliseconds: 5000 });
    try {
      const paths = async () =>
        (await late.client.get('/api/2.0/workspace/list', { path: '/Shared' })).text.match(/\/Shared\/\w+/g);
      await late.databricks.clock.advance(6000);
      await late.client.importFile('/Shared/slow', 'x');
      assert.equal(await paths(), null);
      assert.equal((await late.client.get('/api/2.0/workspace/get-status', { path: '/Shared/slow' })).status, 404);
      await late.databricks.clock.advance(6000);
      assert.deepEqual(await paths(), ['/Shared/slow']);
      await late.client.post('/api/2.0/workspace/delete', { path: '/Shared/slow' });
      assert.deepEqual(await paths(), ['/Shared/slow']);
      await late.databricks.clock.advance(6000);
      assert.equal(await paths(), null);
    } finally {
      await late.databricks.close();
    }
  });
});
