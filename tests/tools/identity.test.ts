import assert from 'node:assert/strict';
import { projectRoot } from '../../tools/commandLine';
import { identify, uuidv5, type IdentityOptions } from '../../tools/identity';
import { readExtensionManifest, readTasks } from '../../tools/manifests';

const extension = await readExtensionManifest(projectRoot);
const tasks = (await readTasks(projectRoot)).map((task) => task.manifest);

describe('the identity of a build', () => {
  const build = (version: string, options: IdentityOptions = {}) => identify(extension, tasks, version, options);

  it('has the version of the project; a task keeps its Major and gets Minor and Patch', () => {
    const second = tasks.map((task) => ({ ...task, version: { Major: 2, Minor: 0, Patch: 0 } }));
    const built = identify(extension, second, '1.4.7', {});
    assert.equal(built.extension.version, '1.4.7');
    for (const task of built.tasks) assert.deepEqual(task.version, { Major: 2, Minor: 4, Patch: 7 });
  });

  it('can have another publisher and extension ID, with the same tasks', () => {
    const other = build('1.0.0', { publisher: 'contoso', extensionId: 'models' });
    assert.deepEqual([other.extension.publisher, other.extension.id], ['contoso', 'models']);
    assert.deepEqual(
      other.tasks.map(({ id, inputs }) => [id, inputs]),
      tasks.map(({ id, inputs }) => [id, inputs]),
    );
  });

  it('shares no ID with the release when it is for development, and is deterministic', () => {
    const [released, dev] = [build('1.0.0'), build('1.0.0', { dev: true })];
    assert.deepEqual(build('1.0.0', { dev: true }), dev);
    assert.notEqual(dev.extension.id, released.extension.id);
    const ids = [...released.tasks, ...dev.tasks].map((task) => task.id);
    assert.equal(new Set(ids).size, ids.length);
    const elsewhere = build('1.0.0', { dev: true, publisher: 'contoso' });
    assert.notEqual(elsewhere.tasks[0]?.id, dev.tasks[0]?.id);
  });

  it('keeps the schemes of its connection type, and other connection types', () => {
    const [task] = tasks;
    assert.ok(task);
    const types = ['connectedService:databricksworkspace:Token,None', 'connectedService:AzureRM', 'string'];
    const inputs = types.map((type) => ({ name: 'a', label: 'A', type }));
    const built = identify(extension, [{ ...task, inputs }], '1.0.0', { dev: true });
    assert.deepEqual(
      built.tasks[0]?.inputs.map((input) => input.type),
      ['connectedService:databricksworkspacedev:Token,None', 'connectedService:AzureRM', 'string'],
    );
  });

  it('requires a version of three numbers', () => assert.throws(() => build('1.0'), /1\.0 is not a version/));
});

describe('uuidv5', () => {
  it('returns the IDs of RFC 9562', () =>
    assert.equal(uuidv5('www.example.com'), '2ed6657d-e927-568b-95e1-2665a8aea6a2'));
});
