import assert from 'node:assert/strict';
import { Repository } from '../../../../sandbox/devops/git/repositories/repository';
import { GitStore } from '../../../../sandbox/devops/git/repositories/gitStore';
import type { Organization } from '../../../../sandbox/devops/organization';
import { recordingsIfAny, required } from '../../../support/devops/facts';
import { useOrganization } from '../../../support/devops/fixture';
import { replay, type ReplayOptions } from '../../../support/devops/replay';

/** What the recorded imports brought: the stand-in imports nothing from the internet. */
function provideImports({ state }: Organization): void {
  const source = new Repository(state.newId(), 'source', 'elsewhere', 0);
  const { objects, refs } = source;
  const signature = { name: 'A', email: 'a@example.com', seconds: 1, zone: '+0000' };
  const commit = (parents: readonly string[], content: string) => {
    const oid = objects.write('blob', Buffer.from(content));
    const tree = objects.writeTree([{ mode: '100644', name: 'readme.md', oid }]);
    return objects.writeCommit({ tree, parents, author: signature, committer: signature, message: content });
  };
  const first = commit([], 'first');
  const second = commit([first], 'second');
  for (const [name, objectId] of Object.entries({ 'gh-pages': first, main: first, master: first, testbranch: second }))
    refs.set(`refs/heads/${name}`, { objectId, creatorId: 'nobody' });
  source.defaultBranch = 'refs/heads/master';
  const store = state.of(GitStore);
  store.importable.set('https://dev.azure.com/other-org/TestSupportProject/_git/snakes-and-ladders', source);
  store.importable.set('https://github.com/hkasera/snakes-and-ladders.git', source);
}

/** The projects of these scenarios had repositories with content. */
async function provideProjects({ state }: Organization): Promise<void> {
  for (const name of ['TestSupportProject', 'PullRequestLiveTest']) {
    const { id } = await state.projects.create({ name });
    const repository = state.of(GitStore).find(id, name);
    assert.ok(repository);
    repository.defaultBranch = 'refs/heads/main';
  }
}

const areas = /^(core|git|policy|ims)/;

describe('Repositories and policies in the recorded scenarios', () => {
  const { organization } = useOrganization({ name: 'example-org' });
  const notAbandoned = 'the recording lacks the step that abandoned the pull request';
  const notCreated = 'the recording lacks the step that created the policy';
  const scenarios: Readonly<Record<string, Pick<ReplayOptions, 'exceptions' | 'skips'>>> = {
    ref_createDeleteFlow: {},
    ref_createListUpdateDelete: {},
    repos_createListShowDelete: {},
    repos_import_create: {},
    repos_policies_createUpdateShowListDelete: { skips: { 25: notCreated, 28: notCreated } },
    pull_request_createUpdateVoteListAbandonReactivateCompleteReviewers: { skips: { 12: notAbandoned } },
    pull_request_policies_workitems: {},
  };
  for (const [scenario, options] of Object.entries(scenarios)) {
    it(`answers ${scenario} as the service did`, async function () {
      const recordings = required(this, recordingsIfAny());
      provideImports(organization());
      await provideProjects(organization());
      organization().state.identities.addUser({ principalName: 'user2@example.com' });
      const isWanted = (area: string) => areas.test(area);
      const report = await replay(organization(), recordings, scenario, { isWanted, ...options });
      assert.deepEqual(report.deviations, []);
      assert.deepEqual(report.unusedExceptions, []);
      assert.ok(report.compared > 0);
    });
  }
});
