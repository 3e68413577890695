import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { before, describe, it } from 'mocha';
import { parse } from 'yaml';

const repository = new URL('../../', import.meta.url);

interface TaskStep {
  readonly task: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, string | number>>;
}

interface TaskContract {
  readonly inputs: readonly { readonly name: string; readonly options?: Readonly<Record<string, string>> }[];
  readonly outputVariables: readonly { readonly name: string }[];
}

function text(path: string): Promise<string> {
  return readFile(new URL(path, repository), 'utf8');
}

describe('The train pipeline', () => {
  let pipeline: string;
  let variables: Readonly<Record<string, string>>;
  let steps: readonly TaskStep[];

  before(async () => {
    pipeline = await text('template/pipelines/train_pipeline.yml');
    const document = parse(pipeline) as { stages: { jobs: { steps: (TaskStep | object)[] }[] }[] };
    steps = (document.stages[0]?.jobs[0]?.steps ?? []).filter((step) => 'task' in step);
    variables = (parse(await text('template/demo_model/model_variables.yml')) as { variables: Record<string, string> })
      .variables;
  });

  it('gives its tasks inputs that they have', async () => {
    assert.deepEqual(
      steps.map(({ task }) => task),
      ['ImportNotebooks@1', 'RunJob@1'],
    );
    for (const { task, inputs } of steps) {
      const contract = JSON.parse(await text(`tasks/${task.replace('@1', '')}/task.json`)) as TaskContract;
      for (const [name, value] of Object.entries(inputs)) {
        const input = contract.inputs.find((candidate) => candidate.name === name);
        assert.ok(input, `${task} has no input ${name}`);
        if (input.options) assert.ok(String(value) in input.options, `${task} does not know ${name}: ${value}`);
      }
    }
  });

  it('reads outputs that its tasks have', async () => {
    const outputs = [...pipeline.matchAll(/\$\((\w+)\.(\w+)\)/g)].map(([, step, output]) => ({ step, output }));
    assert.deepEqual(outputs, [{ step: 'training', output: 'notebookOutput' }]);
    const training = JSON.parse(await text('tasks/RunJob/task.json')) as TaskContract;
    assert.ok(training.outputVariables.some(({ name }) => name === 'notebookOutput'));
    assert.equal(steps[1]?.name, 'training');
  });

  it("uses every one of the model's variables, and no other", () => {
    const used = [...pipeline.matchAll(/\$\((\w+)\)/g)].map(([, name]) => name);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(variables).sort());
  });

  it('sets parameters that the training notebook reads, to the defaults that it has', async () => {
    const notebook = await text('template/demo_model/training.py');
    const defaults = new Map(
      [...notebook.matchAll(/widgets\.text\("(\w+)", "([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    const parameters = String(steps[1]?.inputs.parameters)
      .trim()
      .split('\n')
      .map((line) => line.split('=', 2));
    for (const [name, reference = ''] of parameters) {
      const value = variables[reference.slice(2, -1)];
      if (name === 'model_path') assert.equal(value, '/Workspace/Shared/models/demo_model_artifacts/model.json');
      else assert.equal(value, defaults.get(name), name);
    }
  });

  it('imports a folder that exists and runs a notebook of it', async () => {
    const { sourceFolder, workspaceFolder } = steps[0]?.inputs ?? {};
    await access(new URL(`template/${sourceFolder}/training.py`, repository));
    assert.equal(workspaceFolder, '$(workspaceFolder)');
    assert.equal(steps[1]?.inputs.notebookPath, '$(workspaceFolder)/training');
  });
});
