import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { projectRoot } from '../../tools/commandLine';
import { bundleOf } from '../support/builtTasks';
import { type ProcessEnd, startTaskProcess } from '../support/taskProcess';

const template = resolve(projectRoot, 'template');

describe('the LoadModelVariables bundle', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'variables-'))));
  afterEach(() => rm(folder, { recursive: true }));

  async function run(environment: Readonly<Record<string, string>> = {}): Promise<ProcessEnd> {
    const task = await startTaskProcess(await bundleOf('LoadModelVariables'), {
      SYSTEM_DEFAULTWORKINGDIRECTORY: template,
      INPUT_MODELFILE: join(template, 'demo_model/model_variables.yml'),
      INPUT_OUTPUTFOLDER: folder,
      ...environment,
    });
    return task.end;
  }
  const resolved = async (name: string): Promise<unknown> => load(await readFile(join(folder, name), 'utf8'));

  it("sets the template's variables, and writes the same to files", async () => {
    const { result, outputs, output, commands } = await run({
      INPUT_SCHEMAFILE: join(template, 'model_variables.schema.json'),
      INPUT_OVERRIDES: 'training.epochs=5',
    });
    assert.equal(result, 'Succeeded', output);
    const { resolvedFile, modelName, training_epochs, service_name, evaluation_rules, ...others } = outputs;
    const { variables } = load(await readFile(join(template, 'demo_model/model_variables.yml'), 'utf8')) as {
      readonly variables: { readonly training: object; readonly evaluation: { readonly rules: readonly string[] } };
    };
    assert.deepEqual([modelName, training_epochs, service_name], ['demo_model', '5', 'demo-model']);
    assert.deepEqual(JSON.parse(evaluation_rules ?? ''), variables.evaluation.rules);
    assert.equal(others['training_seed'], '1936');
    assert.equal(resolvedFile, join(folder, 'resolved.json'));
    const values = { ...variables, training: { ...variables.training, epochs: 5 } };
    assert.deepEqual([await resolved('resolved.json'), await resolved('resolved.yml')], [values, values]);
    assert.match(output, /^training\.epochs = 5 {2}\(input 'overrides'\)$/m);
    assert.match(output, /^training\.seed = 1936 {2}\(demo_model\/model_variables\.yml:\d+\)$/m);
    assert.equal(commands.filter(({ name }) => name === 'task.uploadsummary').length, 1);
  });

  it('refuses all overrides that contain the value of a secret variable, by name only', async () => {
    const { result, output, outputs } = await run({
      VSTS_SECRET_VARIABLES: '["Api.Key","certificate","PIN"]',
      SECRET_API_KEY: 'hush"hush\\hush',
      SECRET_CERTIFICATE: 'first line\nsecond line\n',
      SECRET_PIN: '4711',
      SYSTEM_DEBUG: 'true',
      INPUT_OVERRIDES: JSON.stringify({
        label: 'key hush"hush\\hush',
        'training.first': { second: ['x second line x'] },
        code: 4711,
        'first line': 1,
        seed: '1',
        unknown: '{{nobody}}',
      }),
    });
    assert.equal(result, 'Failed', output);
    const refused = output.matchAll(/input 'overrides': (.*?) (?:contains the value of a secret|refers to nobody)/g);
    const names = new Set([...refused].map(([, name]) => name));
    assert.deepEqual([...names], ['label', 'training.first', 'code', 'a name', 'unknown']);
    // Every input is in the debug log as it came, where the agent masks it.
    const said = output.split('\n').filter((line) => !line.startsWith('##vso[task.debug]overrides='));
    assert.doesNotMatch(said.join('\n'), /hush|4711|second line|first line/);
    assert.deepEqual([outputs, await readdir(folder)], [{}, []]);
  });

  it('refuses a secret that the agent inserted into lines or into a JSON text', async () => {
    const secrets = { VSTS_SECRET_VARIABLES: '["key"]', SECRET_KEY: 'new\\nline-key' };
    for (const overrides of ['note=x new\\nline-key', '{"note": "new\\nline-key"}'])
      assert.match(
        (await run({ ...secrets, INPUT_OVERRIDES: overrides })).output,
        /note contains the value of a secret/,
      );
  });

  it('refuses a file that contains the value of a secret variable, by name and line', async () => {
    const modelFile = join(folder, 'm.yml');
    await writeFile(modelFile, 'variables:\n  modelName: m\n  modelVersion: v1\n  note: the word is 471147\n');
    const secrets = { INPUT_MODELFILE: modelFile, VSTS_SECRET_VARIABLES: '["key","short"]', SECRET_SHORT: 'v1' };
    const { output } = await run({ ...secrets, SECRET_KEY: '471147' });
    assert.match(output, /m\.yml:4: note contains the value of a secret variable/);
    assert.doesNotMatch(output, /471147/);
    assert.equal((await run({ ...secrets, SECRET_KEY: 'other word' })).result, 'Succeeded');
  });

  it('runs no logging command from a value of a file', async () => {
    const modelFile = join(folder, 'm.yml');
    const variables = {
      modelName: 'm',
      modelVersion: '1',
      note: 'x\n#\n#vso[task.complete result=Succeeded]; %0D%0A##',
      percent: '%0A##%5D]',
    };
    await writeFile(modelFile, JSON.stringify({ variables }));
    const { outputs, commands } = await run({ INPUT_MODELFILE: modelFile });
    const { note, percent } = outputs;
    assert.deepEqual({ note, percent }, { note: variables.note, percent: variables.percent });
    assert.equal(commands.filter(({ name }) => name === 'task.complete').length, 1);
    await writeFile(modelFile, JSON.stringify({ variables: { ...variables, note: '##vso[task.complete]' } }));
    assert.match((await run({ INPUT_MODELFILE: modelFile })).output, /note contains a logging command/);
  });
});
