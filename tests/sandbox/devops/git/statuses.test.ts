import assert from 'node:assert/strict';
import { sendToDevops, useOrganization } from '../../../support/devops/fixture';
import { at, push, refusal, repository, zeros } from './seed';

describe('Statuses of commits', () => {
  const { ask, organization, tokenOf } = useOrganization();
  // The description has another status than the example of the documentation, 201.
  const post = (commit: string, status: object, token?: string) =>
    sendToDevops(organization(), `${repository}/commits/${commit}/statuses`, {
      method: 'POST',
      body: { context: { name: 'build', genre: 'ci' }, description: 'Build', ...status },
      ...(token !== undefined && { token }),
    });
  const states = async (commit: string, query = '') =>
    at<{ state: string; context: { name: string } }[]>(
      await ask(`${repository}/commits/${commit}/statuses${query}`),
      'value',
    ).map(({ state, context }) => `${context.name} ${state}`);

  it('are kept, the newest first, and the latest of each context is shown alone', async () => {
    const commit = await push(ask, 'refs/heads/main', zeros, [{ path: '/a', content: 'a' }]);
    const answer = await post(commit, { state: 'pending', targetUrl: 'https://ci.example.com/1' });
    assert.deepEqual([answer.status, at(answer, 'state'), at(answer, 'id')], [201, 'pending', 1]);
    await post(commit, { state: 'succeeded', context: { name: 'lint' } });
    await post(commit, { state: 'failed' });
    assert.deepEqual(await states(commit), ['build failed', 'lint succeeded', 'build pending']);
    assert.deepEqual(await states(commit, '?latestOnly=true'), ['build failed', 'lint succeeded']);
    assert.deepEqual(await states(commit, '?top=1&skip=1'), ['lint succeeded']);
  });

  it('need a commit, a name and the permission to contribute', async () => {
    const commit = await push(ask, 'refs/heads/main', zeros, [{ path: '/a', content: 'a' }]);
    const { token } = tokenOf('reader@example.com', 'Readers');
    assert.equal((await ask(`${repository}/commits/${'1'.repeat(40)}/statuses`)).status, 404);
    assert.equal((await post(commit, { context: {} })).status, 400);
    const [status, typeKey] = refusal(await post(commit, { state: 'succeeded' }, token));
    assert.deepEqual([status, typeKey, await states(commit)], [403, 'GitNeedsPermissionException', []]);
  });
});
