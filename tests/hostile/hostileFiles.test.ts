import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Task } from '../../shared/task/task';
import { projectRoot } from '../../tools/commandLine';
import { FakeAgent, type FakeConnection } from '../support/fakeAgent';
import { FakeClock } from '../support/fakeClock';

type Inputs = Readonly<Record<string, string>>;

const secret = 'hunter2 is the password';
const refused = /out of the folders that files are read from/;

/** What a repository can have where a step reads a file: how it is made, and what is said of it. */
const hostile: Readonly<Record<string, readonly [make: (path: string, outside: string) => unknown, said: RegExp]>> = {
  'a link to a file outside': [(path, outside) => symlink(outside, path), refused],
  'a link to the environment of the process': [(path) => symlink('/proc/self/environ', path), refused],
  'a link to a device': [(path) => symlink('/dev/zero', path), refused],
  'a named pipe': [(path) => execFileSync('mkfifo', [path]), /is a device, a named pipe or a socket, not a file/],
  'a link to itself': [(path) => symlink(path, path), /is a symbolic link that leads back to itself/],
  'a broken link': [(path) => symlink('nowhere', path), /does not exist|matches no file/],
  'a folder': [(path) => mkdir(path), /does not name a file|matches no file/],
};

describe('files that a repository holds to harm', function () {
  this.timeout(120_000);
  let top: string;
  let folder: string;
  let outside: string;

  beforeEach(async function () {
    if (process.platform !== 'linux') this.skip(); // it needs links, pipes and /proc
    top = await mkdtemp(join(tmpdir(), 'hostile-'));
    folder = join(top, 'work');
    // Its path begins with that of the working folder.
    outside = join(top, 'work-of-others');
    await mkdir(folder);
    await writeFile(outside, `${secret}\n`);
  });
  afterEach(() => rm(top, { recursive: true }));

  async function taskOf(name: string): Promise<Task> {
    return ((await import(`../../tasks/${name}/task`)) as { readonly task: Task }).task;
  }

  /** Runs a task, which may not say a word of the file outside. */
  async function run(name: string, inputs: Inputs, connections: Readonly<Record<string, FakeConnection>> = {}) {
    const variables = { 'System.DefaultWorkingDirectory': folder, 'Agent.TempDirectory': join(top, 'temp') };
    const agent = new FakeAgent(inputs, connections, variables);
    const { runTask } = await import('../../shared/task/runTask'); // the instance of the task
    await runTask(await taskOf(name), { agent, clock: new FakeClock(), signal: new AbortController().signal });
    const { said, outputs, summaries, attachments, results } = agent;
    const all = JSON.stringify([said, outputs, summaries, attachments, results]);
    assert.ok(!all.includes('hunter2') && !all.includes('PATH='), all);
    return agent.end;
  }

  it('are refused by every input that names a file, whatever they are', async () => {
    let tried = 0;
    for (const name of await readdir(join(projectRoot, 'tasks'))) {
      const files = Object.entries((await taskOf(name)).inputs).filter(
        ([, { manifest }]) => manifest.type === 'filePath',
      );
      for (const [input, { manifest }] of files)
        for (const [what, [make, said]] of Object.entries(hostile)) {
          const path = join(folder, 'file');
          await make(path, outside);
          const { result, message } = await run(name, { ...manifest.when, [input]: 'file' });
          assert.equal(result, 'Failed', `${name}, ${input}, ${what}`);
          const [line = ''] = message.split('\n').filter((text) => text.includes(`Input '${input}'`));
          assert.match(line, said, `${name}, ${input}, ${what}: ${message}`);
          await rm(path, { recursive: true });
          tried += 1;
        }
    }
    assert.ok(tried >= 15 * Object.keys(hostile).length, String(tried));
  });

  const kubernetes = {
    k: {
      url: 'https://k',
      scheme: 'Kubernetes',
      parameters: { kubeconfig: 'x' },
      data: { authorizationType: 'Kubeconfig' },
    },
  };
  const render = { connectionType: 'kubernetes', kubernetesConnection: 'k', action: 'render' };
  const wheel = 'demo-1.0-py3-none-any.whl';
  const patterns: readonly [task: string, inputs: Inputs, file: string][] = [
    ['InstallLibraries', { cluster: 'c', connection: 'd', uploadFolder: '/Shared/l', files: wheel }, wheel],
    ['InstallLibraries', { cluster: 'c', connection: 'd', uploadFolder: '/Shared/l', files: '**/*.whl' }, wheel],
    ['DeployAks', { ...render, source: 'manifests', manifests: 'a.yml' }, 'a.yml'],
    ['DeployAks', { ...render, source: 'manifests', manifests: '*.yml' }, 'a.yml'],
    ['DeployAks', { ...render, serviceName: 'x', image: 'r.io/x:1', configFiles: 'a.txt' }, 'a.txt'],
    ['DeployAks', { ...render, serviceName: 'x', image: 'r.io/x:1', configFiles: '**/*.txt' }, 'a.txt'],
  ];
  for (const [name, inputs, file] of patterns)
    it(`are refused by patterns of ${name}: ${inputs['files'] ?? inputs['manifests'] ?? inputs['configFiles'] ?? ''}`, async () => {
      const connections = { ...kubernetes, d: { url: 'https://127.0.0.1:1', token: 't' } };
      for (const [what, [make, said]] of Object.entries(hostile)) {
        await make(join(folder, file), outside);
        const { result, message } = await run(name, inputs, connections);
        assert.equal(result, 'Failed', `${what}: ${message}`);
        // Wildcards pass over what is not a file.
        assert.match(
          message,
          JSON.stringify(inputs).includes('*') ? new RegExp(`${said.source}|matches no file`) : said,
          what,
        );
        await rm(join(folder, file), { recursive: true });
      }
    });

  for (const [what, [make, said]] of Object.entries(hostile))
    it(`are refused where a requirements file includes them: ${what}`, async () => {
      await make(join(folder, 'included.txt'), outside);
      const inputs = { connection: 'd', cluster: 'c' };
      for (const option of ['-r', '-c', '--constraint ']) {
        await writeFile(join(folder, 'requirements.txt'), `pandas\n${option} included.txt\n`);
        await writeFile(join(folder, 'environment.yml'), `dependencies: [pip: ["${option} included.txt"]]\n`);
        for (const file of [{ requirementsFile: 'requirements.txt' }, { environmentFile: 'environment.yml' }]) {
          const { result, message } = await run(
            'InstallLibraries',
            { ...inputs, ...file },
            { d: { url: 'https://127.0.0.1:1', token: 't' } },
          );
          assert.equal(result, 'Failed');
          assert.match(message, what === 'a folder' ? /is a folder, not a file/ : said);
        }
      }
    });

  it('are refused where a requirements file includes a path outside of the folders', async () => {
    for (const path of [
      outside,
      '../work-of-others',
      '/proc/self/environ',
      '/dev/zero',
      '../../../../../../../etc/passwd',
    ]) {
      await writeFile(join(folder, 'requirements.txt'), `-r ${path}\n`);
      const { message } = await run(
        'InstallLibraries',
        { connection: 'd', cluster: 'c', requirementsFile: 'requirements.txt' },
        { d: { url: 'https://127.0.0.1:1', token: 't' } },
      );
      assert.match(message, refused);
    }
  });

  it('are not written through: the output folder, and the files in it', async () => {
    await writeFile(join(folder, 'm.yml'), 'variables:\n  modelName: m\n  modelVersion: 1.0.0\n');
    await mkdir(join(folder, 'out'));
    for (const name of ['resolved.yml', 'resolved.json']) await symlink(outside, join(folder, 'out', name));
    assert.equal((await run('LoadModelVariables', { modelFile: 'm.yml', outputFolder: 'out' })).result, 'Succeeded');
    assert.match(await readFile(join(folder, 'out', 'resolved.yml'), 'utf8'), /^modelName: m$/m);
    assert.equal(await readFile(outside, 'utf8'), `${secret}\n`);

    await mkdir(join(top, 'others'));
    await symlink('../others', join(folder, 'elsewhere'));
    const { message } = await run('LoadModelVariables', { modelFile: 'm.yml', outputFolder: 'elsewhere/deep' });
    assert.match(
      message,
      /^Could not write the resolved variables: '.*' leads out of the folders of the job by a symbolic link/,
    );
    assert.deepEqual(await readdir(join(top, 'others')), []);
  });

  it('are refused as the source folder, where the repository has a link out', async () => {
    await mkdir(join(top, 'others'));
    await symlink('../others', join(folder, 'notebooks'));
    const inputs = { connection: 'd', workspaceFolder: '/Shared/m', sourceFolder: 'notebooks' };
    const { message } = await run('ImportNotebooks', inputs, { d: { url: 'https://127.0.0.1:1', token: 't' } });
    assert.match(
      message,
      /^Input 'sourceFolder' names the folder .*notebooks, which is a symbolic link that leads out/,
    );
  });
});
