import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run as explainVariables } from '../../../cli/local/variables/explainVariables';
import { run as getVariables } from '../../../cli/local/variables/getVariables';
import { run as setVariables } from '../../../cli/local/variables/setVariables';
import { UsageError } from '../../../cli/usageError';
import { projectRoot } from '../../../tools/commandLine';
import { localRun } from './localRun';

describe('mloccli variables', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'variables-'));
    await cp(path.join(projectRoot, 'template'), folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const file = () => path.join(folder, 'demo_model', 'model_variables.yml');
  const set = (pairs: readonly string[], options = {}) => localRun(setVariables, folder, pairs, options);

  it('get prints one value alone, several as outputs, and the value of the environment', async () => {
    const one = await localRun(getVariables, folder, ['training.epochs'], { environment: 'dev' });
    assert.equal(one.text, '300\n');
    const some = await localRun(getVariables, folder, ['training', 'stage'], { environment: 'prod' });
    assert.deepEqual(some.outputs, {
      stage: 'prod',
      'training.seed': '1936',
      'training.testShare': '0.2',
      'training.epochs': '300',
      'training.learningRate': '0.5',
    });
    assert.equal(some.text, undefined);
  });

  it('get names the environments where one is needed, and the name that was meant', async () => {
    await assert.rejects(
      localRun(getVariables, folder, []),
      /stage, which is not set\.\n.*--environment: dev, test, prod\.$/,
    );
    const typed = localRun(getVariables, folder, ['training.epoch', 'nothing.similar'], { environment: 'dev' });
    await assert.rejects(
      typed,
      /There is no variable training\.epoch\. Did you mean training\.epochs\?\n.*nothing\.similar\.$/,
    );
  });

  it('explain prints file and line of each value, and those that it replaces', async () => {
    await set(['training.epochs=5'], { environment: 'prod' });
    const { text, details } = await localRun(explainVariables, folder, ['training.epochs'], { environment: 'prod' });
    const [own, all] = ['demo_model/model_variables.yml:57', 'demo_model/model_variables.yml:15'];
    assert.equal(text, `training.epochs = 5  (${own}, instead of ${all})\n`);
    assert.deepEqual(details, {
      variables: [{ name: 'training.epochs', value: '5', source: own, overridden: [all] }],
    });
  });

  it('set changes the values alone, says unchanged the second time, and keeps types and spellings', async () => {
    const before = await readFile(file(), 'utf8');
    const pairs = [
      'training.epochs=400',
      'modelVersion=2',
      'training.learningRate=0.50',
      'evaluation.rules=["rmse < 1"]',
    ];
    assert.equal((await set(pairs)).outputs?.['changed'], 'true');
    const after = await readFile(file(), 'utf8');
    const expected = before
      .replace('epochs: 300', 'epochs: 400')
      .replace("modelVersion: '1'", "modelVersion: '2'")
      .replace('learningRate: 0.5', 'learningRate: 0.50')
      .replace(/- accuracy >= 0\.9\n {6}- macro_f1 >= 0\.9\n {6}- accuracy >= baseline - 0\.03/, "- 'rmse < 1'");
    assert.equal(after, expected);
    const again = await set(pairs);
    assert.deepEqual([again.outputs?.['changed'], /unchanged in/.test(again.message)], ['false', true]);
    assert.equal(await readFile(file(), 'utf8'), expected);
  });

  it('set reads a new value as YAML does, and can write the file of all models', async () => {
    await set(['retries=3', 'label=a: b']);
    assert.match(await readFile(file(), 'utf8'), /\n {2}retries: 3\n {2}label: "?'?a: b/);
    await set(['owner=ada'], { shared: true });
    assert.match(await readFile(path.join(folder, 'pipelines', 'base_variables.yml'), 'utf8'), /\n {2}owner: ada\n/);
  });

  it('set writes nothing where one value is refused by the schema, by being a map, or by its name', async () => {
    const before = await readFile(file(), 'utf8');
    const refused: readonly [pairs: readonly string[], options: object, problem: RegExp][] = [
      [['training.epochs=5', 'modelName=a/b'], {}, /modelName must match the pattern/],
      [['training=5'], {}, /training is a map/],
      [['apiToken=x'], {}, /apiToken/],
    ];
    for (const [pairs, options, problem] of refused) {
      await assert.rejects(set(pairs, options), (error: Error) => {
        assert.match(error.message, problem);
        assert.match(error.message, /was not changed/);
        return true;
      });
      assert.equal(await readFile(file(), 'utf8'), before);
    }
  });

  it('set does not refuse a repair because something else is still wrong', async () => {
    const before = await readFile(file(), 'utf8');
    await writeFile(file(), before.replace('modelName: demo_model', 'modelName: a/b').replace("'1'", "'!'"));
    assert.equal((await set(['modelVersion=2'])).result, 'Succeeded');
    await assert.rejects(localRun(getVariables, folder, [], { environment: 'dev' }), /modelName must match/);
  });

  it('name everything that is wrong with the command line at once', async () => {
    await assert.rejects(set(['a', 'b=1', 'b=2']), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, /not 'a'[^]*b is given twice/);
      return true;
    });
    await cp(path.join(folder, 'demo_model'), path.join(folder, 'second'), { recursive: true });
    await assert.rejects(
      set(['b=1']),
      /--model is required, because the repository has several models: demo_model, second/,
    );
    await assert.rejects(set(['b=1'], { model: 'third' }), /--model names a folder without model_variables\.yml/);
    await assert.rejects(set(['b=1'], { repository: 'docs' }), /--repository names a folder without a model/);
  });
});
