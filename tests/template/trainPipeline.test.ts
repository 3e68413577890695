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
  readonly outputVariables: readonly { readonly name: string }[];
}

function text(path: string): Promise<string> {
  return readFile(new URL(path, repository), 'utf8');
}

type Step = TaskStep | { readonly template: string };

describe('The train pipeline', () => {
  /** The pipeline and its step templates. */
  let texts: readonly string[];
  let variables: Readonly<Record<string, string>>;
  let steps: readonly TaskStep[];

  before(async () => {
    const pipeline = await text('template/pipelines/train_pipeline.yml');
    const document = parse(pipeline) as { stages: { jobs: { steps: Step[] }[] }[] };
    const templates = (document.stages[0]?.jobs[0]?.steps ?? []).flatMap((step) =>
      'template' in step ? [step.template] : [],
    );
    const parts = await Promise.all(templates.map((path) => text(`template/pipelines/${path}`)));
    texts = [pipeline, ...parts];
    steps = parts.flatMap((part) => (parse(part) as { steps: TaskStep[] }).steps).filter((step) => 'task' in step);
    variables = (parse(await text('template/demo_model/model_variables.yml')) as { variables: Record<string, string> })
      .variables;
  });

  function stepOf(task: string): TaskStep {
    const found = steps.find((step) => step.task === `${task}@1`);
    assert.ok(found, task);
    return found;
  }

  it('takes the six steps in order, and stops the cluster in the end', () => {
    const tasks = 'ImportNotebooks CreateCluster StartCluster InstallLibraries CreateJob RunJob StopCluster';
    assert.equal(steps.map(({ task }) => task.replace('@1', '')).join(' '), tasks);
  });

  it('reads outputs that its tasks have', async () => {
    const outputs = texts.flatMap((part) => [...part.matchAll(/\$\((\w+)\.(\w+)\)/g)]);
    assert.ok(outputs.length > 3);
    for (const [, name, output] of outputs) {
      const step = steps.find((candidate) => candidate.name === name);
      assert.ok(step, name);
      const contract = JSON.parse(await text(`tasks/${step.task.replace('@1', '')}/task.json`)) as TaskContract;
      assert.ok(
        contract.outputVariables.some((declared) => declared.name === output),
        output,
      );
    }
  });

  it("uses every one of the model's variables, and no other", () => {
    const used = texts.flatMap((part) => [...part.matchAll(/\$\((\w+)\)/g)].map(([, name]) => name));
    assert.deepEqual([...new Set(used)].sort(), Object.keys(variables).sort());
  });

  it('sets parameters that the training notebook reads, to the defaults that it has', async () => {
    const notebook = await text('template/demo_model/training.py');
    const defaults = new Map(
      [...notebook.matchAll(/widgets\.text\("(\w+)", "([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    const parameters = String(stepOf('CreateJob').inputs.parameters)
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
    await access(new URL(`template/${variables['modelName']}/training.py`, repository));
    assert.equal(workspaceFolder, '$(workspaceFolder)');
    assert.equal(stepOf('CreateJob').inputs.notebookPath, '$(workspaceFolder)/training');
  });
});
