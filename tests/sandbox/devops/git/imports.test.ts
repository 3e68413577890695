import assert from 'node:assert/strict';
import { startLocalOrganization } from '../../../../sandbox/localOrganization';
import { useOrganization } from '../../../support/devops/fixture';
import { sharedSigningKeys } from '../../../support/sharedKeys';
import { at, push, readItem, refusal, repository, zeros } from './seed';

describe('Import requests', () => {
  const { organization, ask, tokenOf } = useOrganization();
  const target = 'local/_apis/git/repositories/copy';
  const importFrom = (url: string, token?: string) =>
    ask(`${target}/importRequests`, {
      method: 'POST',
      version: '7.1',
      body: { parameters: { gitSource: { url, overwrite: false }, deleteServiceEndpointAfterImportIsDone: false } },
      ...(token !== undefined && { token }),
    });
  interface ImportView {
    readonly status: string;
    readonly detailedStatus: { readonly errorMessage?: string };
  }
  const states = async (id: number, count: number) => {
    const found: ImportView[] = [];
    while (found.length < count) found.push((await ask(`${target}/importRequests/${id}`)).body as ImportView);
    return found;
  };
  let tip = '';
  beforeEach(async () => {
    tip = await push(ask, 'refs/heads/main', zeros, [{ path: '/a', content: 'a' }]);
    assert.equal((await ask('local/_apis/git/repositories', { method: 'POST', body: { name: 'copy' } })).status, 201);
  });

  it('copy a repository of the organisation step by step', async () => {
    const answer = await importFrom(`${organization().url}local/_git/local`);
    assert.deepEqual([answer.status, at(answer, 'status')], [201, 'queued']);
    assert.equal(Object.hasOwn((await ask(target)).body as object, 'defaultBranch'), false);
    const found = await states(at(answer, 'importRequestId'), 3);
    assert.deepEqual(
      found.map(({ status }) => status),
      ['inProgress', 'completed', 'completed'],
    );
    assert.equal(at(await ask(target), 'defaultBranch'), 'refs/heads/main');
    assert.equal(at(await ask(`${target}/refs`), 'value', 0, 'objectId'), tip);
  });

  it('fetch from a git server on the loopback address', async () => {
    const other = await startLocalOrganization({ signingKeys: await sharedSigningKeys(), name: 'other' });
    try {
      const project = other.state.projects.find('local');
      assert.ok(project);
      const credentials = { authorization: `Basic ${Buffer.from(`:${other.personalAccessToken}`).toString('base64')}` };
      const pushed = await fetch(`${other.url}${repository}/pushes?api-version=7.1`, {
        method: 'POST',
        headers: { ...credentials, 'content-type': 'application/json' },
        body: JSON.stringify({
          refUpdates: [{ name: 'refs/heads/trunk', oldObjectId: zeros }],
          commits: [
            {
              comment: 'Other',
              changes: [
                { changeType: 'add', item: { path: '/b' }, newContent: { content: 'b', contentType: 'rawtext' } },
              ],
            },
          ],
        }),
      });
      assert.equal(pushed.status, 201);
      const url = `${other.url}local/_git/local`.replace('://', `://x:${other.personalAccessToken}@`);
      const found = await states(at(await importFrom(url), 'importRequestId'), 2);
      assert.deepEqual(found[1]?.status, 'completed', JSON.stringify(found[1]));
      assert.equal(at(await ask(target), 'defaultBranch'), 'refs/heads/trunk');
      assert.equal(at(await readItem(organization(), '/b', 'copy'), 'content'), 'b');
    } finally {
      await other.close();
    }
  });

  it('read a private source with the credentials of a service connection, which is deleted after it', async () => {
    const endpoint = async (password: string) => {
      const project = organization().state.projects.find('local');
      const answer = await ask('_apis/serviceendpoint/endpoints', {
        method: 'POST',
        body: {
          name: `source ${password.slice(0, 5)}`,
          type: 'git',
          url: `${organization().url}local/_git/local`,
          authorization: { scheme: 'UsernamePassword', parameters: { username: 'x', password } },
          serviceEndpointProjectReferences: [{ projectReference: { id: project?.id } }],
        },
      });
      return at<string>(answer, 'id');
    };
    const parameters = { gitSource: { url: `${organization().url}local/_git/local` } };
    const start = (serviceEndpointId: string) =>
      ask(`${target}/importRequests`, {
        method: 'POST',
        body: { parameters: { ...parameters, serviceEndpointId, deleteServiceEndpointAfterImportIsDone: true } },
      });
    const wrong = await endpoint('wrong password');
    const [, failed] = await states(at(await start(wrong), 'importRequestId'), 2);
    assert.deepEqual([failed?.status, at(await ask(target), 'size')], ['failed', 0]);
    assert.match(failed?.detailedStatus.errorMessage ?? '', /was not found/);

    const right = await endpoint(organization().personalAccessToken);
    assert.match(refusal(await start('00000000-0000-0000-0000-000000000001'))[2], /was not found/);
    const [, done] = await states(at(await start(right), 'importRequestId'), 2);
    assert.equal(done?.status, 'completed');
    const left = at<{ id: string }[]>(await ask('local/_apis/serviceendpoint/endpoints'), 'value');
    assert.deepEqual(
      left.map(({ id }) => id),
      [wrong],
      'one that failed is kept for the next attempt',
    );
  });

  it('fail with a reason for a place that cannot be reached, and can be abandoned', async () => {
    const id = at<number>(await importFrom('https://git.example.com/a.git'), 'importRequestId');
    const [, failed] = await states(id, 2);
    assert.equal(failed?.status, 'failed');
    assert.match(failed.detailedStatus.errorMessage ?? '', /only from itself and from the loopback address/);
    const path = `${target}/importRequests/${id}`;
    assert.equal(at(await ask(path, { method: 'PATCH', body: { status: 'abandoned' } }), 'status'), 'abandoned');
    assert.equal(at(await ask(`${target}/importRequests`), 'count'), 0);
    assert.equal(at(await ask(`${target}/importRequests?includeAbandoned=true`), 'count'), 1);
  });

  it('refuse a repository that is not empty, and whoever may not contribute', async () => {
    const body = { parameters: { gitSource: { url: `${organization().url}local/_git/copy` } } };
    assert.equal((await ask(`${repository}/importRequests`, { method: 'POST', body })).status, 400);
    const { token } = tokenOf('reader@example.com', 'Readers');
    assert.match(refusal(await importFrom('https://git.example.com', token))[2], /'GenericContribute'/);
  });
});
