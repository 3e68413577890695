import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildExtension } from '../../tools/build';
import { readTasks } from '../../tools/manifests';
import { copyProject } from './projectCopy';

describe('the build', () => {
  let root: string;
  beforeEach(async () => {
    root = await copyProject('RunJob', 'StopCluster');
  });
  afterEach(() => rm(root, { recursive: true, maxRetries: 5 }));

  const build = () => buildExtension({ root, outputFolder: path.join(root, 'dist') });
  const replaceTask = (code: string) => writeFile(path.join(root, 'tasks', 'RunJob', 'task.ts'), code);

  it('creates bundles that Node can run in place, and deletes the previous build', async () => {
    await mkdir(path.join(root, 'dist', 'extension', 'tasks', 'Gone'), { recursive: true });
    const { folder } = await build();
    assert.deepEqual(
      (await readTasks(folder)).map((task) => task.folder),
      (await readTasks(root)).map(({ folder }) => folder),
    );
    assert.deepEqual(JSON.parse(await readFile(path.join(root, 'dist', 'package.json'), 'utf8')), { type: 'commonjs' });
  });

  it('fails on a task without icon', async () => {
    await rm(path.join(root, 'images', 'tasks', 'RunJob.png'));
    await assert.rejects(build(), /RunJob has no icon: add images\/tasks\/RunJob\.png/);
  });

  it('fails on a warning of the bundler', async () => {
    await replaceTask("export const task = typeof process === 'nubmer';");
    await assert.rejects(build(), /RunJob: the bundler warns:[^]*nubmer/);
  });

  it('fails on an import that would be left for run time', async () => {
    await replaceTask("export const task = require.resolve; try { require('not-installed'); } catch {}");
    await assert.rejects(build(), /RunJob: .*not-installed/);
  });

  it('fails on a second azure-pipelines-task-lib', async () => {
    const second = path.join(root, 'tasks', 'RunJob', 'node_modules', 'azure-pipelines-task-lib');
    await mkdir(second, { recursive: true });
    await writeFile(path.join(second, 'task.js'), 'export const tool = 1;');
    await replaceTask("import { tool } from 'azure-pipelines-task-lib/task'; export const task = tool;");
    await assert.rejects(build(), /RunJob: more than one azure-pipelines-task-lib/);
  });

  for (const [what, metadata, problem] of [
    ['that is not permissive', { license: 'GPL-3.0-only' }, /copyleft 1\.0\.0: the licence GPL-3\.0-only is not/],
    ['that is not said', {}, /copyleft 1\.0\.0: the licence \(none\) is not/],
    ['without its text', { license: 'ISC' }, /copyleft 1\.0\.0: the package has no licence text/],
  ] as const) {
    it(`fails on a licence ${what}`, async () => {
      const folder = path.join(root, 'tasks', 'RunJob', 'node_modules', 'copyleft');
      await mkdir(folder, { recursive: true });
      await writeFile(path.join(folder, 'index.js'), 'export const a = Math.random();');
      await writeFile(
        path.join(folder, 'package.json'),
        JSON.stringify({ name: 'copyleft', version: '1.0.0', ...metadata }),
      );
      await replaceTask("import { a } from 'copyleft'; export const task = a;");
      await assert.rejects(build(), problem);
    });
  }
});
