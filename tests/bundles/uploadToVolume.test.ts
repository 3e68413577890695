import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Databricks, startDatabricks } from '../../sandbox/databricks/databricks';
import { bundleOf } from '../support/builtTasks';
import { databricksEnvironment } from '../support/databricksEnvironment';
import { startTaskProcess, type ProcessEnd } from '../support/taskProcess';

const target = '/Volumes/main/default/files/model';

describe('the UploadToVolume bundle', () => {
  let folder: string;
  let databricks: Databricks;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'upload-'));
    await writeFile(join(folder, 'iris.csv'), 'a,b\n1,2\n');
    databricks = await startDatabricks({ hasLimits: false });
  });
  after(async () => {
    await databricks.close();
    await rm(folder, { recursive: true });
  });

  async function run(): Promise<ProcessEnd> {
    const process = startTaskProcess(await bundleOf('UploadToVolume'), {
      ...databricksEnvironment(databricks),
      INPUT_SOURCEFOLDER: folder,
      INPUT_VOLUMEFOLDER: target,
      INPUT_MODE: 'mirror',
    });
    return (await process).end;
  }

  it('uploads, and sends no write the second time', async () => {
    const first = await run();
    assert.deepEqual([first.exitCode, first.result], [0, 'Succeeded'], first.output);
    assert.equal(first.outputs['uploadedCount'], '1');
    assert.equal(databricks.volumes.file(`${target}/iris.csv`)?.bytes.toString(), 'a,b\n1,2\n');

    databricks.requests.clear();
    const second = await run();
    assert.deepEqual([second.result, second.outputs['unchangedCount']], ['Succeeded', '1'], second.output);
    const writes = databricks.requests.list().filter(({ method }) => method !== 'GET');
    assert.deepEqual(writes, []);
  });
});
