import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '../../tools/commandLine';
import { readOptions } from '../../tools/start';

describe('The options of npm start', () => {
  it('are all pipelines of the demo model when there are none', () => {
    assert.deepEqual(readOptions([]), {
      names: ['ci', 'train', 'evaluate', 'deploy'],
      pipeline: undefined,
      repository: path.join(projectRoot, 'template'),
      model: 'demo_model',
      modelOptions: '',
      isFresh: false,
      isKept: false,
      isVerbose: false,
    });
  });

  it('choose a pipeline and a model', () => {
    const repository = path.join(projectRoot, 'template', '..', 'template');
    const args = ['--pipeline', 'train', '--repository', repository, '--model', 'demo_model', '--fresh', '--verbose'];
    assert.deepEqual(readOptions(args), {
      names: ['train'],
      pipeline: 'train',
      repository: path.join(projectRoot, 'template'),
      model: 'demo_model',
      modelOptions: `--repository ${repository} --model demo_model`,
      isFresh: true,
      isKept: false,
      isVerbose: true,
    });
  });

  it('choose the pipeline for new models, the name of the model, and that the organization stays', () => {
    const { names, pipeline, model, isKept } = readOptions(['--pipeline', 'onboard', '--keep']) ?? assert.fail();
    assert.deepEqual([names, pipeline, model, isKept], [[], 'onboard', 'churn', true]);
    assert.equal(readOptions(['--pipeline', 'onboard', '--model', 'fraud'])?.model, 'fraud');
  });

  it('give the pipelines variable groups, and folders for what they take from elsewhere', () => {
    const [file, folder] = [path.join(projectRoot, 'package.json'), path.join(projectRoot, 'docs')];
    const args = ['--variable-groups', file, '--resource', `tools=${folder}`, '--resource', `Build app=${folder}`];
    const { variableGroupsFile, resources, modelOptions } = readOptions(args) ?? assert.fail();
    assert.deepEqual([variableGroupsFile, resources], [file, { tools: folder, 'Build app': folder }]);
    assert.equal(modelOptions, `--variable-groups ${file} --resource tools=${folder} --resource 'Build app=${folder}'`);
    assert.throws(() => readOptions(['--resource', 'docs']), /--resource takes <name>=<folder>, not 'docs'\./);
    assert.throws(() => readOptions(['--resource', 'x=/no']), /There is no folder \/no for --resource x\./);
    assert.throws(() => readOptions(['--variable-groups', '/no.yml']), /There is no file \/no\.yml with variable/);
  });

  it('are refused, with what is wrong and what there is', () => {
    assert.throws(
      () => readOptions(['--pipeline', 'x']),
      /--pipeline takes one of ci, train, evaluate, deploy, onboard, not 'x'/,
    );
    assert.throws(() => readOptions(['--keep']), /--keep applies to --pipeline onboard only\./);
    assert.throws(
      () => readOptions(['--pipeline', 'onboard', '--repository', 'docs']),
      /There is no pipelines\/onboard_pipeline\.yml in .*docs\./,
    );
    assert.throws(() => readOptions(['--model', 'none']), /There is no model 'none' in .*template\./);
    assert.throws(() => readOptions(['--repository', "it's here"]), /There is no model 'demo_model' in .*it's here\./);
    assert.throws(() => readOptions(['--modle', 'x']), /Unknown option '--modle'[^]*Usage: npm start/);
  });

  it('are shown when asked for, and after a mistake, which gives exit code 1 and no stack', function () {
    this.timeout(60_000);
    const start = (...args: readonly string[]) =>
      spawnSync(process.execPath, ['--import', 'tsx', 'tools/start.ts', ...args], {
        cwd: projectRoot,
        encoding: 'utf8',
      });
    const helped = start('--help');
    assert.deepEqual([helped.status, helped.stderr], [0, '']);
    assert.match(helped.stdout, /^Usage: npm start[^]*--pipeline <name>[^]*--verbose/);
    const refused = start('--modle');
    assert.deepEqual([refused.status, refused.stdout], [1, '']);
    assert.match(refused.stderr, /^error: Unknown option '--modle'/);
    assert.doesNotMatch(refused.stderr, /^ +at /m);
  });
});
