import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot, ToolError } from '../../tools/commandLine';
import { packCli } from '../../tools/cliPackage';
import { readJson, readVersion } from '../../tools/manifests';
import type { Budgets } from '../../tools/package';
import { builtCli } from '../support/builtCli';
import { startPackageRegistry } from '../support/packageRegistry';

const run = promisify(execFile);

describe('The package of mloccli', function () {
  this.timeout(300_000);
  let folder: string;
  let program: string;
  let environment: NodeJS.ProcessEnv;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cli-package-'));
    const { cli } = (await readJson(path.join(projectRoot, 'tools', 'budgets.json'))) as Budgets;
    const file = await packCli(await builtCli(), folder, cli);
    assert.equal(path.basename(file), `mloccli-${await readVersion(projectRoot)}.tgz`);
    const registry = await startPackageRegistry();
    const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder];
    const options = ['--registry', registry.url, '--fetch-retries', '0', file];
    const env = { ...process.env, npm_config_cache: path.join(folder, 'cache') };
    await run('npm', [...install, ...options], { cwd: folder, env }).finally(() => registry.close());
    program = path.join(folder, 'node_modules', '.bin');
    environment = { PATH: [program, process.env['PATH']].join(path.delimiter), HOME: folder };
  });
  after(() => rm(folder, { recursive: true, force: true }));
  const mloccli = (...args: string[]) => run('mloccli', args, { cwd: folder, env: environment });

  it('runs where it is installed, without the project', async () => {
    assert.equal((await mloccli('--version')).stdout, `${await readVersion(projectRoot)}\n`);
    const { stdout } = await mloccli('init', 'models', '--model', 'churn', '-o', 'json');
    const { outputs } = JSON.parse(stdout) as { readonly outputs: Readonly<Record<string, string>> };
    assert.equal(outputs['folder'], path.join(folder, 'models'));
    const value = await mloccli('variables', 'get', 'modelName', '--repository', 'models', '--environment', 'dev');
    assert.equal(value.stdout, 'churn\n');
    const schema = JSON.parse((await mloccli('schema', 'job')).stdout) as { readonly title: string };
    assert.equal(schema.title, 'Job specification');
  });

  it('has the notices of what it contains, and depends on what the sandbox loads', async () => {
    const installed = path.join(folder, 'node_modules', 'mloccli');
    const manifest = (await readJson(path.join(installed, 'package.json'))) as Readonly<Record<string, unknown>>;
    assert.equal(manifest['license'], 'MIT');
    const { dependencies } = manifest as { readonly dependencies: Readonly<Record<string, string>> };
    const { devDependencies } = (await readJson(path.join(projectRoot, 'package.json'))) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    for (const name of ['pyodide', 'jose', 'yaml']) assert.equal(dependencies[name], devDependencies[name]);
    assert.equal(dependencies['esbuild'], undefined);
    assert.match(await readFile(path.join(installed, 'THIRD-PARTY-NOTICES.txt'), 'utf8'), /^commander \d/m);
  });

  it('runs the pipelines of a new repository whose model is a REST service, with connections of other names', async () => {
    const models = path.join(folder, 'new', 'models');
    const connections = ['--databricks-dev', 'adb-dev', '--azure-prod', 'arm-prod'];
    await mloccli('init', models, '--model', 'churn', '--serving', 'rest', ...connections);
    let deployed = '';
    for (const pipeline of ['ci', 'train', 'evaluate', 'deploy']) {
      const { stdout, stderr } = await mloccli('pipelines', 'run', pipeline, '--repository', models);
      assert.match(stdout, /^result=Succeeded$/m, stderr);
      deployed = stdout;
    }
    assert.match(deployed, /^scoringUri=http:/m);
    const again = await mloccli('pipelines', 'run', path.join(models, 'pipelines', 'train_pipeline.yml'));
    assert.match(again.stderr, /0 imported, \d+ unchanged/);
  });

  const served: readonly (readonly [command: string, options: readonly string[], line: RegExp])[] = [
    ['sandbox', [], /^DATABRICKS_HOST=(http:\S+)$/m],
    ['hub', ['--repository', 'hub-models'], /^url=(http:\S+)$/m],
  ];
  for (const [command, options, line] of served)
    it(`starts and stops: ${command}`, async () => {
      if (command === 'hub') await mloccli('init', 'hub-models');
      const child = spawn(process.execPath, [path.join(program, 'mloccli'), command, ...options], {
        cwd: folder,
        env: environment,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'close');
      let printed = '';
      for await (const chunk of child.stdout.setEncoding('utf8')) {
        printed += String(chunk);
        if (line.test(printed)) break;
      }
      const { status } = await fetch(line.exec(printed)?.[1] ?? assert.fail(printed));
      assert.ok(status < 500, `${status}`);
      child.kill('SIGINT');
      assert.deepEqual(await ended, [0, null]);
    });

  it('is refused when it exceeds its size budget', async () => {
    await assert.rejects(packCli(await builtCli(), folder, 1000), (error: unknown) => {
      assert.ok(error instanceof ToolError);
      assert.match(error.message, /bytes, \d+ over its budget of 1000\.$/);
      return true;
    });
  });

  // The words, and what bash is to offer for the last one.
  const completed: readonly (readonly [words: string, offers: readonly string[]])[] = [
    ['mloccli sch', ['schema']],
    ['mloccli variables se', ['set']],
    ['mloccli jobs run --run-source ', ['job', 'notebook', 'definition']],
    ['mloccli init models --serving r', ['rest']],
    ['mloccli schema on', ['onboarding', 'onboarding-plan']],
    ['mloccli notebooks import --source-fo', ['--source-folder']],
    ['mloccli nothing ', []],
  ];
  for (const [words, offers] of completed)
    it(`completes '${words}' in bash`, async () => {
      // Stands in for the package bash-completion, which the script takes the words from.
      const script = `
        _get_comp_words_by_ref() { cur="\${COMP_WORDS[COMP_CWORD]}"; words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; }
        compopt() { :; }
        source <(mloccli complete bash -q)
        COMP_WORDS=(${words} ${words.endsWith(' ') ? "''" : ''}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
        COMPREPLY=(); __mloccli_complete; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout } = await run('bash', ['--norc', '-c', script], { cwd: folder, env: environment });
      const offered = stdout.split('\n').map((line) => line.trim().split(/\s/)[0] ?? '');
      assert.deepEqual(offered.filter((word) => word !== '').sort(), [...offers].sort());
    });
});
