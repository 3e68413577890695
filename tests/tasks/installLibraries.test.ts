import assert from 'node:assert/strict';
import { join } from 'node:path';
import { archive, InstallLibrariesWorkspace } from './installLibrariesWorkspace';

describe('InstallLibraries', () => {
  let workspace: InstallLibrariesWorkspace;
  beforeEach(async () => {
    workspace = await InstallLibrariesWorkspace.open();
  });
  afterEach(() => workspace.close());

  const wheel = 'demo_model-1.0.0-py3-none-any.whl';

  it('installs the libraries of a requirements file, a list and local files, and changes nothing in the second run', async () => {
    await workspace.write({
      'requirements.txt':
        '# ours\npandas==2.2.3\nscikit-learn>=1.5 ; python_version >= "3.11"\ntomli ; python_version < "3.11"\n',
      [`dist/${wheel}`]: archive('1'),
      'jars/demo.jar': archive('2'),
    });
    const inputs = {
      requirementsFile: join(workspace.folder, 'requirements.txt'),
      libraries: '- maven: { coordinates: "org.example:demo:1.0" }\n- pypi: { package: Pandas==2.2.3 }',
      files: 'dist/*.whl\njars/demo.jar',
      uploadFolder: '/Shared/libraries/',
    };
    const agent = await workspace.run(inputs);

    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.deepEqual(agent.outputs, {
      clusterId: workspace.clusterId,
      installedCount: '5',
      alreadyInstalledCount: '0',
      removedCount: '0',
      restarted: 'false',
    });
    const titles = Object.keys(workspace.libraries());
    assert.deepEqual(
      titles.map((title) => title.replace(/\/[0-9a-f]{16}\//, '/<hash>/')),
      [
        'pypi Pandas==2.2.3',
        'pypi scikit-learn>=1.5',
        'maven org.example:demo:1.0',
        `whl /Workspace/Shared/libraries/<hash>/${wheel}`,
        'jar /Workspace/Shared/libraries/<hash>/demo.jar',
      ],
    );
    assert.match(agent.text('log'), /requirements\.txt:4: tomli is skipped/);
    assert.match(agent.text('log'), /^pypi scikit-learn>=1\.5 +installed$/m);
    assert.match(agent.summaries['Databricks libraries'] ?? '', /\| maven org.example:demo:1.0 \| installed \|/);
    workspace.writes();

    const again = await workspace.run(inputs);
    assert.equal(again.end.result, 'Succeeded', again.text());
    assert.equal(again.outputs['alreadyInstalledCount'], '5');
    assert.deepEqual(workspace.writes(), []);
    assert.deepEqual(again.summaries, {});
  });

  it('installs a conda environment, and logs what it reads differently', async () => {
    await workspace.write({
      'environment.yml': 'channels: [conda-forge]\ndependencies: [python=3.11, pytorch=2.4, pip: [xgboost==2.1.1]]\n',
    });
    const agent = await workspace.run({ environmentFile: join(workspace.folder, 'environment.yml') });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.deepEqual(Object.keys(workspace.libraries()), ['pypi torch==2.4.*', 'pypi xgboost==2.1.1']);
    assert.match(agent.text('log'), /environment\.yml:1: channels are not used/);
  });

  it('starts a terminated cluster even when all libraries are installed on it', async () => {
    await workspace.has('pandas==2.2.3');
    await workspace.call('2.1/clusters/delete', {});
    const agent = await workspace.run({ libraries: '[{pypi: {package: pandas==2.2.3}}]' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(agent.outputs['alreadyInstalledCount'], '1');
    assert.deepEqual(workspace.libraries(), { 'pypi pandas==2.2.3': 'RESTORED' });
  });

  it('changes a version with a restart, and logs it before', async () => {
    await workspace.has('pandas==2.2.2', 'numpy');
    const agent = await workspace.run({ libraries: '[{pypi: {package: pandas==2.2.3}}]' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.deepEqual(workspace.libraries(), { 'pypi numpy': 'RESTORED', 'pypi pandas==2.2.3': 'INSTALLED' });
    assert.deepEqual(
      { ...agent.outputs, clusterId: '' },
      { clusterId: '', installedCount: '1', alreadyInstalledCount: '0', removedCount: '1', restarted: 'true' },
    );
    assert.match(agent.text('log'), /^Restarting cluster 'train' \(.*\) to remove pypi pandas==2\.2\.2\.$/m);
  });

  it('changes a version on a terminated cluster without a restart', async () => {
    await workspace.has('pandas==2.2.2');
    await workspace.call('2.1/clusters/delete', {});
    workspace.writes();
    const agent = await workspace.run({
      libraries: '[{pypi: {package: pandas==2.2.3}}]',
      restartIfNeeded: 'false',
    });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.deepEqual(workspace.writes(), ['libraries/uninstall', 'clusters/start', 'libraries/install']);
    assert.deepEqual(workspace.libraries(), { 'pypi pandas==2.2.3': 'INSTALLED' });
  });

  it('refuses a restart that is not allowed, before it changes anything', async () => {
    await workspace.has('pandas==2.2.2');
    workspace.writes();
    await workspace.write({ [`dist/${wheel}`]: archive('1') });
    const agent = await workspace.run({
      libraries: '[{pypi: {package: pandas==2.2.3}}]',
      files: 'dist/*.whl',
      uploadFolder: '/Shared/libraries',
      restartIfNeeded: 'false',
    });
    assert.equal(agent.end.result, 'Failed');
    assert.match(
      agent.end.message,
      /would have to be restarted, .* must be removed: pypi pandas==2\.2\.2\. Set 'restartIfNeeded' to true/,
    );
    assert.deepEqual(workspace.writes(), []);
  });

  it('replaces a wheel whose content has changed, and uploads only the new one', async () => {
    await workspace.write({ [`dist/${wheel}`]: archive('1'), 'dist/other-1-py3-none-any.whl': archive('2') });
    const inputs = { files: 'dist/*.whl', uploadFolder: '/Workspace/Shared/libraries' };
    await workspace.run(inputs);
    await workspace.write({ [`dist/${wheel}`]: archive('3') });
    workspace.writes();
    const agent = await workspace.run(inputs);
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.deepEqual(workspace.writes(), [
      'workspace/mkdirs',
      'workspace/import',
      'libraries/uninstall',
      'clusters/restart',
      'libraries/install',
    ]);
    assert.deepEqual(Object.values(workspace.libraries()), ['RESTORED', 'INSTALLED']);
  });

  it('uploads files to a volume once, and again when they are incomplete there', async () => {
    await workspace.write({ [`dist/${wheel}`]: archive('1') });
    const inputs = { files: `dist/${wheel}`, uploadFolder: '/Volumes/main/default/files/our libraries/' };
    const agent = await workspace.run(inputs);
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    const [title = ''] = Object.keys(workspace.libraries());
    assert.match(title, /^whl \/Volumes\/main\/default\/files\/our libraries\/[0-9a-f]{16}\/demo_model/);
    const path = title.slice('whl '.length);
    assert.deepEqual(workspace.databricks.volumes.file(path)?.bytes, Buffer.from(archive('1')));
    workspace.writes();
    await workspace.run(inputs);
    assert.deepEqual(workspace.writes(), []);

    workspace.databricks.volumes.put(path, Buffer.from('half'), true);
    await workspace.run(inputs);
    assert.deepEqual(workspace.databricks.volumes.file(path)?.bytes, Buffer.from(archive('1')));
  });

  it('fails when the volume does not exist', async () => {
    await workspace.write({ [`dist/${wheel}`]: archive('1') });
    const agent = await workspace.run({ files: 'dist/*', uploadFolder: '/Volumes/no/such/volume' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /Could not upload \/Volumes\/no\/such\/volume.*does not exist/);
  });

  it('removes other libraries only when removeOthers is set, and then all', async () => {
    await workspace.has('numpy', 'scipy');
    const libraries = '[{pypi: {package: numpy}}]';
    assert.equal((await workspace.run({ libraries })).outputs['removedCount'], '0');
    const agent = await workspace.run({ libraries, removeOthers: 'true' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(agent.outputs['removedCount'], '1');
    assert.deepEqual(workspace.libraries(), { 'pypi numpy': 'RESTORED' });
    workspace.writes();
    await workspace.run({ libraries, removeOthers: 'true' });
    assert.deepEqual(workspace.writes(), []);
  });

  it('restarts a cluster on which somebody has uninstalled a required library', async () => {
    await workspace.has('numpy');
    await workspace.call('2.0/libraries/uninstall', { libraries: [{ pypi: { package: 'numpy' } }] });
    const agent = await workspace.run({ libraries: '[{pypi: {package: numpy}}]' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.equal(agent.outputs['restarted'], 'true');
    assert.deepEqual(workspace.libraries(), { 'pypi numpy': 'INSTALLED' });
  });

  it('reports the message of Databricks for each failed library, after it has waited for the others', async () => {
    const libraries =
      '- pypi: { package: no-such-package==1.0 }\n- pypi: { package: numpy }\n- maven: { coordinates: "a:b_2.11:1" }';
    const agent = await workspace.run({ libraries });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /^2 of 3 libraries were not installed on /);
    assert.match(
      agent.text('error'),
      /^pypi no-such-package==1\.0 failed: [^]*No matching distribution found for no-such-package==1\.0/,
    );
    assert.match(agent.text('error'), /^maven a:b_2\.11:1 was skipped: .*Scala 2\.11/m);
    assert.equal(agent.outputs['installedCount'], '1');
    assert.match(agent.summaries['Databricks libraries'] ?? '', /\| pypi no-such-package==1.0 \| failed \| Library/);
  });

  it('logs no password of a package index, not even in messages of Databricks', async () => {
    const repo = 'https://user:secret-password@feed.example/simple';
    const messages = [`Process List(pip, install, demo, --index-url, ${repo})\nexited with code 1`];
    workspace.databricks.scriptLibrary({ status: 'FAILED', messages });
    const agent = await workspace.run({ libraries: `[{pypi: {package: demo, repo: "${repo}"}}]` });
    assert.match(agent.text('error'), /demo from https:\/\/\*\*\*@feed\.example[^]*\nexited with code 1/);
    const all = [agent.text(), agent.end.message, ...Object.values(agent.summaries)].join('\n');
    assert.doesNotMatch(all, /secret-password/);
  });

  it('installs a library again that has failed before', async () => {
    workspace.databricks.scriptLibrary({ times: 1, status: 'FAILED', messages: ['the index did not answer'] });
    const libraries = '[{pypi: {package: numpy}}]';
    const first = await workspace.run({ libraries });
    assert.match(first.text('error'), /the index did not answer/);
    const again = await workspace.run({ libraries });
    assert.equal(again.end.result, 'Succeeded', again.text());
    assert.equal(again.outputs['restarted'], 'false');
  });

  it('replaces a version that has failed without a restart, and then changes nothing', async () => {
    await workspace.run({ libraries: '[{pypi: {package: no-such-package==1}}]' });
    workspace.databricks.scriptLibrary({ status: 'INSTALLED' });
    const libraries = '[{pypi: {package: no-such-package==2}}]';
    const agent = await workspace.run({ libraries, restartIfNeeded: 'false' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.match(agent.text('log'), /^pypi no-such-package==1 +to be removed$/m);
    workspace.writes();
    assert.equal((await workspace.run({ libraries, restartIfNeeded: 'false' })).end.result, 'Succeeded');
    assert.deepEqual(workspace.writes(), []);
  });

  it('keeps libraries that are installed on all clusters', async () => {
    await workspace.has('numpy==1.26.4', 'scipy');
    const { databricks } = workspace;
    const list = databricks.libraries.list.bind(databricks.libraries);
    databricks.faults.add({
      path: '*/cluster-status',
      times: 1000,
      effect: 'status',
      status: 200,
      body: JSON.stringify({
        library_statuses: list(workspace.clusterId).map((state) => ({ ...state, is_library_for_all_clusters: true })),
      }),
    });
    workspace.writes();
    const agent = await workspace.run({ libraries: '[{pypi: {package: scipy}}]', removeOthers: 'true' });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.deepEqual(workspace.writes(), []);
  });

  it('only plans in a dry run', async () => {
    await workspace.has('pandas==2.2.2');
    await workspace.call('2.1/clusters/delete', {});
    await workspace.write({ [`dist/${wheel}`]: archive('1') });
    workspace.writes();
    const agent = await workspace.run({
      libraries: '[{pypi: {package: pandas==2.2.3}}]',
      files: join(workspace.folder, '**/*.whl'),
      uploadFolder: '/Shared/libraries',
      dryRun: 'true',
    });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    assert.deepEqual(workspace.writes(), []);
    assert.match(
      agent.text('log'),
      /remove {2}pypi pandas==2\.2\.2\nstart .*TERMINATED\ninstall pypi pandas==2\.2\.3\ninstall whl/,
    );
  });

  it('lists everything that cannot be installed in one error, before any call', async () => {
    await workspace.write({
      'requirements.txt': 'pandas==2.2.3\n-e .\nnumpy @ https://example.com/numpy.whl\n',
      'dist/bad.whl': archive('1'),
      'dist/lfs-1-py3-none-any.whl': `version https://git-lfs.github.com/spec/v1\noid sha256:${'7'.repeat(64)}\nsize 2161959\n`,
      'notes.txt': '',
    });
    const agent = await workspace.run({
      requirementsFile: join(workspace.folder, 'requirements.txt'),
      libraries: '[{pypi: {package: pandas==1.0}}]',
      files: 'dist/*.whl\nnotes.txt\nlib/*.jar',
      uploadFolder: '/Shared/libraries',
    });
    assert.equal(agent.end.result, 'Failed');
    for (const part of [
      /requirements\.txt:2: .*editable/,
      /requirements\.txt:3: numpy has a URL/,
      /'libraries' has libraries that cannot be installed:[^]*pypi pandas==1\.0 contradicts pypi pandas==2\.2\.3 in the requirements file/,
      /bad\.whl does not have the name of a wheel/,
      /notes\.txt is neither a wheel nor a jar/,
      /lfs-1-py3-none-any\.whl is a Git LFS pointer, not the file itself\. Set 'lfs: true' on the checkout step/,
      /'lib\/\*\.jar' matches no file/,
    ])
      assert.match(agent.end.message, part);
    assert.equal(workspace.databricks.requests.list().length, 0);
  });

  it('evaluates markers with the Python version of the cluster, before it changes anything', async () => {
    await workspace.write({ 'requirements.txt': 'demo @ https://example.com/demo.whl ; python_version == "3.11"\n' });
    const agent = await workspace.run({ requirementsFile: join(workspace.folder, 'requirements.txt') });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /requirements\.txt:1: demo has a URL/);
    assert.deepEqual(workspace.writes(), []);
  });

  for (const [what, inputs, message] of [
    [
      'nothing to install',
      {},
      /^Input 'libraries' is required, unless 'requirementsFile', 'environmentFile' or 'files' is given\.$/,
    ],
    ['files without a folder', { files: 'a.whl' }, /'uploadFolder' is required when 'files' is given/],
    [
      'a folder outside of the workspace',
      { files: 'a.whl', uploadFolder: 'dbfs:/x' },
      /'uploadFolder' must be a folder of the workspace/,
    ],
    ['an item of two kinds', { libraries: '[{whl: /a.whl, jar: /b.jar}]' }, /in item 1, and no other field/],
    ['an item of a wrong shape', { libraries: '- pypi: numpy' }, /line 1: .*pypi/],
  ] as const)
    it(`refuses ${what}`, async () => {
      const agent = await workspace.run(inputs);
      assert.equal(agent.end.result, 'Failed');
      assert.match(agent.end.message, message);
    });

  it('refuses a requirements file together with a conda environment', async () => {
    await workspace.write({ 'r.txt': 'numpy', 'e.yml': 'dependencies: [numpy]' });
    const path = (name: string): string => join(workspace.folder, name);
    const agent = await workspace.run({ requirementsFile: path('r.txt'), environmentFile: path('e.yml') });
    assert.match(agent.end.message, /'requirementsFile' cannot be combined with 'environmentFile'/);
  });

  it('fails when there is no such cluster', async () => {
    const agent = await workspace.run({ cluster: 'other', libraries: '[{pypi: {package: numpy}}]' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /^There is no cluster 'other'/);
  });
});
