import assert from 'node:assert/strict';
import { getPersonalAccessTokenHandler, WebApi } from 'azure-devops-node-api';
import type { IGitApi } from 'azure-devops-node-api/GitApi';
import {
  PullRequestStatus,
  VersionControlChangeType,
  VersionControlRecursionType,
  ItemContentType,
  GitVersionType,
} from 'azure-devops-node-api/interfaces/GitInterfaces';
import { useOrganization } from '../../../support/devops/fixture';
import { zeros } from './seed';

/** Microsoft's own client, which sends enumerations as numbers and looks routes up by their ids. */
describe('The clients of azure-devops-node-api for repositories and policies', () => {
  const { organization } = useOrganization();
  const main = 'refs/heads/main';
  let api: WebApi;
  let git: IGitApi;
  beforeEach(async () => {
    const { url, personalAccessToken } = organization();
    api = new WebApi(url.replace(/\/$/, ''), getPersonalAccessTokenHandler(personalAccessToken));
    git = await api.getGitApi();
  });

  const push = (id: string, name: string, oldObjectId: string, path: string) =>
    git.createPush(
      {
        refUpdates: [{ name, oldObjectId }],
        commits: [
          {
            comment: 'Change',
            changes: [
              {
                changeType: VersionControlChangeType.Add,
                item: { path },
                newContent: {
                  content: Buffer.from(path).toString('base64'),
                  contentType: ItemContentType.Base64Encoded,
                },
              },
            ],
          },
        ],
      },
      id,
      'local',
    );

  it('create a repository, push to it and read it back', async () => {
    const { id = '' } = await git.createRepository({ name: 'churn' }, 'local');
    await assert.rejects(
      () => git.createRepository({ name: 'churn' }, 'local'),
      ({ statusCode, result }: { statusCode: number; result: { typeKey: string } }) =>
        statusCode === 409 && result.typeKey === 'GitRepositoryNameAlreadyExistsException',
    );
    const { commits } = await push(id, main, zeros, '/a.md');
    const [ref] = await git.getRefs(id, 'local', 'heads/main');
    assert.equal(ref?.objectId, commits?.[0]?.commitId);
    const items = await git.getItems(id, 'local', '/', VersionControlRecursionType.Full);
    assert.deepEqual(
      items.map(({ path }) => path),
      ['/', '/a.md'],
    );
    const version = { version: 'main', versionType: GitVersionType.Branch };
    const stream = await git.getItemText(
      id,
      '/a.md',
      'local',
      undefined,
      VersionControlRecursionType.None,
      false,
      false,
      false,
      version,
    );
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
    assert.equal(Buffer.concat(chunks).toString(), '/a.md');
    await git.updateRepository({ name: 'churn-model' }, id, 'local');
    assert.equal((await git.getRepository('churn-model', 'local')).defaultBranch, main);
    await git.deleteRepository(id, 'local');
    assert.equal(await git.getRepository(id, 'local'), null);
  });

  it('create, find and complete a pull request', async () => {
    const { id = '' } = await git.getRepository('local', 'local');
    const first = (await push(id, main, zeros, '/a')).refUpdates?.[0]?.newObjectId ?? '';
    await push(id, 'refs/heads/topic', first, '/b');
    const { pullRequestId = 0, lastMergeSourceCommit = {} } = await git.createPullRequest(
      { sourceRefName: 'refs/heads/topic', targetRefName: main, title: 'Update' },
      id,
      'local',
    );
    const criteria = { sourceRefName: 'refs/heads/topic', targetRefName: main, status: PullRequestStatus.Active };
    assert.equal((await git.getPullRequests(id, criteria, 'local')).length, 1);
    await git.updatePullRequest(
      { status: PullRequestStatus.Completed, lastMergeSourceCommit },
      id,
      pullRequestId,
      'local',
    );
    const { status } = await git.getPullRequest(id, pullRequestId, 'local');
    assert.equal(status, PullRequestStatus.Completed);
    assert.equal((await git.getPullRequests(id, criteria, 'local')).length, 0);
  });

  it('create, update and delete a policy', async () => {
    const policies = await api.getPolicyApi();
    const scope = [{ repositoryId: null, refName: main, matchKind: 'Exact' }];
    const configuration = {
      isEnabled: true,
      isBlocking: true,
      type: { id: 'fa4e907d-c16b-4a4c-9dfa-4906e5d171dd' },
      settings: { minimumApproverCount: 1, scope },
    };
    const { id = 0, revision } = await policies.createPolicyConfiguration(configuration, 'local');
    assert.equal(revision, 1);
    const changed = { ...configuration, settings: { minimumApproverCount: 2, scope } };
    assert.equal((await policies.updatePolicyConfiguration(changed, 'local', id)).revision, 2);
    assert.equal((await policies.getPolicyConfigurations('local')).length, 1);
    assert.equal((await policies.getPolicyConfigurationRevisions('local', id)).length, 2);
    assert.ok((await policies.getPolicyTypes('local')).length >= 9);
    await policies.deletePolicyConfiguration('local', id);
    assert.equal((await policies.getPolicyConfigurations('local')).length, 0);
  });
});
