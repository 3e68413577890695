import assert from 'node:assert/strict';
import { describeFault } from '../../../hub/kit/faults/describeFault';
import { GitRequests } from '../../../hub/repository/git/gitRequests';
import { filePage } from '../../../hub/repository/git/repository';
import { GitStore } from '../../../sandbox/devops/git/repositories/gitStore';
import { projectId } from '../../../sandbox/agent/variables/predefined';
import { useOrganization } from '../../support/devops/fixture';
import { commitFiles, hostOf } from './fixture';

const path = '/churn/model_variables.yml';

describe('Requests of the page to repositories', function () {
  this.timeout(30_000);
  const { organization, tokenOf } = useOrganization();
  const requests = (token?: string) => new GitRequests(hostOf(organization(), token));
  const sentenceOf = async (request: Promise<unknown>) => {
    try {
      return await request;
    } catch (error) {
      return describeFault(error).sentence;
    }
  };

  it('lists repositories, branches and variable files', async () => {
    await commitFiles(organization(), { [path]: 'variables: {}\n', '/README.md': '' });
    await commitFiles(organization(), { '/other.yml': '' }, 'topic');
    organization().state.of(GitStore).create('empty', projectId);
    const [empty, local] = await requests().repositories();
    assert.deepEqual(
      [empty?.name, empty?.defaultBranch, local?.name, local?.defaultBranch],
      ['empty', undefined, 'local', 'main'],
    );
    assert.ok(local && empty);
    assert.deepEqual(await requests().branches(local), ['main', 'topic']);
    assert.deepEqual(await requests().branches(empty), []);
    assert.deepEqual(await requests().filesNamed(local, 'main', /\.yml$/), [path]);
    assert.match(
      filePage(local, { id: local.id, path, branch: 'a/b' }),
      /_git\/local\?path=%2Fchurn%2Fmodel_variables.yml&version=GBa%2Fb$/,
    );
  });

  it('reads a file byte by byte, with the commit', async () => {
    const text = '\uFEFFvariables:\r\n  näme: "☃"\r\n';
    const commitId = await commitFiles(organization(), { [path]: text });
    const local = await requests().repository('local');
    assert.deepEqual(await requests().file(local, { path, branch: 'main' }), { text, commitId });
    assert.equal(await requests().file(local, { path: '/other.yml', branch: 'main' }), undefined);
  });

  it('says what is missing where Azure DevOps refuses', async () => {
    await commitFiles(organization(), { [path]: 'variables: {}\n' });
    const local = await requests().repository('local');
    assert.equal(
      await sentenceOf(requests().repository('other')),
      'The repository other does not exist, or you do not have permission to read it.',
    );
    assert.equal(
      await sentenceOf(requests().file(local, { path, branch: 'other' })),
      'The branch other does not exist in the repository local.',
    );
    const { token } = tokenOf('rosa@example.com', 'Readers');
    const push = { branch: 'new', parent: '0'.repeat(40), path, isNew: true, text: '', comment: 'Add' };
    assert.equal(
      await sentenceOf(requests(token).push(local, push)),
      'You do not have the permission Contribute in the repository local. An administrator can grant it under Project settings > Repositories > Security.',
    );
    assert.match(
      String(await sentenceOf(requests('unknown').repository('local'))),
      /^Azure DevOps does not permit this page to read the repository\./,
    );
    const { rest, project } = hostOf(organization());
    const offline = new GitRequests({
      rest: { ...rest, json: () => rest.json({ method: 'GET', url: 'http://127.0.0.1:1/' }) },
      project,
    });
    assert.match(String(await sentenceOf(offline.repositories())), /^Azure DevOps did not answer\. Check the network/);
  });
});
