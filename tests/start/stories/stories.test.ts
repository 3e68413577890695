import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registeredModels, servingState, workspaceState } from './storyState';
import { StoryStage } from './storyStage';

describe('A shell script of mloccli calls, beside the pipelines of the template', function () {
  this.timeout(180_000);
  let folder: string;
  let [inPipelines, inTerminal]: (StoryStage | undefined)[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stories-'));
    inPipelines = await StoryStage.open(join(folder, 'pipelines'));
    inTerminal = await StoryStage.open(join(folder, 'terminal'));
  });
  after(async () => {
    await inPipelines?.close();
    await inTerminal?.close();
    await rm(folder, { recursive: true, force: true });
  });
  const stages = () => [inPipelines ?? assert.fail(), inTerminal ?? assert.fail()] as const;

  async function runsInPipelines(): Promise<void> {
    const [pipelines] = stages();
    for (const name of ['train', 'evaluate', 'deploy']) await pipelines.pipeline(name);
  }

  it('trains, evaluates and deploys a model that scores in batches with the same result, and then changes its version alone', async () => {
    const [pipelines, terminal] = stages();
    await runsInPipelines();
    const first = await terminal.script('batchStory.sh');
    assert.equal(first.exitCode, 0, first.stderr);
    const created = workspaceState(terminal.sandbox);
    assert.deepEqual(created, workspaceState(pipelines.sandbox));
    assert.deepEqual(
      created.models.map(({ versions, aliases }) => [versions.length, aliases]),
      [[1, { challenger: 1, champion: 1 }]],
    );

    const { requests } = terminal.sandbox.databricks;
    const before = requests.list().length;
    const second = await terminal.script('batchStory.sh');
    assert.equal(second.exitCode, 0, second.stderr);
    const writes = requests
      .list()
      .slice(before)
      .filter(({ method, path }) => method !== 'GET' && !path.startsWith('/oidc/'))
      .map(({ path }) => path.replace(/^\/api\/\d\.\d\//, ''));
    // The second training registers a second version; what does work works again, and the trial runs the second version.
    const registers =
      /^(mlflow\/|fs\/files\/(WorkspaceInternal\/Mlflow|Models\/main\/default\/demo_model\/2)\/|unity-catalog\/models\/[^/]+\/aliases\/)/;
    assert.deepEqual(
      writes.filter((path) => !registers.test(path)).sort(),
      [
        ...['clusters/delete', 'clusters/delete', 'clusters/start', 'clusters/start'],
        ...['jobs/reset', 'jobs/run-now', 'jobs/run-now', 'jobs/runs/submit'],
      ],
      second.stderr,
    );
    for (const [said, times] of [
      [/0 imported, \d+ unchanged/, 3],
      [/Cluster '\w+' \(\S+\) is unchanged/, 3],
      [/The job '\w+_(training_dev|scoring_prod)' is as defined/, 2],
    ] as const)
      assert.equal(second.stderr.match(new RegExp(said, 'g'))?.length, times, second.stderr);

    await runsInPipelines();
    const changed = workspaceState(terminal.sandbox);
    assert.deepEqual(changed, workspaceState(pipelines.sandbox));
    assert.deepEqual([changed.objects, changed.clusters], [created.objects, created.clusters]);
    assert.deepEqual(
      changed.models.map(({ versions, aliases }) => [versions.length, aliases]),
      [[2, { challenger: 2, champion: 2 }]],
    );
  });

  it('deploys a REST service with the same result, and then changes nothing', async () => {
    const [pipelines, terminal] = stages();
    await pipelines.pipeline('deploy', { serving: 'rest' });
    const first = await terminal.script('restStory.sh');
    assert.equal(first.exitCode, 0, first.stderr);
    assert.deepEqual(servingState(terminal.sandbox), servingState(pipelines.sandbox));
    const models = ({ sandbox }: StoryStage) => registeredModels(sandbox.databricks);
    assert.deepEqual(models(terminal), models(pipelines));

    const { azure, kubernetes } = terminal.sandbox;
    const versions = () =>
      (['deployments', 'services', 'poddisruptionbudgets'] as const).flatMap((kind) =>
        kubernetes.store.list(kind, 'models').map(({ metadata: { uid, generation } }) => ({ kind, uid, generation })),
      );
    const [created, requestsBefore] = [versions(), azure.requests.list().length];
    const second = await terminal.script('restStory.sh');
    assert.equal(second.exitCode, 0, second.stderr);
    const methods = azure.requests
      .list()
      .slice(requestsBefore)
      .map(({ method }) => method);
    // A POST asks for the credentials of the cluster.
    assert.ok(!methods.some((method) => ['PUT', 'PATCH', 'DELETE'].includes(method)), methods.join());
    assert.deepEqual(versions(), created);
    for (const said of [/container group 'demo-model' is unchanged/, /demo-model already runs/, /nothing to promote/])
      assert.match(second.stderr, said);
  });
});
