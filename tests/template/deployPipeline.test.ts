import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { before, describe, it } from 'mocha';
import { contractOf, modelVariables, readPipeline, textOf, variablesUsed, type PipelineFiles } from './pipelineFiles';

describe('The deploy pipeline', () => {
  let pipeline: PipelineFiles;
  let variables: Readonly<Record<string, string>>;

  before(async () => {
    pipeline = await readPipeline('deploy');
    variables = await modelVariables();
  });

  it('builds, tries, deploys and promotes, each after the approvals of its environment', () => {
    assert.deepEqual(
      pipeline.steps.map(({ task, inputs }) => [task, inputs['action'] ?? inputs['command'] ?? 'deploy']),
      [
        ['Docker@2', 'buildAndPush'],
        ['DeployAci@1', 'deploy'],
        ['DeployAks@1', 'deploy'],
        ['DeployAks@1', 'promote'],
      ],
    );
    assert.deepEqual(
      pipeline.jobs.map(({ environment }) => environment),
      [undefined, 'model-test', 'model-prod', 'model-prod'],
    );
  });

  it('sets inputs that its tasks have, those of its parameters too', async () => {
    const defaults = Object.fromEntries(pipeline.document.parameters.map((each) => [each.name, each.default]));
    for (const { task, inputs } of pipeline.steps.filter((step) => step.task !== 'Docker@2')) {
      const inserted = /\$\{\{ parameters\.(\w+) \}\}/.exec(String(inputs['${{ insert }}']))?.[1] ?? '';
      const given = { ...(defaults[inserted] as object), ...inputs };
      const known = (await contractOf(task)).inputs.map(({ name }) => name);
      assert.deepEqual(
        Object.keys(given).filter((name) => name !== '${{ insert }}' && !known.includes(name)),
        [],
        task,
      );
    }
  });

  it("uses the model's variables, and no others but the image's name", () => {
    const others = variablesUsed(pipeline.texts).filter((name) => !(name in variables));
    assert.deepEqual(others, ['image']);
  });

  it('leaves no variable of the model without a use in one of the pipelines', async () => {
    const { texts } = await readPipeline('train');
    assert.deepEqual(
      [...variablesUsed([...texts, ...pipeline.texts])].sort(),
      [...Object.keys(variables), 'image'].sort(),
    );
  });

  it('has the Dockerfile, the payload and the port that it speaks of', async () => {
    const model = variables['modelName'] ?? '';
    await access(new URL(`../../template/${model}/sample_payload.json`, import.meta.url));
    const dockerfile = await textOf(`template/${model}/Dockerfile`);
    assert.match(dockerfile, new RegExp(`^EXPOSE ${variables['servicePort'] ?? ''}$`, 'm'));
    assert.match(dockerfile, new RegExp(`--port=${variables['servicePort'] ?? ''}\\b`));
    assert.match(dockerfile, /^USER [1-9]\d*$/m, 'a number, and not 0');
    const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '));
    for (const source of copied) await access(new URL(`../../template/${model}/${source}`, import.meta.url));
  });
});
