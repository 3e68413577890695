import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sinon from 'sinon';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { builtCli } from '../support/builtCli';
import { jsonEnd, runCli, startCli } from './cliProcess';
import { TerminalStage } from './signIn/terminalStage';

const hasScript = spawnSync('script', ['--version']).status === 0;
const notebook = ['jobs', 'run', '--run-source', 'notebook', '--notebook-path', '/Shared/training', '-o', 'json'];

describe('mloccli when it is interrupted', () => {
  let databricks: Databricks;
  let stage: TerminalStage;
  before(async () => {
    databricks = await startDatabricks({ hasLimits: false, timeScale: 20 });
    stage = await TerminalStage.open();
  });
  after(async () => {
    await databricks.close();
    await stage.close();
  });
  const environment = (): Record<string, string> => ({
    DATABRICKS_HOST: databricks.url,
    DATABRICKS_TOKEN: databricks.token,
  });

  it('ends while a program signs in: nothing was started', async () => {
    // The stand-in presses Ctrl+C itself: nobody else knows that it runs.
    await stage.program('az', 'kill -INT $PPID\nsleep 600');
    const path = `${join(stage.home, 'bin')}:${process.env['PATH'] ?? ''}`;
    const azure = { DATABRICKS_HOST: 'https://adb-1.2.azuredatabricks.net', PATH: path, HOME: stage.home };
    const before = databricks.requests.list().length;
    const end = await runCli([...notebook, '--azure'], { environment: azure });
    assert.equal(end.exitCode, 130, end.stderr);
    assert.equal(jsonEnd(end).result, 'Canceled');
    assert.doesNotMatch(end.stderr, /--resume/);
    assert.equal(databricks.requests.list().length, before);
    assert.match(await readFile(join(stage.home, 'calls'), 'utf8'), /^az account get-access-token/);
  });

  it('ends in a request that is not answered', async () => {
    const { faults } = databricks;
    const cli = await startCli(['jobs', 'run', '--job', 'x', '-o', 'json'], { environment: environment() });
    const take = sinon.stub(faults, 'take').callsFake((_method, path) => {
      if (!path.endsWith('/jobs/list')) return undefined;
      cli.kill('SIGINT');
      return { delayMilliseconds: 60_000 };
    });
    const end = await cli.end;
    take.restore();
    assert.equal(end.exitCode, 130, end.stderr);
    assert.equal(jsonEnd(end).result, 'Canceled');
  });

  for (const signal of ['SIGTERM', 'SIGHUP'] as const)
    it(`cancels the remote run after ${signal}, too`, async () => {
      databricks.scriptRun({ times: 1, durationSeconds: 1_000_000 });
      const before = databricks.requests.list('runs/cancel').length;
      const cli = await startCli(notebook, { environment: environment() });
      await cli.saw('RUNNING');
      cli.kill(signal);
      const end = await cli.end;
      assert.equal(end.exitCode, 130, end.stderr);
      assert.match(jsonEnd(end).message, /^Cancelled\. Run \d+ (?:was|is being) cancelled too\.$/);
      assert.ok(databricks.requests.list('runs/cancel').length > before);
    });

  it('ends while a cluster starts: one JSON object, and the cluster is the one that a second call goes on with', async () => {
    databricks.scriptCluster({ times: 1, startSeconds: 1_000_000 });
    const spec = '{"spark_version": "16.4.x-scala2.12", "node_type_id": "Standard_DS3_v2", "num_workers": 1}';
    const args = ['clusters', 'create', '--cluster-name', 'slow', '--spec', spec, '--start', '-o', 'json'];
    const cli = await startCli(args, { environment: environment() });
    await cli.saw('PENDING');
    cli.kill('SIGINT');
    const end = await cli.end;
    assert.equal(end.exitCode, 130, end.stderr);
    assert.equal(jsonEnd(end).result, 'Canceled');
    const [cluster, ...others] = databricks.clusters.list().filter(({ spec }) => spec['cluster_name'] === 'slow');
    assert.equal(others.length, 0);
    assert.ok(cluster, end.stderr);
    assert.ok(['PENDING', 'TERMINATING', 'TERMINATED'].includes(cluster.state), cluster.state);
    assert.equal(jsonEnd(end).outputs['clusterId'], cluster.id);
  });

  it('ends although nobody reads the output: after one signal when it is written, and at once after two', async () => {
    const main = join(await builtCli(), 'main.cjs');
    const blocked = (signals: string): Promise<string> => {
      // The reader of the pipe does not read; the schema is longer than what a pipe holds.
      const script = `
        mkfifo "$1/pipe-$$"; exec 3<>"$1/pipe-$$"; rm "$1/pipe-$$"
        head -c 60000 /dev/zero >&3
        '${process.execPath}' '${main}' schema job >&3 2>"$1/blocked.log" & child=$!
        while ! grep -q 'Succeeded' "$1/blocked.log"; do sleep 0.05; done
        ${signals}
        wait $child; echo "code $?"`;
      return new Promise((resolve, reject) => {
        const child = spawn('bash', ['-c', script, 'bash', stage.home], {
          env: { PATH: process.env['PATH'], HOME: stage.home },
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let stdout = '';
        child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
        child.once('error', reject).once('close', () => resolve(stdout.trim()));
      });
    };
    assert.equal(await blocked('kill -INT $child'), 'code 130');
    assert.equal(await blocked('kill -INT $child; kill -INT $child'), 'code 130');
  });

  it('takes Ctrl+C in a terminal: one JSON object on standard output, and the run is cancelled', async function () {
    if (!hasScript) {
      process.stdout.write('SKIPPED: the program script (util-linux) is missing, so nothing ran in a terminal.\n');
      this.skip();
    }
    databricks.scriptRun({ times: 1, durationSeconds: 1_000_000 });
    const before = databricks.requests.list('runs/cancel').length;
    const file = join(stage.home, 'end.json');
    const command = `'${process.execPath}' '${join(await builtCli(), 'main.cjs')}' ${notebook.join(' ')} > '${file}'`;
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      env: { PATH: process.env['PATH'], TERM: 'xterm', SHELL: '/bin/bash', ...environment() },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let shown = '';
    let isPressed = false;
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      shown += chunk;
      if (isPressed || !shown.includes('RUNNING')) return;
      isPressed = true;
      child.stdin.write('\u0003');
    });
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    assert.equal(exitCode, 130, shown);
    const { result, message } = jsonEnd({ exitCode, stdout: await readFile(file, 'utf8'), stderr: shown });
    assert.equal(result, 'Canceled');
    assert.match(message, /Run \d+ (?:was|is being) cancelled too/);
    assert.ok(databricks.requests.list('runs/cancel').length > before);
    assert.match(shown, /Cancelling\. Press Ctrl\+C again/);
  });

  it('ends quietly when the reader of both streams has enough', async () => {
    databricks.scriptRun({ times: 1, result: { notebookResult: 'done' } });
    const main = join(await builtCli(), 'main.cjs');
    const script = `'${process.execPath}' '${main}' ${notebook.slice(0, -2).join(' ')} --debug 2>&1 | head -1; echo "\${PIPESTATUS[0]}"`;
    const child = spawn('bash', ['-c', script], {
      env: { PATH: process.env['PATH'], ...environment() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    // Who reads the exit code must not take this for a success: not everything was written.
    assert.match(stdout, /^.+\n1\n$/);
    assert.equal(stderr, '');
  });
});
