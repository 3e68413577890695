import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionEnvironment, makeConnection } from '../../sandbox/agent/tasks/connections';
import { Extensions } from '../../sandbox/devops/extensions/extensions';
import { bundleTask } from '../../tools/bundleTask';
import { projectRoot } from '../../tools/commandLine';
import { identify } from '../../tools/identity';
import { readExtensionManifest, readTasks, readVersion, type ExtensionManifest } from '../../tools/manifests';
import { bundleOf } from '../support/builtTasks';
import type { DevopsStage } from '../support/devopsStage';
import { openSyncStage, pushFile, saveInHub, syncInputs, syncedText } from '../support/syncStage';
import { startTaskProcess, type ProcessEnd } from '../support/taskProcess';

async function developmentExtension(): Promise<ExtensionManifest> {
  const tasks = (await readTasks(projectRoot)).map(({ manifest }) => manifest);
  const extension = await readExtensionManifest(projectRoot);
  return identify(extension, tasks, await readVersion(projectRoot), { dev: true, publisher: 'contoso' }).extension;
}

describe('the SyncModelVariables bundle', () => {
  let stage: DevopsStage;
  beforeEach(async () => void (stage = await openSyncStage()));
  afterEach(() => stage.close());

  async function run(bundle: string, mode: string): Promise<ProcessEnd> {
    const { state, personalAccessToken: apitoken } = stage.organization;
    const connection = makeConnection({
      name: 'organization',
      type: 'externaltfs',
      url: state.url(''),
      scheme: 'Token',
      parameters: { apitoken },
    });
    const { id: devopsConnection } = connection;
    const given = { connectionType: 'token', devopsConnection, project: stage.project, ...syncInputs(mode) };
    stage.organization.requests.clear();
    const started = await startTaskProcess(bundle, {
      ...connectionEnvironment(connection),
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    });
    return started.end;
  }

  it('brings a value from the repository to the hub, and one from the hub into a pull request', async () => {
    const bundle = await bundleOf('SyncModelVariables');
    await pushFile(stage, syncedText);
    const created = await run(bundle, 'repositoryToHub');
    assert.deepEqual(created.outputs, { change: 'created', registryRevision: '1' }, created.output);
    assert.equal((await run(bundle, 'check')).outputs['drift'], 'false');

    // A save of a person, later than that of the task, which is on the time of this machine.
    stage.clock.advance(Math.max(0, Date.now() - stage.clock.date()));
    await saveInHub(stage, syncedText.replace('epochs: 10', 'epochs: 20'));
    const drift = await run(bundle, 'check');
    assert.deepEqual([drift.result, drift.outputs['differingVariables']], ['Failed', 'epochs'], drift.output);
    const { outputs, output } = await run(bundle, 'hubToRepository');
    assert.deepEqual([outputs['change'], outputs['pullRequestId']], ['updated', '1'], output);
    assert.deepEqual(stage.writtenKinds(), ['POST pushes', 'POST pullrequests']);
    assert.equal((await run(bundle, 'hubToRepository')).outputs['change'], 'unchanged');
    assert.deepEqual(stage.writes(), []);
  });

  it('of a development build uses the data of its own extension alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'development-'));
    try {
      const { publisher, id } = await developmentExtension();
      await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}');
      const bundle = join(folder, 'index.js');
      await bundleTask(projectRoot, 'SyncModelVariables', bundle, { publisher, id });
      await pushFile(stage, syncedText);
      const absent = await run(bundle, 'repositoryToHub');
      assert.equal(absent.result, 'Failed', absent.output);
      assert.match(absent.output, /The hub is not available\. .*The organization does not have this extension/);

      stage.organization.state.of(Extensions).install(publisher, id);
      assert.equal((await run(bundle, 'repositoryToHub')).outputs['change'], 'created');
      const released = await run(await bundleOf('SyncModelVariables'), 'check');
      assert.match(released.output, /The hub has no model 'churn'/);
      const paths = stage.organization.requests.list().map(({ path }) => path);
      assert.ok(!paths.some((path) => path.includes(`/${publisher}/${id}/`)), paths.join('\n'));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
