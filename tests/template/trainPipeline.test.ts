import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { before, describe, it } from 'mocha';
import {
  contractOf,
  modelVariables,
  readPipeline,
  textOf,
  variablesUsed,
  type PipelineFiles,
  type TaskStep,
} from './pipelineFiles';

describe('The train pipeline', () => {
  let pipeline: PipelineFiles;
  let variables: Readonly<Record<string, string>>;

  before(async () => {
    pipeline = await readPipeline('train');
    variables = await modelVariables();
  });

  function stepOf(task: string): TaskStep {
    const found = pipeline.steps.find((step) => step.task === `${task}@1`);
    assert.ok(found, task);
    return found;
  }

  it('takes the six steps in order, and stops the cluster in the end', () => {
    const tasks = 'ImportNotebooks CreateCluster StartCluster InstallLibraries CreateJob RunJob StopCluster';
    assert.equal(pipeline.steps.map(({ task }) => task.replace('@1', '')).join(' '), tasks);
  });

  it('reads outputs that its tasks have', async () => {
    const outputs = pipeline.texts.flatMap((part) => [...part.matchAll(/\$\((\w+)\.(\w+)\)/g)]);
    assert.ok(outputs.length > 3);
    for (const [, name, output] of outputs) {
      const step = pipeline.steps.find((candidate) => candidate.name === name);
      assert.ok(step, name);
      const { outputVariables } = await contractOf(step.task);
      assert.ok(
        outputVariables.some((declared) => declared.name === output),
        output,
      );
    }
  });

  it("uses the model's variables, and none that it doesn't have", () => {
    const used = variablesUsed(pipeline.texts);
    assert.ok(used.length > 6);
    assert.deepEqual(
      used.filter((name) => !(name in variables)),
      [],
    );
  });

  it('sets parameters that the training notebook reads, to the defaults that it has', async () => {
    const notebook = await textOf('template/demo_model/training.py');
    const defaults = new Map(
      [...notebook.matchAll(/widgets\.text\("(\w+)", "([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    const parameters = String(stepOf('CreateJob').inputs['parameters'])
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
    const { sourceFolder, workspaceFolder } = stepOf('ImportNotebooks').inputs;
    assert.equal(sourceFolder, '$(modelName)');
    await access(new URL(`../../template/${variables['modelName'] ?? ''}/training.py`, import.meta.url));
    assert.equal(workspaceFolder, '$(workspaceFolder)');
    assert.equal(stepOf('CreateJob').inputs['notebookPath'], '$(workspaceFolder)/training');
  });
});
