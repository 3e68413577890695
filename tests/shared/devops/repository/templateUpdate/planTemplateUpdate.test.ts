import assert from 'node:assert/strict';
import { connectDevops } from '../../../../../shared/devops/connect';
import type { Devops } from '../../../../../shared/devops/devops';
import type { TreeFile } from '../../../../../shared/devops/repository/git/objects';
import { readMarker } from '../../../../../shared/devops/repository/marker';
import { planRepository } from '../../../../../shared/devops/repository/planRepository';
import { readBranch } from '../../../../../shared/devops/repository/templateUpdate/readBranch';
import {
  planTemplateUpdate,
  type TemplateUpdatePlan,
} from '../../../../../shared/devops/repository/templateUpdate/planTemplateUpdate';
import { FixedToken } from '../../../../../shared/identity/fixedToken';
import { DevopsStage } from '../../../../support/devopsStage';
import { FakeAgent } from '../../../../support/fakeAgent';
import { testContext } from '../../../../support/testContext';

const main = 'refs/heads/main';
const origin = { repository: 'templates', commit: 'c'.repeat(40), variables: { model: 'churn' } };

/** A path that ends with `*` is executable. */
function template(files: Readonly<Record<string, string>>): readonly TreeFile[] {
  return Object.entries(files).map(([path, content]) => ({
    path: path.replace(/\*$/, ''),
    content: Buffer.from(content),
    isExecutable: path.endsWith('*'),
  }));
}

const first = { 'train.py': '1\n2\n3\n', 'run.sh*': '#!/bin/sh\n', old: 'old\n' };
const second = { 'train.py': '1\n2\nthree\n', 'run.sh*': '#!/bin/sh\necho\n', 'new.txt': 'new\r\n' };

describe('planTemplateUpdate', () => {
  let stage: DevopsStage;
  let devops: Devops;
  beforeEach(async () => {
    stage = await DevopsStage.open();
    const tokens = new FixedToken('the token of the test', stage.organization.personalAccessToken, new FakeAgent());
    const url = stage.organization.state.url('').replace(/\/$/, '');
    devops = connectDevops({ kind: 'token', tokens }, url, testContext({ clock: stage.clock }));
    const content = { kind: 'template', files: template(first), origin } as const;
    const wanted = { project: stage.project, name: 'churn', defaultBranch: main, content, mayAdopt: false };
    await (await planRepository(devops, wanted, testContext({ clock: stage.clock }))).apply();
    stage.organization.requests.clear();
  });
  afterEach(() => stage.close());

  const repositoryOf = () => stage.git.find(stage.projectId, 'churn') ?? assert.fail();

  async function plan(files: Readonly<Record<string, string>>, mayBeForeign = false): Promise<TemplateUpdatePlan> {
    const repository = { ...(await devops.git.repository(stage.project, 'churn')), defaultBranch: main };
    const wanted = { repository, files: template(files), origin, mayBeForeign };
    return planTemplateUpdate(devops, wanted, testContext({ clock: stage.clock }));
  }

  /** What people push to a branch. */
  async function edit(path: string, content: string, branch = main): Promise<void> {
    const { id } = repositoryOf();
    const tip = (await devops.git.branch(stage.project, id, branch))?.objectId ?? assert.fail();
    const newContent = { content: Buffer.from(content).toString('base64'), contentType: 'base64encoded' };
    await devops.git.push(stage.project, id, {
      refUpdates: [{ name: branch, oldObjectId: tip }],
      commits: [{ comment: 'Edit', changes: [{ changeType: 'edit', item: { path: `/${path}` }, newContent }] }],
    });
    stage.organization.requests.clear();
  }

  async function fileOf(branch: string, path: string): Promise<string> {
    return Buffer.from(await devops.git.file(stage.project, repositoryOf().id, { branch }, `/${path}`)).toString();
  }

  const openPullRequests = () => devops.pullRequests.active(stage.project, repositoryOf().id, {});

  it('opens one pull request with the merged files, and sends nothing that writes the second time', async () => {
    await edit('train.py', 'one\n2\n3\n');
    const mainBefore = repositoryOf().tips.get(main);
    const update = await plan(second);
    assert.equal(update.kind, 'create');
    assert.deepEqual(update.differences, ['~ train.py: merged', '~ run.sh', '- old', '+ new.txt']);
    assert.deepEqual(stage.writes(), []);
    const pullRequest = (await update.apply()) ?? assert.fail();
    assert.equal(repositoryOf().tips.get(main), mainBefore);
    assert.match(pullRequest.sourceRefName, /^refs\/heads\/template-update\/[\da-f]{10}$/);
    assert.match(pullRequest.title, /^Update from the template \([\da-f]{10}\)$/);
    assert.match(
      pullRequest.description,
      /^The template of templates at c{40} has changed.*\n\n### Merged with changes of this repository\n\n- train\.py\n/,
    );
    const source = pullRequest.sourceRefName;
    const { id, name } = repositoryOf();
    const project = { id: stage.projectId, name: stage.project };
    const branch = (await readBranch(devops, { id, name, project }, source)) ?? assert.fail();
    assert.deepEqual(
      [...branch.files].map(([path, { mode }]) => [path, mode]),
      [
        ['new.txt', '100644'],
        ['run.sh', '100755'],
        ['train.py', '100644'],
      ],
    );
    assert.equal(await fileOf(source, 'train.py'), 'one\n2\nthree\n');
    assert.equal(await fileOf(source, 'new.txt'), 'new\r\n');
    stage.organization.requests.clear();
    const again = await plan(second);
    assert.equal(again.kind, 'unchanged');
    assert.equal((await again.apply())?.pullRequestId, pullRequest.pullRequestId);
    assert.deepEqual(stage.writes(), []);
  });

  it('is unchanged when the template is, and after the pull request was completed', async () => {
    assert.equal((await plan(first)).kind, 'unchanged');
    const pullRequest = (await (await plan(second)).apply()) ?? assert.fail();
    await devops.pullRequests.update(stage.project, repositoryOf().id, pullRequest.pullRequestId, {
      status: 'completed',
      lastMergeSourceCommit: pullRequest.lastMergeSourceCommit ?? {},
      completionOptions: { mergeStrategy: 'squash' },
    });
    for (let reads = 0; reads < 5 && (await openPullRequests()).length > 0; reads++) await stage.clock.sleep(1000);
    assert.equal((await plan(second)).kind, 'unchanged');
    assert.equal(await fileOf(main, 'train.py'), second['train.py']);
  });

  it('adds a commit to the open pull request when the template changes again, on top of what people pushed to it', async () => {
    const before = (await (await plan(second)).apply()) ?? assert.fail();
    await edit('train.py', 'one\n2\nthree\n', before.sourceRefName);
    const tip = repositoryOf().tips.get(before.sourceRefName);
    const update = await plan({ ...second, 'train.py': '1\n2\nthree\n4\n' });
    assert.equal(update.kind, 'update');
    const after = (await update.apply()) ?? assert.fail();
    assert.equal(after.pullRequestId, before.pullRequestId);
    assert.notEqual(after.title, before.title);
    assert.equal((await openPullRequests()).length, 1);
    assert.equal(await fileOf(before.sourceRefName, 'train.py'), 'one\n2\nthree\n4\n');
    const { objects, tips } = repositoryOf();
    assert.deepEqual(objects.readCommit(tips.get(before.sourceRefName) ?? '').parents, [tip]);
    assert.equal((await plan({ ...second, 'train.py': '1\n2\nthree\n4\n' })).kind, 'unchanged');
  });

  it('keeps a title that people gave the pull request', async () => {
    const before = (await (await plan(second)).apply()) ?? assert.fail();
    await devops.pullRequests.update(stage.project, repositoryOf().id, before.pullRequestId, { title: 'Ours' });
    assert.equal((await plan(second)).kind, 'unchanged');
    assert.equal((await (await plan({ ...second, more: 'x' })).apply())?.title, 'Ours');
  });

  it('marks conflicts, names them in the pull request, and records what it merged', async () => {
    await edit('train.py', '1\n2\ndrei\n');
    const pullRequest = (await (await plan(second)).apply()) ?? assert.fail();
    assert.equal(
      await fileOf(pullRequest.sourceRefName, 'train.py'),
      '1\n2\n<<<<<<< this repository\ndrei\n=======\nthree\n>>>>>>> template cccccccc\n',
    );
    assert.match(pullRequest.description, /### Conflicts: resolve[^\n]*\n\n- train\.py: 1 conflict\n/);
    const marker = readMarker(Buffer.from(await fileOf(pullRequest.sourceRefName, '.model-pipelines.json')));
    assert.equal(Buffer.from(marker?.originals.get('train.py') ?? []).toString(), second['train.py']);
  });

  it('does not open a pull request again that people abandoned', async () => {
    const { pullRequestId } = (await (await plan(second)).apply()) ?? assert.fail();
    await devops.pullRequests.update(stage.project, repositoryOf().id, pullRequestId, { status: 'abandoned' });
    const { kind, notes = [] } = await plan(second);
    assert.equal(kind, 'unchanged');
    assert.match(notes.join(), /^Pull request \d+ for this state of the template was abandoned: http/);
  });

  it('does not take a file for deleted that a list of files leaves out', async () => {
    const rewrite = (status: number, body: string) => {
      const answer = JSON.parse(body) as { treeEntries: { relativePath: string }[] };
      const treeEntries = answer.treeEntries.filter(({ relativePath }) => relativePath !== 'train.py');
      return { status, body: JSON.stringify({ ...answer, treeEntries }) };
    };
    stage.organization.faults.add({ method: 'GET', path: '*/trees/*', times: 100, effect: 'rewritten', rewrite });
    await assert.rejects(
      plan(second),
      /The list of the files of refs\/heads\/main in the repository 'churn' is not complete/,
    );
  });

  it('does not merge a part of a file, or a record that is damaged', async () => {
    await edit('train.py', 'one\n2\n3\n');
    stage.organization.faults.add({
      method: 'GET',
      path: '*/blobs/*',
      times: 100,
      effect: 'rewritten',
      rewrite: (status, body) => ({ status, body: body.startsWith('{') ? body : body.slice(0, 3) }),
    });
    await assert.rejects(
      plan(second),
      /^TaskError: Could not read the object [\da-f]{40} of the repository 'churn': the 3 /,
    );
    stage.organization.faults.clear();
    await edit('.model-pipelines.json', '{');
    await assert.rejects(plan(second), /\.model-pipelines\.json of the repository is not valid JSON/);
    assert.deepEqual(await openPullRequests(), []);
  });

  it('does not take a branch of others, or a repository without a record', async () => {
    const { pullRequestId, sourceRefName } = (await (await plan(second)).apply()) ?? assert.fail();
    await devops.pullRequests.update(stage.project, repositoryOf().id, pullRequestId, { status: 'abandoned' });
    const repository = repositoryOf();
    const foreign = { objectId: repository.tips.get(main) ?? '', creatorId: '' };
    repository.refs.set(sourceRefName, foreign);
    const taken = await plan(second);
    assert.equal(taken.kind, 'conflict');
    assert.match((taken.notes ?? []).join(), /exists, and is not that of an update/);
    await edit('.model-pipelines.json', '{}');
    assert.equal((await plan(second, true)).kind, 'unchanged');
    const unknown = await plan(second);
    assert.equal(unknown.kind, 'blocked');
    assert.match((unknown.notes ?? []).join(), /has no file \.model-pipelines\.json/);
  });
});
