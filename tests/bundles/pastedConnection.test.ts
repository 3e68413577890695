import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { bundleOf } from '../support/builtTasks';
import { databricksEnvironment } from '../support/databricksEnvironment';
import { type ProcessEnd, startTaskProcess } from '../support/taskProcess';

describe('a connection as people paste it, with the bundles', function () {
  this.timeout(120_000);
  let databricks: Databricks;
  let folder: string;
  before(async () => {
    databricks = await startDatabricks({ hasLimits: false, timeScale: 100 });
    folder = await mkdtemp(join(tmpdir(), 'pasted-'));
  });
  after(async () => {
    await databricks.close();
    await rm(folder, { recursive: true });
  });

  async function run(
    task: string,
    inputs: Readonly<Record<string, string>>,
    connection: { readonly url?: string; readonly token?: string } = {},
  ): Promise<ProcessEnd> {
    const { url, token } = { url: databricks.url, token: databricks.token, ...connection };
    const process = await startTaskProcess(await bundleOf(task), {
      ...databricksEnvironment({ url, token }),
      ...inputs,
    });
    return process.end;
  }

  for (const [what, behind] of [
    ['a line end', '\n'],
    ['a Windows line end', '\r\n'],
    ['spaces', '  '],
  ] as const)
    it(`works with ${what} behind its token`, async () => {
      const token = `${databricks.token}${behind}`;
      const { result, output } = await run('StopCluster', { INPUT_CLUSTER: 'nobody' }, { token });
      assert.equal(result, 'Succeeded', output);
    });

  it('works with the address of a page, and with the ID of its workspace', async () => {
    const url = `${databricks.url}/?o=${databricks.workspaceId}#job/1`;
    const { result, output } = await run('StopCluster', { INPUT_CLUSTER: 'nobody' }, { url });
    assert.equal(result, 'Succeeded', output);
  });

  it('is refused by name with a line break in its token', async () => {
    const { result, output } = await run('StopCluster', { INPUT_CLUSTER: 'nobody' }, { token: 'dapi1\n23' });
    assert.equal(result, 'Failed', output);
    assert.match(output, /Input 'connection' has a personal access token that contains a line break/);
    assert.doesNotMatch(output, /Internal error/);
  });

  it('installs for the Python of a runtime without a minor version', async () => {
    const spec = { cluster_name: 'next', spark_version: '18.x-scala2.13', node_type_id: 'Standard_DS3_v2' };
    databricks.clusters.create({ ...spec, num_workers: 1 }, 'someone@example.com', 'API');
    const file = join(folder, 'requirements.txt');
    await writeFile(
      file,
      'numpy==1.26.4; python_version < "3.13"\ntomli==2.0.1; python_version < "3.11"\ntqdm==4.66.4;\n',
    );
    const { result, output, outputs } = await run('InstallLibraries', {
      INPUT_CLUSTER: 'next',
      INPUT_REQUIREMENTSFILE: file,
    });
    assert.equal(result, 'Succeeded', output);
    assert.equal(outputs['installedCount'], '2');
    assert.match(output, /tomli is skipped/);
  });
});
