import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { projectRoot } from '../../tools/commandLine';
import { builtCli } from '../support/builtCli';

describe('A shell script of mloccli calls', () => {
  let databricks: Databricks;
  before(async () => {
    databricks = await startDatabricks({ hasLimits: false, timeScale: 20 });
    databricks.scriptRun({ result: { notebookResult: '{"accuracy": 0.97}' } });
  });
  after(() => databricks.close());

  async function run(): Promise<{
    readonly exitCode: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }> {
    const child = spawn('sh', [join(import.meta.dirname, 'batchStory.sh')], {
      cwd: join(projectRoot, 'template'),
      env: {
        PATH: process.env['PATH'],
        HOME: '/nonexistent',
        MLOCCLI: join(await builtCli(), 'main.mjs'),
        DATABRICKS_HOST: databricks.url,
        DATABRICKS_TOKEN: databricks.token,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { exitCode, stdout, stderr };
  }

  it('trains a model in six steps, and changes nothing the second time', async () => {
    const first = await run();
    assert.equal(first.exitCode, 0, first.stderr);
    assert.match(first.stdout, /^unchangedCount=0$/m);
    assert.match(first.stdout, /^notebookOutput=\{"accuracy": 0.97\}$/m);

    const before = databricks.requests.list().length;
    const second = await run();
    assert.equal(second.exitCode, 0, second.stderr);
    assert.match(second.stdout, /^importedCount=0$/m);
    const writes = databricks.requests
      .list()
      .slice(before)
      .filter(({ method }) => method !== 'GET')
      .map(({ path }) => path.replace(/^\/api\/\d\.\d\//, ''));
    assert.deepEqual(writes, ['jobs/run-now']);
    for (const said of [
      /0 imported, \d+ unchanged/,
      /Cluster '\w+' \(\S+\) is unchanged/,
      /The job '\w+' is as defined/,
    ])
      assert.match(second.stderr, said);
  });
});
