import assert from 'node:assert/strict';
import { access, readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { load } from 'js-yaml';
import { projectRoot } from '../../tools/commandLine';
import { jobsOf, template, type Job, type TaskStep } from './templatePlan';

const model = resolve(template, 'demo_model');

const importAndStart =
  'LoadModelVariables ImportNotebooks CreateCluster StartCluster InstallLibraries InstallLibraries';
const gate = { environment: undefined, tasks: 'LoadModelVariables PromoteModel EvaluateModel' };

const pipelines: readonly {
  readonly title: string;
  readonly jobs: readonly Job[];
  readonly order: readonly { readonly environment: string | undefined; readonly tasks: string }[];
}[] = [
  {
    title: 'ci',
    jobs: jobsOf('ci'),
    order: [
      { environment: undefined, tasks: 'UsePythonVersion PublishTestResults' },
      {
        environment: undefined,
        tasks:
          'LoadModelVariables LoadModelVariables LoadModelVariables ImportNotebooks CreateCluster CreateJob CreateJob',
      },
    ],
  },
  {
    title: 'ci, of a REST service',
    jobs: jobsOf('ci', { serving: 'rest' }).slice(1),
    order: [
      {
        environment: undefined,
        tasks:
          'LoadModelVariables LoadModelVariables LoadModelVariables ImportNotebooks CreateCluster CreateJob DeployAks',
      },
    ],
  },
  {
    title: 'train',
    jobs: jobsOf('train'),
    order: [{ environment: undefined, tasks: `${importAndStart} CreateJob RunJob StopCluster` }],
  },
  {
    title: 'evaluate',
    jobs: jobsOf('evaluate'),
    order: [{ environment: undefined, tasks: `${importAndStart} RunJob EvaluateModel PromoteModel StopCluster` }],
  },
  {
    title: 'deploy, in batches',
    jobs: jobsOf('deploy'),
    order: [
      gate,
      { environment: 'model-test', tasks: `${importAndStart} CreateJob RunJob StopCluster` },
      { environment: 'model-prod', tasks: `${importAndStart} CreateJob PromoteModel` },
    ],
  },
  {
    title: 'deploy, as a REST service',
    jobs: jobsOf('deploy', { serving: 'rest' }),
    order: [
      gate,
      { environment: undefined, tasks: 'LoadModelVariables AzureCLI Docker' },
      { environment: 'model-test', tasks: 'LoadModelVariables DeployAci' },
      { environment: 'model-prod', tasks: 'LoadModelVariables DeployAks' },
      { environment: 'model-prod', tasks: 'LoadModelVariables DeployAks PromoteModel' },
    ],
  },
  {
    title: 'ci, of a serving endpoint',
    jobs: jobsOf('ci', { serving: 'databricks' }).slice(1),
    order: [
      {
        environment: undefined,
        tasks: 'LoadModelVariables LoadModelVariables LoadModelVariables ImportNotebooks CreateCluster CreateJob',
      },
    ],
  },
  {
    title: 'deploy, as a serving endpoint',
    jobs: jobsOf('deploy', { serving: 'databricks' }),
    order: [
      gate,
      { environment: 'model-test', tasks: 'LoadModelVariables DeployServingEndpoint' },
      { environment: 'model-prod', tasks: 'LoadModelVariables DeployServingEndpoint' },
      { environment: 'model-prod', tasks: 'LoadModelVariables DeployServingEndpoint PromoteModel' },
    ],
  },
  {
    title: 'ci, of an endpoint of Azure Machine Learning',
    jobs: jobsOf('ci', { serving: 'azureml' }).slice(1),
    order: [
      {
        environment: undefined,
        tasks: 'LoadModelVariables LoadModelVariables LoadModelVariables ImportNotebooks CreateCluster CreateJob',
      },
    ],
  },
  {
    title: 'deploy, as an endpoint of Azure Machine Learning',
    jobs: jobsOf('deploy', { serving: 'azureml' }),
    order: [
      gate,
      { environment: 'model-test', tasks: 'LoadModelVariables DeployAzureMl' },
      { environment: 'model-prod', tasks: 'LoadModelVariables DeployAzureMl' },
      { environment: 'model-prod', tasks: 'LoadModelVariables DeployAzureMl PromoteModel' },
    ],
  },
];

const allJobs = pipelines.flatMap(({ jobs }) => jobs);
const allTasks = allJobs.flatMap(({ tasks }) => tasks);

/** References such as `$(model.service_name)`: the step and its output. */
function outputsRead(texts: readonly string[]): readonly { readonly step: string; readonly output: string }[] {
  const found = texts.flatMap((text) => [...text.matchAll(/\$\((\w+)\.(\w+)\)/g)]);
  return found.map(([, step = '', output = '']) => ({ step, output })).filter(({ step }) => step !== 'Build');
}

async function contractOf(
  task: string,
): Promise<{ readonly inputs: readonly string[]; readonly outputs: readonly string[] }> {
  const { inputs, outputVariables } = JSON.parse(
    await readFile(resolve(projectRoot, 'tasks', task, 'task.json'), 'utf8'),
  ) as Record<'inputs' | 'outputVariables', readonly { readonly name: string }[]>;
  return { inputs: inputs.map(({ name }) => name), outputs: outputVariables.map(({ name }) => name) };
}

/** Names of the output variables of LoadModelVariables. */
function leavesOf(map: object, prefix = ''): readonly string[] {
  return Object.entries(map).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leavesOf(value, `${prefix}${name}_`)
      : [prefix + name],
  );
}

describe("the template's pipelines", () => {
  let variables: readonly string[];

  before(async () => {
    const read = async (file: string) =>
      load(await readFile(resolve(template, file), 'utf8')) as {
        readonly variables: object;
        readonly environments?: Readonly<Record<string, object>>;
      };
    const [base, own] = [await read('pipelines/base_variables.yml'), await read('demo_model/model_variables.yml')];
    variables = [base.variables, own.variables, ...Object.values(base.environments ?? {})].flatMap((each) =>
      leavesOf(each),
    );
  });

  for (const { title, jobs, order } of pipelines)
    it(`${title}: run their steps in order, after the approvals of the environment`, () => {
      const found = jobs.map(({ environment, tasks }) => ({
        environment,
        tasks: tasks.map(({ task }) => task).join(' '),
      }));
      assert.deepEqual(found, order);
    });

  it('use only outputs of earlier steps and variables of the model', async () => {
    for (const { tasks, texts } of allJobs) {
      const read = outputsRead(texts);
      for (const { step, output } of read) {
        const found = tasks.find(({ name }) => name === step);
        // What a script sets is checked by the runs of the pipelines.
        if (texts.some((text) => text.includes(`variable=${output};isOutput=true`))) continue;
        assert.ok(found, step);
        const { outputs } = await contractOf(found.task);
        const known = found.task === 'LoadModelVariables' ? [...outputs, ...variables] : outputs;
        assert.ok(known.includes(output), `${step}.${output}`);
      }
    }
    assert.ok(outputsRead(allJobs.flatMap(({ texts }) => texts)).length > 100);
  });

  it('use every variable of the model', () => {
    const texts = [...allJobs.flatMap((job) => job.texts), 'by EvaluateModel: $(model.evaluation_rules)'];
    const used = new Set(outputsRead(texts).map(({ output }) => output));
    assert.deepEqual(
      variables.filter((name) => !used.has(name)),
      [],
    );
  });

  it('use only existing inputs of tasks', async () => {
    const ours = await readdir(resolve(projectRoot, 'tasks'));
    for (const { task, inputs } of allTasks.filter((each) => ours.includes(each.task))) {
      const known = (await contractOf(task)).inputs;
      assert.deepEqual(
        Object.keys(inputs).filter((name) => !known.includes(name)),
        [],
        task,
      );
    }
  });

  it('contain the model name only in one parameter and in the paths of triggers', async () => {
    const files = (await readdir(resolve(template, 'pipelines'), { recursive: true })).filter((file) =>
      file.endsWith('.yml'),
    );
    const lines = await Promise.all(
      files.map(async (file) => (await readFile(resolve(template, 'pipelines', file), 'utf8')).split('\n')),
    );
    const naming = lines.flat().filter((line) => line.includes('demo_model'));
    assert.deepEqual(
      [...new Set(naming.map((line) => line.trim()))].sort(),
      ['default: demo_model', 'include: [demo_model, pipelines]', 'include: [demo_model]'].sort(),
    );
  });

  it('pass only parameters that the notebooks read', async () => {
    const given = new Map<string, readonly string[]>();
    for (const { tasks } of allJobs)
      for (const { inputs } of tasks.filter(({ inputs: { notebookPath } }) => notebookPath !== undefined)) {
        const names = (inputs['parameters'] ?? '').trim().split('\n');
        given.set(
          inputs['notebookPath']?.split('/').at(-1) ?? '',
          names.map((line) => line.split('=')[0] ?? ''),
        );
      }
    assert.deepEqual([...given.keys()].sort(), ['evaluation', 'scoring', 'training']);
    for (const [notebook, names] of given) {
      const text = await readFile(resolve(model, `${notebook}.py`), 'utf8');
      const widgets = [...text.matchAll(/widgets\.text\(\s*"(\w+)"/g)].map(([, name]) => name);
      assert.deepEqual(
        names.filter((name) => !widgets.includes(name)),
        [],
        notebook,
      );
    }
  });

  it('test all services with the same flowers', async () => {
    const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(resolve(model, name), 'utf8'));
    const { dataframe_records: records } = (await read('sample_payload.json')) as { dataframe_records: object[] };
    const { input_data: table } = (await read('sample_payload_azureml.json')) as {
      input_data: { columns: string[]; index: number[]; data: number[][] };
    };
    assert.deepEqual(
      table.data.map((row) => Object.fromEntries(table.columns.map((name, index) => [name, row[index]]))),
      records,
    );
    assert.deepEqual(table.index, [...records.keys()]);
  });

  it('use existing files and the port of the image', async () => {
    const files = allTasks.flatMap(({ inputs }: TaskStep) =>
      ['specFile', 'samplePayloadFile', 'Dockerfile', 'metricsFile', 'championFile'].flatMap(
        (name) => inputs[name] ?? [],
      ),
    );
    assert.ok(files.length > 5);
    for (const file of files) await access(resolve(template, file.replace('$(model.modelName)', 'demo_model')));

    const dockerfile = await readFile(resolve(model, 'Dockerfile'), 'utf8');
    const settings = await readFile(resolve(model, 'model_variables.yml'), 'utf8');
    const port = /^ {4}port: (\d+)$/m.exec(settings)?.[1] ?? '';
    assert.match(dockerfile, new RegExp(`^EXPOSE ${port}$`, 'm'));
    assert.match(dockerfile, new RegExp(`--port=${port}\\b`));
    assert.match(dockerfile, /^USER [1-9]\d*$/m, 'a number, and not 0');
    // The folder model is that of the registered version, which the pipeline downloads.
    const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '));
    for (const source of copied.filter((name) => name !== 'model')) await access(resolve(model, source));
  });
});
