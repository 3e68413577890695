import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleOf } from '../support/builtTasks';
import { databricksEnvironment } from '../support/databricksEnvironment';
import { startTaskProcess } from '../support/taskProcess';

const secret = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';

describe('a requirements file of a repository', () => {
  let folder: string;
  beforeEach(async function () {
    if (process.platform !== 'linux') this.skip(); // it needs links, pipes and /proc
    folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('cannot show the environment of the step, nor keep it from ending', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await symlink('/proc/self/environ', join(folder, 'link.txt'));
    const included = ['/proc/self/environ', 'link.txt', '/dev/zero', 'pipe'];
    await writeFile(join(folder, 'requirements.txt'), included.map((path) => `-r ${path}\n`).join(''));
    const { end } = await startTaskProcess(await bundleOf('InstallLibraries'), {
      ...databricksEnvironment({ url: 'https://127.0.0.1:1', token: 'dapi-0123456789' }),
      ENDPOINT_AUTH_PARAMETER_az_SERVICEPRINCIPALCERTIFICATE: `-----BEGIN PRIVATE KEY-----\n${secret}\n`,
      SYSTEM_DEFAULTWORKINGDIRECTORY: folder,
      INPUT_CLUSTER: 'c',
      INPUT_REQUIREMENTSFILE: join(folder, 'requirements.txt'),
    });
    const { result, output, commands } = await end;
    const message = commands.find(({ name }) => name === 'task.complete')?.data ?? '';
    assert.equal(result, 'Failed');
    assert.ok(!output.includes(secret), output);
    assert.equal(message.match(/out of the folders that files are read from/g)?.length, 3, message);
    assert.match(message, /pipe is a device, a named pipe or a socket, not a file/);
  });
});
