import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot, ToolError } from '../../tools/commandLine';
import { packCli } from '../../tools/cliPackage';
import { readJson, readVersion } from '../../tools/manifests';
import type { Budgets } from '../../tools/package';
import { builtCli } from '../support/builtCli';

const run = promisify(execFile);

describe('The package of mloccli', () => {
  let folder: string;
  let program: string;
  let environment: NodeJS.ProcessEnv;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cli-package-'));
    const { cli } = (await readJson(path.join(projectRoot, 'tools', 'budgets.json'))) as Budgets;
    const file = await packCli(await builtCli(), folder, cli);
    assert.equal(path.basename(file), `mloccli-${await readVersion(projectRoot)}.tgz`);
    // A registry is not asked: the package needs no other one.
    const install = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder, file];
    await run('npm', install, { cwd: folder, env: { ...process.env, npm_config_cache: path.join(folder, 'cache') } });
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

  it('has the notices of what it contains, and no dependencies', async () => {
    const installed = path.join(folder, 'node_modules', 'mloccli');
    const manifest = (await readJson(path.join(installed, 'package.json'))) as Readonly<Record<string, unknown>>;
    assert.deepEqual([manifest['dependencies'], manifest['license']], [undefined, 'MIT']);
    assert.match(await readFile(path.join(installed, 'THIRD-PARTY-NOTICES.txt'), 'utf8'), /^commander \d/m);
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
