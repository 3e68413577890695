import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../tools/commandLine';
import { uuidv5 } from '../../tools/identity';
import { readExtensionManifest, readTasks, taskContribution, type Contribution } from '../../tools/manifests';
import { checkBudgets, createVsix, packageExtension, type PackagedExtension } from '../../tools/package';

describe('the package', () => {
  let outputFolder: string;
  let released: PackagedExtension;
  before(async () => {
    outputFolder = await mkdtemp(path.join(tmpdir(), 'package-'));
    released = await packageExtension({ root: projectRoot, outputFolder: path.join(outputFolder, 'released') });
  });
  after(() => rm(outputFolder, { recursive: true }));

  it('contains only the extension, without a warning and within the size budgets', async () => {
    const { entries, vsix } = released;
    const { publisher, id, version } = await readExtensionManifest(projectRoot);
    assert.equal(vsix, path.join(outputFolder, 'released', `${publisher}.${id}-${version}.vsix`));
    const tasks = (await readTasks(projectRoot)).map(({ folder }) => folder);
    const made = ['THIRD-PARTY-NOTICES.txt', '[Content_Types].xml', 'extension.vsixmanifest', 'extension.vsomanifest'];
    const images = ['connection', 'extension', 'hub-dark', 'hub-light'].map((name) => `images/${name}.png`);
    // What overview.md shows of the documentation.
    const pictures = ['run', 'variables'].map((name) => `docs/images/hub-${name}-light.png`);
    const copied = ['LICENSE', 'overview.md', ...pictures, ...images];
    const pages = ['models', 'run'].flatMap((page) => ['css', 'html', 'js'].map((type) => `hub/${page}.${type}`));
    const ofTasks = tasks.flatMap((task) =>
      ['icon.png', 'index.js', 'task.json'].map((file) => `tasks/${task}/${file}`),
    );
    const names = entries.map(({ name }) => name);
    // The bundler names the parts that the pages load on demand.
    const isPart = (name: string): boolean => /^hub\/parts\/[\w-]+\.js$/.test(name);
    assert.ok(names.some(isPart));
    assert.deepEqual(
      names.filter((name) => !isPart(name)),
      [...made, ...copied, 'hub/begin.js', ...pages, ...ofTasks].sort(),
    );
  });

  it('has scripts that Chrome and Edge compile beside the page', async () => {
    const scripts = released.entries.filter(({ name, bytes }) => /^hub\/.*\.js$/.test(name) && bytes > 10_000);
    assert.ok(scripts.length > 5);
    for (const { name } of scripts) {
      const text = await readFile(path.join(released.folder, name), 'utf8');
      assert.match(text, /^\/\/# allFunctionsCalledOnLoad\n/, name);
    }
  });

  it('can be built for development: other IDs, names, GUIDs and connection type', async () => {
    const dev = await packageExtension({ root: projectRoot, outputFolder: path.join(outputFolder, 'dev'), dev: true });
    const { publisher, id, version, name } = await readExtensionManifest(projectRoot);
    assert.equal(path.basename(dev.vsix), `${publisher}.${id}-dev-${version}.vsix`);
    assert.equal(dev.manifest.name, `${name} (dev)`);
    assert.deepEqual(endpointTypes(dev.manifest.contributions), ['databricksworkspacedev']);

    const tasks = await readTasks(dev.folder);
    for (const { folder, manifest } of await readTasks(projectRoot)) {
      const task = tasks.find((other) => other.folder === folder)?.manifest;
      assert.equal(task?.id, uuidv5(`${publisher}.${id}-dev.${manifest.name}`));
      assert.notEqual(task.id, manifest.id);
      assert.equal(task.friendlyName, `${manifest.friendlyName} (dev)`);
      const types = task.inputs.map(({ type }) => type);
      assert.ok(!types.includes('connectedService:databricksworkspace'), folder);
    }
  });

  it('is refused when it or a task exceeds its size budget or has none', async () => {
    const failure = checkBudgets(released, released.vsixBytes, {
      vsix: 1000,
      tasks: { RunJob: 2000 },
      cli: 100,
      hub: { scripts: 100, allScripts: 200, styles: 300 },
    });
    await assert.rejects(failure, (error: Error) => {
      assert.match(error.message, /^the VSIX is \d+ bytes, \d+ over its budget of 1000\.$/m);
      assert.match(error.message, /^RunJob is \d+ bytes, \d+ over its budget of 2000\.$/m);
      assert.match(error.message, /^the scripts of the list and the variables .* \d+ over its budget of 100\.$/m);
      assert.match(error.message, /^all scripts of the Models page is \d+ bytes, \d+ over its budget of 200\.$/m);
      assert.match(error.message, /^the styles of the Models page is \d+ bytes, \d+ over its budget of 300\.$/m);
      assert.match(error.message, /^ImportNotebooks has no size budget: it is \d+ bytes\.$/m);
      return true;
    });
  });

  it('is refused when tfx warns', async () => {
    const task = {
      id: randomUUID(),
      name: 'A',
      friendlyName: 'A name that is longer than forty characters',
      instanceNameFormat: 'A',
    };
    const folder = path.join(outputFolder, 'warned');
    await mkdir(path.join(folder, 'tasks', 'A'), { recursive: true });
    await writeFile(path.join(folder, 'tasks', 'A', 'task.json'), JSON.stringify(task));
    const contribution = {
      id: 'A',
      type: taskContribution,
      targets: ['ms.vss-distributed-task.tasks'],
      properties: { name: 'tasks/A' },
    };
    const manifest = {
      ...(await readExtensionManifest(projectRoot)),
      icons: {},
      content: {},
      contributions: [contribution],
    };
    await writeFile(
      path.join(folder, 'vss-extension.json'),
      JSON.stringify({ ...manifest, files: [{ path: 'tasks' }] }),
    );
    await assert.rejects(createVsix(folder, path.join(folder, 'a.vsix')), /tfx warns:[^]*40 chars/);
  });
});

function endpointTypes(contributions: readonly Contribution[]): readonly string[] {
  return contributions.filter(({ type }) => type.endsWith('endpoint-type')).map(({ properties }) => properties.name);
}
