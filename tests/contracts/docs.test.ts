import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../tools/commandLine';
import { findStaleDocs, replaceSection } from '../../tools/docs';
import { readTasks, type TaskManifest } from '../../tools/manifests';
import { taskPage, yamlSample } from '../../tools/taskPage';
import { addTasks, validatePipeline, type PipelineSchema } from './pipelineSchema';
import { findSamples, sampleProblems, usesTask } from './samples';
import { readSchema } from './schemas';

const tasks = new Map<string, TaskManifest>();
for (const { manifest } of await readTasks(projectRoot))
  tasks.set(`${manifest.name}@${manifest.version.Major}`, manifest);
const samples = await findSamples(projectRoot);
const ourSamples = samples.filter((sample) => usesTask(sample, tasks));
const runJob = tasks.get('RunJob@1');
assert.ok(runJob);

describe('the documentation', () => {
  it('matches the output of `npm run docs`', async () => {
    assert.deepEqual(await findStaleDocs(projectRoot), [], 'run: npm run docs');
  });

  it('refers only to existing files in CONTRIBUTING.md', async () => {
    const page = await readFile(path.join(projectRoot, 'CONTRIBUTING.md'), 'utf8');
    const named = page.split('`').filter((text) => /^(docs|sandbox|shared|tasks|tests|tools)\/[\w./]+$/.test(text));
    assert.ok(named.length > 20, named.join());
    assert.deepEqual(
      named.filter((file) => !existsSync(path.join(projectRoot, file))),
      [],
    );
  });

  it('replaces the text between markers, and reports missing markers', () => {
    assert.equal(
      replaceSection('a\n<!-- x -->\nold\n<!-- /x -->\nb', 'x', 'new\n'),
      'a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb',
    );
    assert.throws(() => replaceSection('no markers', 'x', 'new'), /needs the lines <!-- x --> and <!-- \/x -->/);
  });

  it('is not generated for an input without help', () => {
    const inputs = runJob.inputs.map((input) => (input.name === 'job' ? { ...input, helpMarkDown: '' } : input));
    assert.throws(
      () => taskPage({ folder: 'RunJob', manifest: { ...runJob, inputs } }),
      /RunJob: the input job has no help/,
    );
  });
});

describe('the YAML samples', () => {
  it('include every task', () => {
    for (const reference of tasks.keys())
      assert.ok(
        ourSamples.some(({ text }) => text.includes(`task: ${reference}`)),
        `no sample of ${reference}`,
      );
  });

  for (const { place, text } of samples) {
    it(`use only existing inputs of our tasks: ${place}`, () => assert.deepEqual(sampleProblems(text, tasks), []));
  }

  for (const { place, text } of samples.filter(
    (sample) => ourSamples.includes(sample) || /_pipeline\.yml:/.test(sample.place),
  )) {
    it(`are valid for Azure Pipelines: ${place}`, async function () {
      const schema = addTasks(
        (await readSchema(this, 'azure-pipelines.schema.json')) as unknown as PipelineSchema,
        tasks,
      );
      assert.deepEqual(await validatePipeline(schema, text.startsWith('- ') ? `steps:\n${text}` : text), []);
    });
  }

  const wrong: readonly [what: string, from: string, to: string, problem: RegExp][] = [
    ['an unknown input', 'connection:', 'conection:', /unknown input conection/],
    ['a missing input', 'connection:', '# connection:', /connection is required/],
    ['a missing conditionally required input', 'job:', '# job:', /job is required/],
    ['an input without effect', 'job:', 'cluster: c\n    job:', /cluster does nothing unless/],
    ['a value that is not an option', '# runSource: job', 'runSource: jobs', /runSource can't be jobs/],
    [
      'a flag that is neither true nor false',
      '# waitForCompletion: true',
      'waitForCompletion: yes please',
      /waitForCompletion can't be yes please/,
    ],
    ['an unknown version', 'RunJob@1', 'RunJob@7', /there is no such version/],
  ];
  for (const [what, from, to, problem] of wrong) {
    it(`must not contain ${what}`, () => {
      assert.match(sampleProblems(yamlSample(runJob).replace(from, to), tasks).join('\n'), problem);
    });
  }

  it('can insert inputs, and all other inputs are still checked', () => {
    const sample = yamlSample(runJob).replace(/connection: .*/, '${{ insert }}: ${{ parameters.databricks }}');
    assert.deepEqual(sampleProblems(sample, tasks), []);
    const problems = sampleProblems(sample.replace('job:', 'jobs: 1\n    compute: none\n    job:'), tasks).join('\n');
    assert.match(problems, /unknown input jobs\n.*compute can't be none/);
  });

  it('are checked by a schema that rejects invalid files', async function () {
    const schema = addTasks(
      (await readSchema(this, 'azure-pipelines.schema.json')) as unknown as PipelineSchema,
      tasks,
    );
    const sample = (change: (text: string) => string) =>
      validatePipeline(schema, `steps:\n${change(yamlSample(runJob))}`);
    assert.deepEqual(await sample((text) => text), []);
    assert.notDeepEqual(await sample((text) => text.replace('connection:', 'conection:')), []);
    assert.notDeepEqual(await sample((text) => text.replace('RunJob@1', 'RunJobs@1')), []);
    assert.notDeepEqual(await sample((text) => text.replace('# runSource: job', 'runSource: jobs')), []);
  });
});
