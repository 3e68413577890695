import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { jsonEnd, runCli, startCli, type CliOptions } from './cliProcess';

const notebook = ['jobs', 'run', '--run-source', 'notebook', '--notebook-path', '/Shared/training'];
const evaluate = ['models', 'evaluate', '--metrics', 'rmse: 2'];

describe('The exit codes of mloccli', () => {
  let databricks: Databricks;
  let folder: string;
  before(async () => {
    databricks = await startDatabricks({ hasLimits: false, timeScale: 20 });
    folder = await mkdtemp(join(tmpdir(), 'cli-test-'));
  });
  after(async () => {
    await databricks.close();
    await rm(folder, { recursive: true, force: true });
  });
  const signedIn = (token = databricks.token): CliOptions => ({
    environment: { DATABRICKS_HOST: databricks.url, DATABRICKS_TOKEN: token },
  });

  it('are 0 for a success: lines of outputs on standard output, everything else on standard error', async () => {
    databricks.scriptRun({ times: 1, result: { notebookResult: 'first line\nsecond line' } });
    const { exitCode, stdout, stderr } = await runCli(notebook, signedIn());
    assert.equal(exitCode, 0, stderr);
    assert.match(
      stdout,
      /^jobId=\d+\nrunId=\d+\nrunUrl=http\S+\nresultState=SUCCESS\nnotebookOutput="first line\\nsecond line"\n$/,
    );
    assert.match(stderr, /Succeeded: Run \d+ succeeded/);
    assert.match(stderr, /To attach to the run later, add --resume [0-9a-f-]{36}\./);
  });

  it('are 5 when the run of a job fails, and its outputs are printed all the same', async () => {
    databricks.scriptRun({ times: 1, result: { resultState: 'FAILED', error: 'ValueError: too few rows' } });
    const end = await runCli([...notebook, '-o', 'json'], signedIn());
    assert.equal(end.exitCode, 5, end.stderr);
    const { result, outputs, command } = jsonEnd(end);
    assert.deepEqual([command, result, outputs['resultState']], ['jobs run', 'Failed', 'FAILED']);
    assert.match(end.stderr, /ValueError: too few rows/);
  });

  it('do not change when a call attaches to the run of an earlier one with --resume', async () => {
    databricks.scriptRun({ times: 1, durationSeconds: 20 });
    const first = await runCli([...notebook, '--no-wait-for-completion'], signedIn());
    const [, seed = ''] = /--resume ([0-9a-f-]{36})/.exec(first.stderr) ?? [];
    const second = await runCli([...notebook, '--resume', seed], signedIn());
    const runOf = ({ stdout }: { readonly stdout: string }) => /^runId=\d+$/m.exec(stdout)?.[0];
    assert.deepEqual([first.exitCode, second.exitCode, runOf(second)], [0, 0, runOf(first)], second.stderr);
    assert.match(second.stderr, /Attached to the run that an earlier attempt of this command started/);
  });

  it('are 1 for any other failure', async () => {
    const end = await runCli(['jobs', 'run', '--job', 'nothing', '-o', 'json'], signedIn());
    assert.equal(end.exitCode, 1, end.stderr);
    assert.match(jsonEnd(end).message, /There is no job named 'nothing'/);
  });

  it('are 4 when the token is refused', async () => {
    const end = await runCli(['jobs', 'run', '--job', 'nothing', '-o', 'json'], signedIn('dapi-wrong-token'));
    assert.equal(end.exitCode, 4, end.stderr);
    assert.match(jsonEnd(end).message, /Invalid access token/);
    assert.doesNotMatch(end.stderr + end.stdout, /dapi-wrong-token/);
    assert.doesNotMatch(end.stderr, /--resume/);
  });

  it('are 4 when there are no credentials, with the ways to sign in', async () => {
    const end = await runCli(['jobs', 'run', '--job', 'nothing', '-o', 'json']);
    assert.equal(end.exitCode, 4, end.stderr);
    assert.doesNotMatch(end.stderr, /--resume/);
    assert.match(jsonEnd(end).message, /DATABRICKS_HOST and DATABRICKS_TOKEN/);
    assert.equal((await runCli(['jobs', 'run', '--job', 'x', '--profile', 'none'])).exitCode, 4);
    const service = ['--service-name', 's', '--image', 'r.io/a:1'];
    assert.equal((await runCli(['aks', 'deploy', '--kube-context', 'c', ...service])).exitCode, 4);
  });

  it('are 0 for a success with issues, and 6 with --strict', async () => {
    const warned = [...evaluate, '--rules', 'rmse < 1', '--on-failed-rules', 'warn', '-o', 'json'];
    const [lenient, strict] = [await runCli(warned), await runCli([...warned, '--strict'])];
    assert.deepEqual([lenient.exitCode, strict.exitCode], [0, 6]);
    assert.equal(jsonEnd(strict).result, 'SucceededWithIssues');
  });

  it('are 2 for inputs that cannot be used: all of them in one error, before any request', async () => {
    const before = databricks.requests.list().length;
    const args = ['jobs', 'run', '--run-source', 'notebok', '--notebook-path', 'training', '--timeout-minutes', '0'];
    const end = await runCli([...args, '--parameters', '@missing.txt', '-o', 'json'], signedIn());
    assert.equal(end.exitCode, 2, end.stderr);
    const { problems, message } = jsonEnd(end);
    assert.deepEqual(
      problems.map(({ option }) => option),
      ['--run-source', '--notebook-path', '--parameters', '--timeout-minutes'],
    );
    assert.match(message, /^4 options need attention:\n {2}- --run-source must be one of job, notebook, definition\./);
    assert.equal(databricks.requests.list().length, before);
  });

  it('are 2 where neither an option nor the current folder names the organization', async () => {
    const team = ['teams', 'create', '--team-name', 'churn', '--azure', '-o', 'json'];
    const end = await runCli(team, { workingFolder: folder });
    assert.equal(end.exitCode, 2, end.stderr);
    const [problem] = jsonEnd(end).problems;
    assert.equal(problem?.option, '--organization-url');
    assert.match(problem.problem, /^is required, because the current folder is not in a clone/);
    const named = await runCli([...team, '--organization', 'contoso'], { workingFolder: folder });
    assert.match(jsonEnd(named).message, /^--project is required, because the current folder is not/);
  });

  const usage: readonly [what: string, args: readonly string[], option: string, message: RegExp][] = [
    ['no command', [], '', /A command is missing/],
    ['an unknown group', ['job', 'run'], '', /There is no command 'job'\. Did you mean jobs\?/],
    ['an unknown command', ['jobs', 'start'], '', /There is no command 'start'/],
    ['a group alone', ['jobs'], '', /A command is missing/],
    [
      'an unknown option',
      ['jobs', 'run', '--jb', 'x'],
      '--jb',
      /--jb is not an option of this command\. Did you mean --job\?/,
    ],
    ['an option without its value', ['jobs', 'run', '--job'], '--job', /--job needs a value\./],
    ['an argument that is not an option', ['run-job', 'training'], '', /Only options can follow/],
    ['an unknown format', ['run-job', '--job', 'x', '-o', 'yaml'], '--output', /--output .*text, json/],
  ];
  for (const [what, args, option, message] of usage)
    it(`are 2 for ${what}`, async () => {
      const end = await runCli(args, { environment: { MLOCCLI_OUTPUT: 'json' } });
      assert.equal(end.exitCode, 2);
      assert.match(end.stderr, message);
      assert.equal(jsonEnd(end).problems[0]?.option, option);
    });

  it('are 2 for an unknown format in MLOCCLI_OUTPUT', async () => {
    const end = await runCli(evaluate, { environment: { MLOCCLI_OUTPUT: 'xml' } });
    assert.deepEqual([end.exitCode, end.stdout], [2, '']);
    assert.match(end.stderr, /--output must be text or json, also in MLOCCLI_OUTPUT/);
  });

  it('are 2 where something would be deleted, and nobody can be asked', async () => {
    const mirror = [
      'notebooks',
      'import',
      '--source-folder',
      folder,
      '--workspace-folder',
      '/Shared/m',
      '--mode',
      'mirror',
    ];
    await writeFile(join(folder, 'a.py'), '# Databricks notebook source\n');
    const refused = await runCli([...mirror, '-o', 'json'], signedIn());
    assert.equal(refused.exitCode, 2, refused.stderr);
    assert.equal(jsonEnd(refused).problems[0]?.option, '--yes');
    assert.equal((await runCli([...mirror, '--dry-run'], signedIn())).exitCode, 0);
    assert.equal((await runCli([...mirror, '--yes', '-o', 'json'], signedIn())).exitCode, 0);
  });

  it('are 130 after an interruption, which cancels the remote run', async () => {
    databricks.scriptRun({ times: 1, durationSeconds: 1_000_000 });
    const cli = await startCli([...notebook, '-o', 'json'], signedIn());
    await cli.saw('RUNNING');
    cli.kill('SIGINT');
    const end = await cli.end;
    assert.equal(end.exitCode, 130, end.stderr);
    const { result, outputs } = jsonEnd(end);
    assert.equal(result, 'Canceled');
    assert.ok(outputs['runId']);
    assert.ok(databricks.requests.list('runs/cancel').length > 0);
  });

  it('are 130 at once after a second interruption', async () => {
    databricks.scriptRun({ times: 1, durationSeconds: 1_000_000 });
    const cli = await startCli([...notebook, '-o', 'json'], signedIn());
    await cli.saw('RUNNING');
    cli.kill('SIGINT');
    cli.kill('SIGTERM');
    const end = await cli.end;
    assert.equal(end.exitCode, 130, end.stderr);
    assert.equal(jsonEnd(end).result, 'Canceled');
  });

  it('are 1 when the reader of standard output is gone', async () => {
    const cli = await startCli([...evaluate, '--rules', 'rmse < 3']);
    cli.closeStdout();
    const { exitCode, stderr } = await cli.end;
    assert.equal(exitCode, 1, stderr);
    assert.match(stderr, /Succeeded: The model passed 1 rule\./);
  });

  for (const [what, failing] of [
    ['an exception', '{ throw new Error("boom"); }'],
    ['a rejection', 'void Promise.reject(new Error("boom"))'],
  ] as const)
    it(`are 1 for ${what} that nothing catches, with one object with -o json`, async () => {
      const crash = join(folder, 'crash.cjs');
      const isReady = "name === 'unhandledRejection'";
      const listener = `(name) => ${isReady} && setImmediate(() => ${failing})`;
      await writeFile(crash, `process.on('newListener', ${listener});\n`);
      const crashing = { environment: { NODE_OPTIONS: `--require ${crash}` } };
      const end = await runCli([...evaluate, '--rules', 'rmse < 3', '-o', 'json'], crashing);
      assert.equal(end.exitCode, 1, end.stderr);
      const { command, result, message } = jsonEnd(end);
      assert.deepEqual([command, result], ['models evaluate', 'Failed']);
      assert.match(message, /boom/);
      const asText = await runCli([...evaluate, '--rules', 'rmse < 3'], crashing);
      assert.deepEqual([asText.exitCode, asText.stdout], [1, '']);
      assert.match(asText.stderr, /^Failed: .*boom/m);
    });

  it('come with the task that does the same, once, in a step of a pipeline', async () => {
    const inPipeline = await runCli([...evaluate, '--rules', 'rmse < 3'], { environment: { TF_BUILD: 'True' } });
    assert.equal(inPipeline.exitCode, 0, inPipeline.stderr);
    assert.equal(inPipeline.stderr.match(/the task EvaluateModel@\d+ does the same/g)?.length, 1, inPipeline.stderr);
    assert.doesNotMatch(inPipeline.stdout, /EvaluateModel/);
    assert.doesNotMatch((await runCli([...evaluate, '--rules', 'rmse < 3'])).stderr, /EvaluateModel/);
  });

  it('do not depend on the words of a text: help and version are 0, and one object with -o json', async () => {
    for (const args of [['--help'], ['--version'], ['jobs', 'run', '--help'], ['jobs', '--help', '--full']]) {
      const [asText, asJson] = [await runCli(args), await runCli(['-o', 'json', ...args])];
      assert.deepEqual([asText.exitCode, asJson.exitCode, asText.stderr], [0, 0, '']);
      assert.equal(jsonEnd(asJson).message, asText.stdout.trim());
    }
  });

  it('come with a summary in a file, with --summary, and only the last line with --quiet', async () => {
    const file = join(folder, 'summary.md');
    const { stderr, exitCode } = await runCli([...evaluate, '--rules', 'rmse < 3', '-q', '--summary', file]);
    assert.deepEqual([exitCode, stderr], [0, 'Succeeded: The model passed 1 rule.\n']);
    assert.match(await readFile(file, 'utf8'), /\| rmse \\< 3 \| 2 \|/);
  });

  it('hide a secret of the environment wherever it is written', async () => {
    const environment = { MY_API_TOKEN: 'rmse < 4 secret' };
    const end = await runCli([...evaluate, '--rules', 'rmse < 4 secret', '-o', 'json'], { environment });
    assert.equal(end.exitCode, 2, end.stderr);
    assert.doesNotMatch(end.stdout + end.stderr, /rmse < 4 secret/);
  });
});
