import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { run } from '../../../cli/local/init/initRepository';
import { run as getVariables } from '../../../cli/local/variables/getVariables';
import { UsageError } from '../../../cli/usageError';
import { localRun } from './localRun';

describe('mloccli init', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'init-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const init = (options: Readonly<Record<string, string>>, name = 'models') => localRun(run, folder, [name], options);
  const text = (file: string) => readFile(path.join(folder, 'models', file), 'utf8');

  it('creates a repository in which every name is one of the options', async () => {
    const end = await init({
      model: 'churn_rate',
      serving: 'rest',
      databricksDev: 'adb-dev',
      registry: 'models.azurecr.io',
      azureProd: 'Azure (production)',
    });
    assert.equal(end.outputs?.['model'], 'churn_rate');
    const files = await readdir(path.join(folder, 'models'), { recursive: true });
    assert.equal(end.outputs['created'], String((await filesOf(path.join(folder, 'models'))).length));
    assert.deepEqual(
      files.filter((file) => /demo_model|onboard|__pycache__/.test(file)),
      [],
    );
    for (const file of await filesOf(path.join(folder, 'models'))) {
      const content = await readFile(file, 'utf8');
      assert.doesNotMatch(
        content,
        /demo_model|demo-model|databricks-dev|contoso\.azurecr\.io|\{\{(model|service)\}\}/,
        file,
      );
    }
    const deploy = load(await text('pipelines/deploy_pipeline.yml')) as {
      parameters: { name: string; default: unknown }[];
    };
    const defaults = Object.fromEntries(deploy.parameters.map(({ name, default: value }) => [name, value]));
    assert.deepEqual(
      [defaults['model'], defaults['serving'], defaults['registry']],
      ['churn_rate', 'rest', 'models.azurecr.io'],
    );
    assert.equal((defaults['production'] as { azureConnection: string }).azureConnection, 'Azure (production)');
    const variables = await localRun(getVariables, path.join(folder, 'models'), ['service.name'], {
      environment: 'dev',
    });
    assert.equal(variables.text, 'churn-rate\n');
  });

  it('changes nothing in a second run, whatever else was added since', async () => {
    await init({ model: 'churn' });
    await writeFile(path.join(folder, 'models', 'notes.md'), 'mine');
    const end = await init({ model: 'churn' });
    assert.equal(end.outputs?.['created'], '0');
    assert.match(end.message, /is unchanged/);
  });

  it('completes what an interrupted run left, also next to .git', async () => {
    await init({ model: 'churn' });
    await mkdir(path.join(folder, 'models', '.git'));
    await rm(path.join(folder, 'models', 'churn', 'scoring_server.py'));
    const end = await init({ model: 'churn' });
    assert.deepEqual([end.outputs?.['created'], end.result], ['1', 'Succeeded']);
    assert.match(await text('churn/scoring_server.py'), /model_version/);
  });

  it('writes nothing where files differ, links are in the way, or there are others, and lists them', async () => {
    await mkdir(path.join(folder, 'models', 'pipelines', 'ci_pipeline.yml'), { recursive: true });
    await writeFile(path.join(folder, 'models', 'README.md'), 'mine');
    await symlink(folder, path.join(folder, 'models', 'docs'));
    await assert.rejects(init({ model: 'churn' }), (error: Error) => {
      assert.match(
        error.message,
        /^Nothing was written[^\n]*\n {2}- README\.md\n {2}- docs\n {2}- pipelines\/ci_pipeline\.yml$/,
      );
      return true;
    });
    assert.deepEqual(await filesOf(path.join(folder, 'models')), [path.join(folder, 'models', 'README.md')]);
    await mkdir(path.join(folder, 'home'));
    await writeFile(path.join(folder, 'home', '.profile'), '');
    await assert.rejects(init({ model: 'churn' }, 'home'), /home has other files\..*\n {2}- \.profile$/s);
  });

  it('names everything that is wrong with the options at once', async () => {
    await assert.rejects(
      init({ model: 'a b', service: 'A_B', registry: '-', databricksDev: 'a: b' }),
      (error: unknown) => {
        assert.ok(error instanceof UsageError);
        assert.deepEqual(
          error.problems.map(({ option }) => option),
          ['--model', '--service', '--databricks-dev', '--registry'],
        );
        return true;
      },
    );
    assert.deepEqual(await readdir(folder), []);
  });

  it('says which file cannot be written', async function () {
    if (process.getuid?.() === 0) return this.skip();
    await chmod(folder, 0o555);
    await assert.rejects(init({ model: 'churn' }), /no permission/);
    await chmod(folder, 0o755);
  });
});

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}
