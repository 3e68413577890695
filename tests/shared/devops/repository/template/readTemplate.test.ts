import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readTemplate, TemplateError } from '../../../../../shared/devops/repository/template/readTemplate';
import { testContext } from '../../../../support/testContext';

describe('readTemplate', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(await realpath(tmpdir()), 'template-'))));
  afterEach(() => rm(folder, { recursive: true }));

  async function write(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    await chmod(join(folder, path), mode);
  }

  const variables = new Map([
    ['model', 'churn'],
    ['Owner_1', '{{model}} & $& co'],
    ['slash', 'a/b'],
    ['dots', '..'],
  ]);

  async function read(): Promise<readonly [string, string, boolean][]> {
    const { files } = await readTemplate(folder, variables, testContext());
    return files.map(({ path, content, isExecutable }) => [
      path,
      Buffer.from(content).toString('latin1'),
      isExecutable,
    ]);
  }

  async function problems(): Promise<string> {
    const error: unknown = await readTemplate(folder, variables, testContext()).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof TemplateError, String(error));
    return error.problem;
  }

  it('replaces tokens in names and contents, and keeps executable bits and line ends', async () => {
    await write('{{model}}/{{model}}.py', 'name = "{{model}}"\r\nowner = "{{Owner_1}}"\n');
    await write('run.sh', '#!/bin/sh\r\n', 0o755);
    assert.deepEqual(await read(), [
      ['churn/churn.py', 'name = "churn"\r\nowner = "{{model}} & $& co"\n', false],
      ['run.sh', '#!/bin/sh\r\n', true],
    ]);
  });

  it('replaces texts instead of tokens, in one pass and the longest first, and leaves files out', async () => {
    await write('demo/demo.py', 'demo demo-service $(x) {{stage}}\r\n', 0o755);
    await write('docs/.hidden/demo.md', 'demo');
    const replace = new Map([
      ['demo', 'demo-service'],
      ['demo-service', 'churn'],
      ['$(x)', '$&'],
    ]);
    const { files } = await readTemplate(folder, variables, testContext(), {
      isExcluded: (path) => path.startsWith('docs/'),
      replace,
    });
    assert.deepEqual(
      files.map(({ path, content, isExecutable }) => [path, Buffer.from(content).toString(), isExecutable]),
      [['demo-service/demo-service.py', 'demo-service churn $& {{stage}}\r\n', true]],
    );
  });

  it('leaves the braces of other languages and escaped tokens as they are', async () => {
    const kept = '${{name}} ${{ parameters.x }} {{ name }} {{job.id}} {{secrets/a/b}} {{{}}} {{1}} {{}}';
    await write('a', `${kept} \\{{job_id}}`);
    assert.deepEqual(await read(), [['a', `${kept} {{job_id}}`, false]]);
  });

  it('does not touch binary files, other encodings and byte order marks', async () => {
    const bytes = [
      ['nul', Buffer.from('{{model}}\0')],
      ['latin1', Buffer.from('{{model}} \xe4', 'latin1')],
      ['utf16', Buffer.from('{{model}}', 'utf16le')],
    ] as const;
    for (const [path, content] of bytes) await write(path, content);
    await write('bom', '\uFEFF{{model}}');
    const found = await read();
    for (const [path, content] of bytes)
      assert.deepEqual(
        found.find((file) => file[0] === path),
        [path, content.toString('latin1'), false],
      );
    assert.deepEqual(found[0], ['bom', '\xef\xbb\xbfchurn', false]);
  });

  it('lists all unknown tokens in one error, with file and line', async () => {
    await write('b/x.yml', 'a\n{{first}}\r\n{{model}} {{second}}\n\n{{first}}');
    await write('{{third}}.txt', '{{fourth}}');
    assert.equal(
      await problems(),
      [
        'cannot be used:',
        'b/x.yml, line 2: {{first}} is not a variable.',
        'b/x.yml, line 3: {{second}} is not a variable.',
        'b/x.yml, line 5: {{first}} is not a variable.',
        '{{third}}.txt: its name has {{third}}, which is not a variable.',
        '{{third}}.txt, line 1: {{fourth}} is not a variable.',
      ].join('\n  - '),
    );
  });

  it('refuses names that git or another machine would refuse, and two files of one name', async () => {
    await write('{{slash}}.txt', '');
    await write('{{dots}}/x.txt', '');
    await write('churn.txt', '');
    await write('{{model}}.TXT', '');
    await write('Data/x', '');
    await write('data', '');
    const all = await problems();
    for (const expected of [
      '{{slash}}.txt: the value of a variable in its name contains a slash.',
      "{{dots}}/x.txt: its name would be '../x.txt', which git does not allow.",
      "churn.txt and {{model}}.TXT would both be 'churn.TXT'.",
      "Data/x and data would both be 'data'.",
    ])
      assert.ok(all.includes(expected), all);
  });

  it('refuses Git LFS pointers, links out of the folder and an empty folder', async () => {
    assert.match(await problems(), /^has no files: /);
    await write('model.bin', `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12\n`);
    await symlink('/etc/hostname', join(folder, 'leak'));
    const all = await problems();
    assert.match(all, /model\.bin is a Git LFS pointer/);
    assert.match(all, /leak is a symbolic link that leads out of the folder: remove it/);
  });
});
