import assert from 'node:assert/strict';
import { CancelledError } from '../../shared/errors';
import { InstallLibrariesWorkspace } from './installLibrariesWorkspace';

const libraries = '- pypi: { package: numpy }\n- pypi: { package: scipy }';

describe('InstallLibraries while it waits', () => {
  let workspace: InstallLibrariesWorkspace;
  beforeEach(async () => {
    workspace = await InstallLibrariesWorkspace.open();
  });
  afterEach(() => workspace.close());

  it('logs every change of every library, and the progress', async () => {
    workspace.databricks.scriptLibrary({ seconds: 40 });
    const agent = await workspace.run({ libraries });
    const told = agent.text('log').split('\n');
    assert.deepEqual(
      told.filter((line) => line.includes(': ')),
      ['numpy: RESOLVING', 'scipy: PENDING', 'numpy: INSTALLING', 'numpy: INSTALLED', 'scipy: RESOLVING']
        .concat('scipy: INSTALLING', 'scipy: INSTALLED')
        .map((line) => `pypi ${line}`),
    );
    assert.match(agent.text('progress'), /^50 1 of 2 libraries$/m);
  });

  it('reports at the timeout what is not installed yet, and that Databricks continues', async () => {
    workspace.databricks.scriptLibrary({ matching: { library: 'scipy' }, seconds: 3600 });
    const agent = await workspace.run({ libraries, timeoutMinutes: '10' });
    assert.equal(agent.end.result, 'Failed');
    assert.match(
      agent.end.message,
      /^Timed out waiting for the libraries of cluster .*, after 10 min\. Databricks continues to install the libraries/,
    );
    assert.match(agent.summaries['Databricks libraries'] ?? '', /numpy \| installed .*\n.*scipy \| not installed yet/);
    assert.equal(agent.outputs['installedCount'], '1');
  });

  for (const [what, path, message] of [
    ['the installation', '*/cluster-status', / Databricks continues to install the libraries that were requested\.$/],
    ['the start of the cluster', '*/clusters/start', / is left as it is: /],
  ] as const)
    it(`stops waiting for ${what} when it is cancelled, and says what continues`, async () => {
      await workspace.call('2.1/clusters/delete', {});
      workspace.databricks.scriptLibrary({ seconds: 600 });
      const cancellation = new AbortController();
      const agent = workspace.agentOf({ libraries });
      agent.progress = () => {
        const count = workspace.databricks.requests.list(path.slice(1)).length;
        if (count > (path === '*/cluster-status' ? 3 : 0)) cancellation.abort(new CancelledError());
      };
      await workspace.run({}, { agent, signal: cancellation.signal });
      assert.equal(agent.end.result, 'Canceled', agent.text());
      assert.match(agent.end.message, message);
      await workspace.databricks.clock.advance(3_600_000);
      assert.equal(workspace.databricks.clusters.get(workspace.clusterId).state, 'RUNNING');
    });

  it('fails when the cluster terminates, with the reason of Databricks', async () => {
    workspace.databricks.scriptLibrary({ seconds: 600 });
    const agent = workspace.agentOf({ libraries });
    const log = agent.log.bind(agent);
    agent.log = (text) => {
      log(text);
      if (text.endsWith('INSTALLING'))
        workspace.databricks.clusters.terminate(workspace.databricks.clusters.get(workspace.clusterId), {
          code: 'SPOT_INSTANCE_TERMINATION',
          type: 'CLOUD_FAILURE',
        });
    };
    await workspace.run({}, { agent });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /went down while libraries were being installed: .*SPOT_INSTANCE_TERMINATION/);
  });

  it('continues when somebody restarts the cluster meanwhile', async () => {
    workspace.databricks.scriptLibrary({ seconds: 100 });
    const agent = workspace.agentOf({ libraries });
    const log = agent.log.bind(agent);
    let isRestarted = false;
    agent.log = (text) => {
      log(text);
      if (!text.endsWith('INSTALLING') || isRestarted) return;
      isRestarted = true;
      const { clusters } = workspace.databricks;
      clusters.restart(clusters.get(workspace.clusterId), 'someone@example.com');
    };
    await workspace.run({}, { agent });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
  });

  it('does not restart a cluster that somebody restarts at the same moment', async () => {
    await workspace.has('numpy==1.26.4');
    const agent = workspace.agentOf({ libraries });
    const log = agent.log.bind(agent);
    agent.log = (text) => {
      log(text);
      const { clusters } = workspace.databricks;
      if (text.includes(' is restarted ')) clusters.restart(clusters.get(workspace.clusterId), 'someone@example.com');
    };
    await workspace.run({}, { agent });
    assert.equal(agent.end.result, 'Succeeded', agent.text());
    const { events } = workspace.databricks.clusters.get(workspace.clusterId);
    assert.equal(events.filter(({ type }) => type === 'RESTARTING').length, 1);
  });

  it('reports when somebody uninstalls a wanted library meanwhile', async () => {
    workspace.databricks.scriptLibrary({ seconds: 100 });
    const agent = workspace.agentOf({ libraries });
    const log = agent.log.bind(agent);
    agent.log = (text) => {
      log(text);
      const { clusters, libraries: all } = workspace.databricks;
      if (text.endsWith('scipy: INSTALLING'))
        all.uninstall(clusters.get(workspace.clusterId), [{ pypi: { package: 'scipy' } }]);
    };
    await workspace.run({}, { agent });
    assert.match(agent.end.message, /^1 of 2 libraries were not installed on /);
    assert.match(agent.text('error'), /^pypi scipy failed: Somebody uninstalled it/);
  });

  it('fails when the cluster does not restart, with Databricks’ reason', async () => {
    await workspace.has('numpy==1.26.4');
    workspace.databricks.scriptCluster({ failure: 'quota' });
    const agent = await workspace.run({ libraries });
    assert.equal(agent.end.result, 'Failed');
    assert.match(agent.end.message, /did not start: .*QUOTA/);
    assert.equal(agent.outputs['restarted'], 'false');
  });
});
