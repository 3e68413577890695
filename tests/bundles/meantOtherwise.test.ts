import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { bundleOf } from '../support/builtTasks';
import { databricksEnvironment } from '../support/databricksEnvironment';
import { type ProcessEnd, startTaskProcess } from '../support/taskProcess';

const headers = {
  'exported.py': '# Databricks notebook source exported at Mon, 28 Mar 2016 16:01:31 UTC\n# MAGIC %md # T\n',
  'exported.scala': '// Databricks notebook source exported at Sat, 3 Dec 2016 00:03:53 UTC\nval a = 1\n',
  'lower.py': '# databricks notebook source\nprint(1)\n',
  'nospace.py': '#Databricks notebook source\nprint(1)\n',
  'second_line.py': '# -*- coding: utf-8 -*-\n# Databricks notebook source\nprint(1)\n',
  'wrong_comment.sql': '# Databricks notebook source\nselect 1\n',
};
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'7'.repeat(64)}\nsize 2161959\n`;
const wheel = 'demo-1.0.0-py3-none-any.whl';

describe('what was meant otherwise', () => {
  let databricks: Databricks;
  let folder: string;
  beforeEach(async () => {
    databricks = await startDatabricks({ hasLimits: false, timeScale: 0 });
    folder = await mkdtemp(join(tmpdir(), 'meant-'));
  });
  afterEach(async () => {
    await databricks.close();
    await rm(folder, { recursive: true });
  });

  async function run(task: string, inputs: Record<string, string>, files: Record<string, string>): Promise<ProcessEnd> {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    databricks.requests.clear();
    const environment = { ...databricksEnvironment({ url: databricks.url, token: databricks.token }), ...inputs };
    const process = await startTaskProcess(await bundleOf(task), environment);
    return process.end;
  }

  it('is said of headers: the files are imported as files, each with a warning', async () => {
    const inputs = { INPUT_SOURCEFOLDER: folder, INPUT_WORKSPACEFOLDER: '/Shared/model' };
    const { result, output } = await run('ImportNotebooks', inputs, headers);
    assert.equal(result, 'Succeeded', output);
    for (const name of Object.keys(headers))
      assert.ok(output.includes(`${name} is imported as a file, not as a notebook. The notebook header `), output);
  });

  it('is said of Git LFS pointers, before anything is sent', async () => {
    const advice = "is a Git LFS pointer, not the file itself. Set 'lfs: true' on the checkout step of the pipeline.";
    const files = { [wheel]: pointer, 'model.pkl': pointer, 'train.ipynb': pointer };
    const imported = { INPUT_SOURCEFOLDER: folder, INPUT_WORKSPACEFOLDER: '/Shared/model' };
    const notebooks = await run('ImportNotebooks', imported, files);
    assert.equal(notebooks.result, 'Failed');
    for (const name of Object.keys(files)) assert.ok(notebooks.output.includes(`${name} ${advice}`), notebooks.output);
    assert.deepEqual(databricks.requests.list(), []);

    const installed = { INPUT_CLUSTER: 'c', INPUT_FILES: join(folder, wheel), INPUT_UPLOADFOLDER: '/Shared/libraries' };
    const libraries = await run('InstallLibraries', installed, files);
    assert.equal(libraries.result, 'Failed');
    assert.ok(libraries.output.includes(`${wheel} ${advice}`), libraries.output);
    assert.deepEqual(databricks.requests.list(), []);
  });

  const task = { task_key: 't', notebook_task: { notebook_path: '/x' } };
  const forms: readonly [file: string, content: string, advice: string][] = [
    [
      'bundle.yml',
      `resources:\n  jobs:\n    my_job:\n      name: A\n      tasks: [${JSON.stringify(task)}]\n`,
      'line 3: This is a bundle. Use only the content of resources.jobs.my_job.',
    ],
    [
      'jobs_2_0.json',
      JSON.stringify({ name: 'A', new_cluster: { num_workers: 1 }, ...task, task_key: undefined, max_retries: 1 }),
      'line 1: This is the format of Jobs API 2.0. Move these fields into an item of tasks, together with a task_key: new_cluster, notebook_task, max_retries.',
    ],
    [
      'jobs_get.json',
      JSON.stringify({ job_id: 1, created_time: 1, settings: { name: 'A', tasks: [task] } }),
      'line 1: This is the response of jobs/get. Use only the content of settings.',
    ],
  ];
  for (const [file, content, advice] of forms)
    it(`is said of ${file}, without warnings about its fields`, async () => {
      const { result, output } = await run('CreateJob', { INPUT_SPECFILE: join(folder, file) }, { [file]: content });
      assert.equal(result, 'Failed');
      assert.ok(output.includes(advice), output);
      assert.doesNotMatch(output, /is sent as it is/);
      assert.deepEqual(databricks.requests.list(), []);
    });
});
