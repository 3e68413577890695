import assert from 'node:assert/strict';
import { GitStore } from '../../../../sandbox/devops/git/repositories/gitStore';
import { useOrganization } from '../../../support/devops/fixture';
import { at, push, readItem, refusal, repository, zeros } from './seed';

const [main, topic] = ['refs/heads/main', 'refs/heads/topic'];
const lines = (...changed: readonly [number, string][]) =>
  Array.from({ length: 9 }, (_, line) => `${new Map(changed).get(line) ?? `line ${line}`}\n`).join('');

describe('Pull requests by the REST API', () => {
  const { organization, ask, tokenOf } = useOrganization();
  const all = `${repository}/pullrequests`;
  const create = (body: object = {}) =>
    ask(all, { method: 'POST', body: { sourceRefName: topic, targetRefName: main, title: 'Update', ...body } });
  const patch = (id: number, body: object, token?: string) =>
    ask(`${all}/${id}`, { method: 'PATCH', body, ...(token !== undefined && { token }) });
  const read = async (id: number) => (await ask(`${all}/${id}`)).body as PullRequest;
  const tip = async (name: string) =>
    at<{ objectId: string }[]>(await ask(`${repository}/refs?filter=${name.replace('refs/', '')}`), 'value')[0];
  const commitOf = (id: string) =>
    ask(`${repository}/commits/${id}`).then(({ body }) => body as { parents: string[]; comment: string });
  const content = async (path: string) => at<string>(await readItem(organization(), path), 'content');
  interface PullRequest {
    readonly status: string;
    readonly mergeStatus?: string;
    readonly lastMergeCommit?: { readonly commitId: string };
    readonly lastMergeSourceCommit: { readonly commitId: string };
    readonly lastMergeTargetCommit: { readonly commitId: string };
    readonly reviewers: readonly { readonly id: string; readonly vote: number; readonly isRequired?: boolean }[];
  }
  /** main and topic, which changes different lines of one file. @returns the tips */
  async function diverge(onMain = lines([0, 'main']), onTopic = lines([8, 'topic'])): Promise<[string, string]> {
    const base = await push(ask, main, zeros, [{ path: '/a', content: lines() }]);
    const ofTopic = await push(ask, topic, base, [{ path: '/a', content: onTopic, changeType: 'edit' }]);
    return [await push(ask, main, base, [{ path: '/a', content: onMain, changeType: 'edit' }]), ofTopic];
  }
  const complete = (id: number, commitId: string, completionOptions: object = {}, token?: string) =>
    patch(id, { status: 'completed', lastMergeSourceCommit: { commitId }, completionOptions }, token);

  it('is created once for two branches, found by its criteria, and merged in the background', async () => {
    const [ofMain, ofTopic] = await diverge();
    const answer = await create({ description: 'Because' });
    assert.deepEqual([answer.status, at(answer, 'mergeStatus')], [201, 'queued']);
    const id = at<number>(answer, 'pullRequestId');
    assert.deepEqual(refusal(await create()), [
      409,
      'GitPullRequestExistsException',
      'TF401179: An active pull request for the source and target branch already exists.',
    ]);
    const found = async (query: string) =>
      at<{ pullRequestId: number }[]>(await ask(`${all}?${query}`), 'value').map(({ pullRequestId }) => pullRequestId);
    const branches = `searchCriteria.sourceRefName=${topic}&searchCriteria.targetRefName=${main}`;
    assert.deepEqual(await found(`${branches}&searchCriteria.status=active`), [id]);
    assert.deepEqual(await found(branches), [id]);
    assert.deepEqual(await found(`${branches}&searchCriteria.status=completed`), []);
    assert.deepEqual(await found(`searchCriteria.sourceRefName=${main}`), []);
    const { mergeStatus, lastMergeCommit, lastMergeSourceCommit, lastMergeTargetCommit } = await read(id);
    assert.deepEqual(
      [mergeStatus, lastMergeSourceCommit.commitId, lastMergeTargetCommit.commitId],
      ['succeeded', ofTopic, ofMain],
    );
    const merge = await tip(`refs/pull/${id}/merge`);
    assert.equal(merge?.objectId, lastMergeCommit?.commitId);
    assert.deepEqual((await commitOf(merge?.objectId ?? '')).parents, [ofMain, ofTopic]);
  });

  it('is completed with a merge commit, and not before the answer', async () => {
    const [ofMain, ofTopic] = await diverge();
    const id = at<number>(await create(), 'pullRequestId');
    const answer = await complete(id, ofTopic, { deleteSourceBranch: true });
    assert.deepEqual([at(answer, 'status'), at(answer, 'mergeStatus')], ['active', 'queued']);
    const { status, lastMergeCommit } = await read(id);
    assert.equal(status, 'completed');
    assert.equal((await tip(main))?.objectId, lastMergeCommit?.commitId);
    const { parents, comment } = await commitOf(lastMergeCommit?.commitId ?? '');
    assert.deepEqual([parents, comment], [[ofMain, ofTopic], `Merge pull request ${id} from topic into main`]);
    assert.equal(await content('/a'), lines([0, 'main'], [8, 'topic']));
    assert.equal(await tip(topic), undefined);
    assert.equal((await patch(id, { status: 'abandoned' })).status, 400);
  });

  for (const [strategy, parents] of [
    ['squash', ['main']],
    ['rebase', ['main']],
    ['rebaseMerge', ['main', 'rebased']],
  ] as const)
    it(`is completed by ${strategy}`, async () => {
      const [ofMain, ofTopic] = await diverge();
      const id = at<number>(await create(), 'pullRequestId');
      await complete(id, ofTopic, { mergeStrategy: strategy, mergeCommitMessage: 'Message' });
      const { lastMergeCommit } = await read(id);
      const commit = await commitOf(lastMergeCommit?.commitId ?? '');
      assert.equal(commit.parents.length, parents.length);
      assert.equal(commit.parents[0], ofMain);
      assert.equal(commit.comment, strategy === 'rebase' ? 'Change' : 'Message');
      assert.equal(await content('/a'), lines([0, 'main'], [8, 'topic']));
    });

  it('is not completed with conflicts', async () => {
    const [ofMain, ofTopic] = await diverge(lines([4, 'main']), lines([4, 'topic']));
    const id = at<number>(await create(), 'pullRequestId');
    assert.equal((await read(id)).mergeStatus, 'conflicts');
    assert.equal(at(await ask(`${all}/${id}/conflicts`), 'value', 0, 'conflictPath'), '/a');
    await complete(id, ofTopic);
    assert.deepEqual([(await read(id)).status, (await tip(main))?.objectId], ['active', ofMain]);
  });

  it('is completed only for the commit that was reviewed', async () => {
    const [, ofTopic] = await diverge();
    const id = at<number>(await create(), 'pullRequestId');
    const newer = await push(ask, topic, ofTopic, [{ path: '/b', content: 'b' }]);
    const stale = await complete(id, ofTopic);
    assert.deepEqual([stale.status, refusal(stale)[1]], [409, 'GitPullRequestStaleException']);
    await complete(id, newer);
    assert.equal((await read(id)).status, 'completed');
  });

  it('is abandoned and activated again', async () => {
    await diverge();
    const id = at<number>(await create(), 'pullRequestId');
    assert.equal(at(await patch(id, { status: 'abandoned' }), 'status'), 'abandoned');
    assert.equal((await create()).status, 201);
    const second = at<number>(await ask(`${all}?searchCriteria.status=active`), 'value', 0, 'pullRequestId');
    await patch(second, { status: 'abandoned' });
    assert.equal((await patch(id, { title: 'x' })).status, 400);
    assert.equal(at(await patch(id, { status: 'active' }), 'mergeStatus'), 'queued');
    assert.equal((await read(id)).mergeStatus, 'succeeded');
  });

  it('needs branches that exist', async () => {
    await push(ask, main, zeros, [{ path: '/a', content: 'a' }]);
    assert.equal(refusal(await create())[0], 400);
    assert.deepEqual(refusal(await ask(`${all}/99`)), [
      404,
      'GitPullRequestNotFoundException',
      'TF401180: The requested pull request was not found.',
    ]);
  });

  it('takes votes of their owners only', async () => {
    await diverge();
    const { identity, token } = tokenOf('writer@example.com', 'Contributors');
    const id = at<number>(await create({ reviewers: [{ id: identity.id }] }), 'pullRequestId');
    const vote = (given?: string) =>
      ask(`${all}/${id}/reviewers/${identity.id}`, {
        method: 'PUT',
        body: { vote: 10 },
        ...(given !== undefined && { token: given }),
      });
    assert.equal(at(await vote(), 'vote'), 0);
    assert.equal(at(await vote(token), 'vote'), 10);
    assert.equal((await read(id)).reviewers[0]?.vote, 10);
    assert.equal((await ask(`${all}/${id}/reviewers/${identity.id}`, { method: 'DELETE' })).status, 200);
    assert.deepEqual((await read(id)).reviewers, []);
  });

  it('asks for the permissions to contribute', async () => {
    const [, ofTopic] = await diverge();
    const id = at<number>(await create(), 'pullRequestId');
    const { token } = tokenOf('reader@example.com', 'Readers');
    assert.match(refusal(await patch(id, { title: 'x' }, token))[2], /'PullRequestContribute'/);
    assert.match(refusal(await complete(id, ofTopic, {}, token))[2], /'PullRequestContribute'/);
  });

  describe('with policies of the target branch', () => {
    const policy = async (type: string, settings: object = {}) => {
      const scope = [{ repositoryId: at(await ask(repository), 'id'), refName: main, matchKind: 'Exact' }];
      const body = { isEnabled: true, isBlocking: true, type: { id: type }, settings: { scope, ...settings } };
      const answer = await ask('local/_apis/policy/configurations', { method: 'POST', body });
      assert.equal(answer.status, 200, answer.text);
    };
    const evaluation = async (id: number): Promise<string[]> => {
      const { id: project } = at<{ id: string }>(await ask(repository), 'project');
      const artifact = encodeURIComponent(`vstfs:///CodeReview/CodeReviewId/${project}/${id}`);
      const answer = await ask(`local/_apis/policy/evaluations?artifactId=${artifact}`, { version: '7.1-preview.1' });
      return at<{ status: string }[]>(answer, 'value').map(({ status }) => status);
    };

    it('waits for enough reviewers, and completes by itself', async () => {
      const [, ofTopic] = await diverge();
      await policy('fa4e907d-c16b-4a4c-9dfa-4906e5d171dd', { minimumApproverCount: 1, creatorVoteCounts: false });
      const id = at<number>(await create(), 'pullRequestId');
      await complete(id, ofTopic);
      assert.deepEqual([(await read(id)).status, (await read(id)).mergeStatus], ['active', 'rejectedByPolicy']);
      assert.deepEqual(await evaluation(id), ['running']);
      const { administrator } = organization();
      await patch(id, { autoCompleteSetBy: { id: administrator.id } });
      assert.equal((await read(id)).status, 'active');
      const vote = (identity: string, token?: string) =>
        ask(`${all}/${id}/reviewers/${identity}`, {
          method: 'PUT',
          body: { vote: 10 },
          ...(token !== undefined && { token }),
        });
      await vote(administrator.id);
      assert.equal((await read(id)).status, 'active');
      const { identity, token } = tokenOf('writer@example.com', 'Contributors');
      await vote(identity.id, token);
      assert.equal((await read(id)).status, 'completed');
    });

    it('waits for the comments, and for a build', async () => {
      const [, ofTopic] = await diverge();
      await policy('c6a1889d-b943-4856-b76f-9e46bb6b0df2');
      await policy('0609b952-1397-4640-95ec-e00a01b2c241', { buildDefinitionId: 7 });
      let state: 'running' | 'approved' = 'running';
      organization().state.hooks.buildPolicyState = (_, definitionId) => (definitionId === 7 ? state : undefined);
      const id = at<number>(await create(), 'pullRequestId');
      const thread = { comments: [{ content: 'Why?', parentCommentId: 0, commentType: 1 }], status: 'active' };
      const threadId = at<number>(await ask(`${all}/${id}/threads`, { method: 'POST', body: thread }), 'id');
      assert.deepEqual(await evaluation(id), ['rejected', 'running']);
      const resolved = { method: 'PATCH', body: { status: 'fixed' } };
      assert.equal((await ask(`${all}/${id}/threads/${threadId}`, resolved)).status, 200);
      await complete(id, ofTopic);
      assert.equal((await read(id)).mergeStatus, 'rejectedByPolicy');
      state = 'approved';
      assert.deepEqual(await evaluation(id), ['approved', 'approved']);
      await complete(id, ofTopic);
      assert.equal((await read(id)).status, 'completed');
    });

    it('asks for the build as soon as the pull request or its source changes', async () => {
      const [, ofTopic] = await diverge();
      await policy('0609b952-1397-4640-95ec-e00a01b2c241', { buildDefinitionId: 7 });
      const asked: (string | undefined)[] = [];
      const git = organization().state.of(GitStore);
      organization().state.hooks.buildPolicyState = ({ id, repository: { id: of } }) => {
        asked.push(git.find(undefined, of)?.refs.get(`refs/pull/${id}/merge`)?.objectId);
        return 'running';
      };
      await create();
      assert.equal(asked.length, 1);
      await push(ask, topic, ofTopic, [{ path: '/b', content: 'b' }]);
      assert.equal(asked.length, 2);
      assert.equal(new Set(asked).size, 2);
      assert.ok(!asked.includes(undefined));
    });

    it('takes votes back when the source changes', async () => {
      const [, ofTopic] = await diverge();
      const count = { minimumApproverCount: 1, resetOnSourcePush: true };
      await policy('fa4e907d-c16b-4a4c-9dfa-4906e5d171dd', count);
      const { identity, token } = tokenOf('writer@example.com', 'Contributors');
      const id = at<number>(await create(), 'pullRequestId');
      await ask(`${all}/${id}/reviewers/${identity.id}`, { method: 'PUT', body: { vote: 10 }, token });
      assert.equal((await read(id)).reviewers[0]?.vote, 10);
      await push(ask, topic, ofTopic, [{ path: '/b', content: 'b' }]);
      assert.equal((await read(id)).reviewers[0]?.vote, 0);
    });

    it('adds required reviewers for the files that change, and takes the vote of a member for a group', async () => {
      const [, ofTopic] = await diverge();
      const { identities } = organization().state;
      const group = identities.all().find(({ displayName }) => displayName === 'Contributors');
      assert.ok(group);
      const required = { requiredReviewerIds: [group.id], minimumApproverCount: 1 };
      const readers = identities.all().find(({ displayName }) => displayName === 'Readers');
      const other = { requiredReviewerIds: [readers?.id], filenamePatterns: ['/other/*'] };
      await policy('fd2167ab-b0be-447a-8ec8-39368250530e', other);
      await policy('fd2167ab-b0be-447a-8ec8-39368250530e', { ...required, filenamePatterns: ['/a'] });
      const id = at<number>(await create(), 'pullRequestId');
      assert.deepEqual(
        (await read(id)).reviewers.map(({ id: reviewer, isRequired }) => [reviewer, isRequired]),
        [[group.id, true]],
      );
      assert.deepEqual(await evaluation(id), ['running']);
      const { identity, token } = tokenOf('writer@example.com', 'Contributors');
      const body = { vote: 5 };
      await ask(`${all}/${id}/reviewers/${identity.id}`, { method: 'PUT', body, token });
      await complete(id, ofTopic);
      assert.equal((await read(id)).status, 'completed');
    });

    it('allows only the merge strategies of the policy, unless it is bypassed', async () => {
      const [, ofTopic] = await diverge();
      await policy('fa4e907d-c16b-4a4c-9dfa-4916e5d171ab', { allowSquash: true });
      const { identity, token } = tokenOf('writer@example.com', 'Contributors');
      const id = at<number>(await create(), 'pullRequestId');
      const rebase = { mergeStrategy: 'rebase' };
      await complete(id, ofTopic, { ...rebase, bypassPolicy: true }, token);
      assert.equal((await read(id)).mergeStatus, 'rejectedByPolicy');
      const { id: project } = at<{ id: string }>(await ask(repository), 'project');
      const accessControlEntries = [{ descriptor: identity.descriptor, allow: 32_768, deny: 0 }];
      await ask('_apis/accesscontrolentries/2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87', {
        method: 'POST',
        body: { token: `repoV2/${project}`, merge: true, accessControlEntries },
      });
      await complete(id, ofTopic, { ...rebase, bypassPolicy: true }, token);
      assert.equal((await read(id)).status, 'completed');
    });

    it('completes with an allowed merge strategy', async () => {
      const [, ofTopic] = await diverge();
      await policy('fa4e907d-c16b-4a4c-9dfa-4916e5d171ab', { allowSquash: true });
      const id = at<number>(await create(), 'pullRequestId');
      await complete(id, ofTopic);
      assert.equal((await read(id)).mergeStatus, 'rejectedByPolicy');
      await complete(id, ofTopic, { mergeStrategy: 'squash' });
      assert.equal((await read(id)).status, 'completed');
    });

    it('needs a status of the author that the policy names, for the newest commit, if the policy says so', async () => {
      const [, ofTopic] = await diverge();
      const { identity, token } = tokenOf('scanner@example.com', 'Contributors');
      const settings = { statusName: 'scan', statusGenre: 'ci', authorId: identity.id, invalidateOnSourceUpdate: true };
      await policy('cbdc66da-9728-4af8-aada-9a5a32e4a226', settings);
      const id = at<number>(await create(), 'pullRequestId');
      const post = (by?: string) =>
        ask(`${all}/${id}/statuses`, {
          method: 'POST',
          body: { state: 'succeeded', description: 'ok', context: { name: 'scan', genre: 'ci' } },
          ...(by !== undefined && { token: by }),
        });
      await post();
      assert.deepEqual(await evaluation(id), ['queued'], 'another author');
      await post(token);
      assert.deepEqual(await evaluation(id), ['approved']);
      await push(ask, topic, ofTopic, [{ path: '/b', content: 'b' }]);
      assert.deepEqual(await evaluation(id), ['queued'], 'a new commit');
      await post(token);
      assert.deepEqual(await evaluation(id), ['approved']);
    });

    it('needs no status before one is posted, if the policy is conditional', async () => {
      await diverge();
      await policy('cbdc66da-9728-4af8-aada-9a5a32e4a226', { statusName: 'scan', policyApplicability: 1 });
      const id = at<number>(await create(), 'pullRequestId');
      assert.deepEqual(await evaluation(id), []);
      const body = { state: 'failed', description: 'no', context: { name: 'scan' } };
      await ask(`${all}/${id}/statuses`, { method: 'POST', body });
      assert.deepEqual(await evaluation(id), ['rejected']);
    });

    it('needs a posted status', async () => {
      const [, ofTopic] = await diverge();
      await policy('cbdc66da-9728-4af8-aada-9a5a32e4a226', { statusName: 'scan', statusGenre: 'ci' });
      const id = at<number>(await create(), 'pullRequestId');
      assert.deepEqual(await evaluation(id), ['queued']);
      const body = { state: 'succeeded', description: 'ok', context: { name: 'scan', genre: 'ci' } };
      assert.equal((await ask(`${all}/${id}/statuses`, { method: 'POST', body })).status, 200);
      await complete(id, ofTopic);
      assert.equal((await read(id)).status, 'completed');
    });
  });
});
