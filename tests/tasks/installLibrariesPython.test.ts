import assert from 'node:assert/strict';
import { join } from 'node:path';
import { InstallLibrariesWorkspace } from './installLibrariesWorkspace';

const requirements = 'numpy==1.26.4; python_version < "3.13"\ntomli==2.0.1; python_version < "3.11"\ntqdm==4.66.4\n';

describe('InstallLibraries, the Python version of the cluster', () => {
  let workspace: InstallLibrariesWorkspace;
  afterEach(() => workspace.close());

  async function install(runtime: string, inputs: Readonly<Record<string, string>> = {}) {
    workspace = await InstallLibrariesWorkspace.open({}, runtime);
    await workspace.write({ 'requirements.txt': requirements });
    return workspace.run({ requirementsFile: join(workspace.folder, 'requirements.txt'), ...inputs });
  }
  const installed = (): readonly string[] => Object.keys(workspace.libraries());

  for (const runtime of ['18.x-scala2.13', '18.x-photon-scala2.13', '18.x-cpu-ml-scala2.13', '18.x-aarch64-scala2.13'])
    it(`is known for ${runtime}`, async () => {
      const agent = await install(runtime);
      assert.equal(agent.end.result, 'Succeeded', agent.text());
      assert.deepEqual(installed(), ['pypi numpy==1.26.4', 'pypi tqdm==4.66.4']);
      assert.match(agent.text('log'), /requirements\.txt:2: tomli is skipped/);
      assert.equal(agent.text('warning'), '');
    });

  it('is required if the runtime is unknown and a condition depends on it, before any change', async () => {
    const agent = await install('19.x-scala2.13');
    assert.equal(agent.end.result, 'Failed');
    const { message } = agent.end;
    assert.match(
      message,
      /requirements\.txt:1: numpy is needed if .*, but the Python version of the cluster is not known\./,
    );
    assert.match(
      message,
      /'pythonVersion' is required: cluster 'train' \(.+\) has the runtime '19\.x-scala2\.13', whose Python version is not known\./,
    );
    assert.deepEqual(workspace.writes(), []);
  });

  it('can be given', async () => {
    const agent = await install('19.x-scala2.13', { pythonVersion: '3.10' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.deepEqual(installed(), ['pypi numpy==1.26.4', 'pypi tomli==2.0.1', 'pypi tqdm==4.66.4']);
    assert.equal(agent.text('warning'), '');
  });

  it('that is given replaces the one of the runtime, with a warning', async () => {
    const agent = await install('18.x-scala2.13', { pythonVersion: '3.13.1' });
    assert.deepEqual(installed(), ['pypi tqdm==4.66.4']);
    assert.match(agent.text('warning'), /^'pythonVersion' is 3\.13\.1, but cluster 'train' \(.+\) has Python 3\.12\.$/);
  });

  it('is not needed without conditions', async () => {
    workspace = await InstallLibrariesWorkspace.open({}, '19.x-scala2.13');
    const agent = await workspace.run({ libraries: '- pypi: { package: tqdm }' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
  });

  for (const pythonVersion of ['3', '3.x', 'python3.12', '2.7'])
    it(`is refused as '${pythonVersion}'`, async () => {
      const agent = await install('18.x-scala2.13', { pythonVersion });
      assert.match(agent.end.message, /'pythonVersion' must be a Python version, such as 3\.12 or 3\.12\.3\./);
      assert.equal(workspace.databricks.requests.list().length, 0);
    });
});
