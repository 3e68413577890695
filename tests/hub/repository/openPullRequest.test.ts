import assert from 'node:assert/strict';
import { GitRequests } from '../../../hub/repository/git/gitRequests';
import { openPullRequest } from '../../../hub/repository/git/openPullRequest';
import type { RegistryModel } from '../../../shared/variables/registry/revision';
import { useOrganization } from '../../support/devops/fixture';
import { registryOf, saveText } from '../modelStage';
import { changedLines, commitFiles, hostOf, storedRepository } from './fixture';

const path = '/churn/model_variables.yml';
const link = { id: 'local', path, branch: 'main' };
const hub = 'variables:\n  epochs: 300\n  seed: 7\nenvironments:\n  prod:\n    epochs: 600\n';
/** The same values with other notation, comments and line ends, and one more value. */
const file =
  '# Read by the pipelines.\r\nvariables:\r\n  # Rounds\r\n  epochs:   300 # enough\r\n  seed: 7\r\n  rate: 0.5\r\nenvironments:\r\n  prod: { epochs: 600 }\r\n';

describe('A pull request for a change of a model', function () {
  this.timeout(60_000);
  const { organization, tokenOf } = useOrganization();
  const model = async (): Promise<RegistryModel> => {
    const registry = registryOf(organization());
    await saveText(registry, 'churn', hub);
    const saved = await registry.model('churn');
    return { ...(saved ?? assert.fail()), repository: link };
  };
  const changed = hub.replace('epochs: 300', 'epochs: 350');
  const pullRequests = async () => {
    const requests = new GitRequests(hostOf(organization()));
    return requests.pullRequests(await requests.repository('local'), { target: 'main', status: 'all' });
  };

  it('changes exactly the lines of the values, and keeps comments and line ends', async () => {
    await commitFiles(organization(), { [path]: file });
    const opened = await openPullRequest(
      hostOf(organization()),
      await model(),
      changed,
      'More rounds\n\nThe loss still falls.',
    );
    assert.equal(opened.isNew, true);
    assert.equal(opened.pullRequest.title, 'churn: More rounds');
    assert.equal(opened.pullRequest.branch, 'model-variables/churn-r2');
    assert.match(opened.pullRequest.url, /\/local\/_git\/local\/pullrequest\/1$/);
    assert.deepEqual(await changedLines(organization(), opened.pullRequest.branch), [
      '-  epochs:   300 # enough\r\n',
      '+  epochs:   350 # enough\r\n',
    ]);
  });

  it('is found again instead of opened twice, and gets a branch of its own for another change', async () => {
    await commitFiles(organization(), { [path]: file });
    const [host, base] = [hostOf(organization()), await model()];
    const first = await openPullRequest(host, base, changed, 'More');
    const second = await openPullRequest(host, base, changed, 'Again');
    assert.deepEqual([second.isNew, second.pullRequest.number], [false, first.pullRequest.number]);
    const other = await openPullRequest(host, base, hub.replace('seed: 7', 'seed: 8'), 'Seed');
    assert.equal(other.pullRequest.branch, 'model-variables/churn-r2-2');
    assert.deepEqual(
      (await pullRequests()).map(({ number }) => number),
      [2, 1],
    );
    const both = await Promise.all([1, 2].map(() => openPullRequest(host, base, hub.replace('7', '9'), 'Both')));
    assert.deepEqual(both.map(({ isNew }) => isNew).sort(), [false, true]);
  });

  it('adds a file that is absent, byte by byte', async () => {
    await commitFiles(organization(), { '/README.md': '' });
    const { pullRequest } = await openPullRequest(hostOf(organization()), await model(), changed, '');
    const requests = new GitRequests(hostOf(organization()));
    const added = await requests.file(await requests.repository('local'), { path, branch: pullRequest.branch });
    assert.equal(added?.text, changed);
    assert.equal(pullRequest.title, 'churn: Update model variables');
  });

  it('is refused with a sentence, and without a branch', async () => {
    await commitFiles(organization(), { [path]: file });
    const { token } = tokenOf('rosa@example.com', 'Readers');
    const base = await model();
    const branches = () => [...storedRepository(organization()).refs.keys()];
    const refused = (request: Promise<unknown>, sentence: RegExp) => assert.rejects(request, { message: sentence });
    await refused(
      openPullRequest(hostOf(organization(), token), base, changed, ''),
      /permission Contribute in the repository local/,
    );
    await refused(openPullRequest(hostOf(organization()), base, hub, ''), /There is nothing to propose/);
    await refused(
      openPullRequest(hostOf(organization()), { ...base, repository: undefined }, changed, ''),
      /not linked to a file/,
    );
    await refused(
      openPullRequest(hostOf(organization()), { ...base, repository: { ...link, branch: 'x' } }, changed, ''),
      /The branch x does not exist in the repository local/,
    );
    assert.deepEqual(branches(), ['refs/heads/main']);
  });
});
