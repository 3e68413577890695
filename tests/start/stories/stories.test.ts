import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { servingState, workspaceState } from './storyState';
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

  it('trains, evaluates and deploys a model that scores in batches with the same result, and then changes nothing', async () => {
    const [pipelines, terminal] = stages();
    for (const name of ['train', 'evaluate', 'deploy']) await pipelines.pipeline(name);
    const first = await terminal.script('batchStory.sh');
    assert.equal(first.exitCode, 0, first.stderr);
    assert.deepEqual(workspaceState(terminal.sandbox), workspaceState(pipelines.sandbox));

    const { requests } = terminal.sandbox.databricks;
    const before = requests.list().length;
    const second = await terminal.script('batchStory.sh');
    assert.equal(second.exitCode, 0, second.stderr);
    const writes = requests
      .list()
      .slice(before)
      .filter(({ method, path }) => method !== 'GET' && !path.startsWith('/oidc/'))
      .map(({ path }) => path.replace(/^\/api\/\d\.\d\//, ''));
    // What does work again, and nothing that defines it.
    assert.deepEqual(
      [...new Set(writes)].sort(),
      ['clusters/delete', 'clusters/start', 'jobs/run-now', 'jobs/runs/submit'],
      writes.join(),
    );
    for (const said of [
      /0 imported, \d+ unchanged/,
      /Cluster '\w+' \(\S+\) is unchanged/,
      /The job '\w+' is as defined/,
    ])
      assert.equal(second.stderr.match(new RegExp(said, 'g'))?.length, 3, second.stderr);
  });

  it('deploys a REST service with the same result, and then changes nothing', async () => {
    const [pipelines, terminal] = stages();
    await pipelines.pipeline('deploy', { serving: 'rest' });
    const first = await terminal.script('restStory.sh');
    assert.equal(first.exitCode, 0, first.stderr);
    assert.deepEqual(servingState(terminal.sandbox), servingState(pipelines.sandbox));

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
