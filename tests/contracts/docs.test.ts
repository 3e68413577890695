import assert from 'node:assert/strict';
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
  it('is as `npm run docs` makes it', async () => {
    assert.deepEqual(await findStaleDocs(projectRoot), [], 'run: npm run docs');
  });

  it('goes between markers, and says so where they are missing', () => {
    assert.equal(
      replaceSection('a\n<!-- x -->\nold\n<!-- /x -->\nb', 'x', 'new\n'),
      'a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb',
    );
    assert.throws(() => replaceSection('no markers', 'x', 'new'), /needs the lines <!-- x --> and <!-- \/x -->/);
  });

  it('is refused for an input without help', () => {
    const inputs = runJob.inputs.map((input) => (input.name === 'job' ? { ...input, helpMarkDown: '' } : input));
    assert.throws(
      () => taskPage({ folder: 'RunJob', manifest: { ...runJob, inputs } }),
      /RunJob: the input job has no help/,
    );
  });
});

describe('the YAML samples', () => {
  it('show every task', () => {
    for (const reference of tasks.keys())
      assert.ok(
        ourSamples.some(({ text }) => text.includes(`task: ${reference}`)),
        `no sample of ${reference}`,
      );
  });

  for (const { place, text } of samples) {
    it(`give our tasks the inputs that they have: ${place}`, () => assert.deepEqual(sampleProblems(text, tasks), []));
  }

  for (const { place, text } of samples.filter(
    (sample) => ourSamples.includes(sample) || /_pipeline\.yml:/.test(sample.place),
  )) {
    it(`are what Azure Pipelines takes: ${place}`, async function () {
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
    ['an input that is required only here', 'job:', '# job:', /job is required/],
    ['an input that does nothing here', 'job:', 'cluster: c\n    job:', /cluster does nothing unless/],
    ['a value that is no option', '# runSource: job', 'runSource: jobs', /runSource can't be jobs/],
    [
      'a flag that is neither',
      '# waitForCompletion: true',
      'waitForCompletion: yes please',
      /waitForCompletion can't be yes please/,
    ],
    ['a version that does not exist', 'RunJob@1', 'RunJob@7', /there is no such version/],
  ];
  for (const [what, from, to, problem] of wrong) {
    it(`may not have ${what}`, () => {
      assert.match(sampleProblems(yamlSample(runJob).replace(from, to), tasks).join('\n'), problem);
    });
  }

  it('may have inputs inserted, by which nothing else is checked less', () => {
    const sample = yamlSample(runJob).replace(/connection: .*/, '${{ insert }}: ${{ parameters.databricks }}');
    assert.deepEqual(sampleProblems(sample, tasks), []);
    const problems = sampleProblems(sample.replace('job:', 'jobs: 1\n    compute: none\n    job:'), tasks).join('\n');
    assert.match(problems, /unknown input jobs\n.*compute can't be none/);
  });

  it('are checked by rules that know a wrong file', async function () {
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
