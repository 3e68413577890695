import assert from 'node:assert/strict';
import { useOrganization, type DevopsAnswer } from '../../../support/devops/fixture';
import { PipelineProject } from './pipelineProject';
import { scriptedRunner } from './scriptedRunner';

const check = `
trigger: none
pool: { vmImage: ubuntu-latest }
steps:
- bash: test -f main.txt && test -f topic.txt && ! grep -q broken topic.txt && cat topic.txt
`;

interface Evaluation {
  readonly evaluationId: string;
  readonly status: string;
  readonly context?: { readonly buildId?: number };
}

describe('Build validation of pull requests in the stand-in', () => {
  let moment = 0;
  beforeEach(() => {
    moment = 0;
  });
  const fixture = useOrganization({ clock: { now: () => Date.now() + moment } });
  const project = new PipelineProject(fixture);
  const git = () => `local/_apis/git/repositories/${project.repositoryId}`;

  /** A pipeline that needs files of both branches, and a pull request whose policy demands it. */
  async function prepare(
    settings: object = {},
    yaml: string | null = check,
  ): Promise<{ definition: number; id: number }> {
    await project.push({ ...(yaml !== null && { 'check.yml': yaml }), 'readme.md': 'r' });
    const definition = await project.define('check', 'check.yml', { triggers: [] });
    await project.push({ 'topic.txt': 'one' }, 'topic');
    await project.push({ 'main.txt': 'm' });
    const scope = [{ repositoryId: project.repositoryId, refName: 'refs/heads/main', matchKind: 'Exact' }];
    await project.send('POST', 'local/_apis/policy/configurations', {
      isEnabled: true,
      isBlocking: true,
      type: { id: '0609b952-1397-4640-95ec-e00a01b2c241' },
      settings: { buildDefinitionId: definition, queueOnSourceUpdateOnly: true, validDuration: 0, scope, ...settings },
    });
    const created = await project.send('POST', `${git()}/pullrequests`, {
      sourceRefName: 'refs/heads/topic',
      targetRefName: 'refs/heads/main',
      title: 'Topic',
    });
    await project.engineIdle();
    return { definition, id: (created.body as { pullRequestId: number }).pullRequestId };
  }

  async function evaluation(id: number): Promise<Evaluation> {
    const { state } = fixture.organization();
    const artifact = `vstfs:///CodeReview/CodeReviewId/${state.projects.all()[0]?.id ?? ''}/${id}`;
    const path = `local/_apis/policy/evaluations?artifactId=${encodeURIComponent(artifact)}`;
    const { value } = (await project.send('GET', path, undefined, '7.1-preview.1')).body as { value: Evaluation[] };
    assert.equal(value.length, 1);
    return value[0] ?? assert.fail();
  }

  /** @returns the pull request after the attempt */
  async function complete(id: number): Promise<{ status: string; mergeStatus?: string }> {
    const read = (answer: DevopsAnswer) =>
      answer.body as { status: string; mergeStatus?: string; lastMergeSourceCommit: { commitId: string } };
    const path = `${git()}/pullrequests/${id}`;
    const { lastMergeSourceCommit } = read(await project.send('GET', path));
    await project.send('PATCH', path, { status: 'completed', lastMergeSourceCommit });
    return read(await project.send('GET', path));
  }

  /** The newest run of the pipeline, when it has ended and is another than those that are known. */
  async function nextRun(definition: number, known = 0) {
    const [newest] = await project.until(
      () => project.builds(definition),
      (all) => all.length > known,
    );
    return project.ended(newest?.id ?? 0);
  }

  it('runs the pipeline for the commit that merges the branches, and completes the pull request only after it', async () => {
    const group = await project.send('POST', 'local/_apis/distributedtask/variablegroups', {
      name: 'model',
      type: 'Vsts',
      variables: { NAME: { value: 'churn' } },
    });
    const { definition, id } = await prepare({}, `${check}variables:\n- group: model\n`);
    const [waiting] = await project.until(
      () => project.builds(definition),
      (all) => all.length > 0,
    );
    await project.waiting(waiting?.id ?? 0, 'Checkpoint.Authorization');
    assert.notEqual((await evaluation(id)).status, 'approved');
    assert.deepEqual([(await complete(id)).status, (await complete(id)).mergeStatus], ['active', 'rejectedByPolicy']);
    await project.send(
      'PATCH',
      `local/_apis/pipelines/pipelinePermissions/variablegroup/${(group.body as { id: number }).id}`,
      { pipelines: [{ id: definition, authorized: true }] },
      '7.1-preview.1',
    );
    const run = await nextRun(definition);
    assert.deepEqual(
      [run.result, run.reason, run.sourceBranch],
      ['succeeded', 'pullRequest', `refs/pull/${id}/merge`],
      await project.log(run.id),
    );
    const commit = (await project.send('GET', `${git()}/commits/${run.sourceVersion}`)).body as { parents: string[] };
    assert.equal(commit.parents.length, 2);
    assert.deepEqual([(await evaluation(id)).status, (await evaluation(id)).context?.buildId], ['approved', run.id]);
    assert.equal((await complete(id)).status, 'completed');
    assert.equal((await evaluation(id)).status, 'approved');
    await project.engineIdle();
    assert.equal((await project.builds(definition)).length, 1, 'a completed pull request needs no run');
  });

  it('rejects a pull request whose run fails, until a new commit succeeds', async () => {
    const { definition, id } = await prepare();
    await nextRun(definition);
    await project.push({ 'topic.txt': 'broken' }, 'topic');
    assert.equal((await nextRun(definition, 1)).result, 'failed');
    assert.equal((await evaluation(id)).status, 'rejected');
    assert.equal((await complete(id)).mergeStatus, 'rejectedByPolicy');
    await project.push({ 'topic.txt': 'mended' }, 'topic');
    assert.equal((await nextRun(definition, 2)).result, 'succeeded');
    assert.equal((await complete(id)).status, 'completed');
  });

  it('rejects a pull request whose pipeline has no file, with a run that says so', async () => {
    const { definition, id } = await prepare({}, null);
    const run = await nextRun(definition);
    assert.match(run.validationResults[0]?.message ?? '', /^File \/check\.yml not found in repository local/);
    assert.equal((await evaluation(id)).status, 'rejected');
  });

  it('asks for no run when only other files change', async () => {
    const { definition, id } = await prepare({ filenamePatterns: ['/src/*'] });
    assert.equal((await complete(id)).status, 'completed');
    assert.deepEqual(await project.builds(definition), []);
  });

  const requeue = async (id: number): Promise<void> => {
    const { evaluationId } = await evaluation(id);
    const path = `local/_apis/policy/evaluations/${evaluationId}`;
    await project.send('PATCH', path, { status: 'queued' }, '7.1-preview.1');
  };

  it('queues a run only when asked, where the policy is manual', async () => {
    const { definition, id } = await prepare({ manualQueueOnly: true });
    assert.equal((await evaluation(id)).status, 'queued');
    assert.deepEqual(await project.builds(definition), []);
    await requeue(id);
    await nextRun(definition);
    assert.equal((await evaluation(id)).status, 'approved');
  });

  describe('when the target branch changes', () => {
    const cases: readonly [title: string, settings: object, wanted: readonly (readonly [string, number])[]][] = [
      [
        'runs again at once',
        { queueOnSourceUpdateOnly: false },
        [
          ['queued', 2],
          ['approved', 2],
        ],
      ],
      [
        'expires after some time',
        { queueOnSourceUpdateOnly: true, validDuration: 60 },
        [
          ['approved', 1],
          ['queued', 1],
        ],
      ],
      [
        'stays valid',
        { queueOnSourceUpdateOnly: true, validDuration: 0 },
        [
          ['approved', 1],
          ['approved', 1],
        ],
      ],
    ];
    for (const [title, settings, wanted] of cases)
      it(title, async () => {
        const { state } = fixture.organization();
        project.engine.runner = scriptedRunner();
        const { definition, id } = await prepare(settings);
        await nextRun(definition);
        moment += 61 * 60_000;
        assert.equal((await evaluation(id)).status, 'approved', 'time alone changes nothing');
        moment = 0;
        const { descriptor } = fixture.organization().administrator;
        await project.send('POST', '_apis/accesscontrolentries/2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87', {
          token: `repoV2/${state.projects.all()[0]?.id ?? ''}`,
          merge: true,
          accessControlEntries: [{ descriptor, allow: 128, deny: 0 }],
        });
        await project.push({ 'later.txt': 'l' });
        const seen: [string, number][] = [];
        for (const later of [0, 61 * 60_000]) {
          moment = later;
          const { status } = await evaluation(id);
          await project.engineIdle();
          seen.push([status, (await project.builds(definition)).length]);
        }
        assert.deepEqual(seen, wanted);
      });
  });
});
