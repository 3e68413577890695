import assert from 'node:assert/strict';
import { type DocumentedExample, examplesIfAny } from '../../../support/devops/examples';
import { required } from '../../../support/devops/facts';
import { useOrganization } from '../../../support/devops/fixture';
import { compareShape } from '../../../support/devops/shape';
import { at, push, readItem, repository, zeros } from './seed';

const branch = 'refs/heads/master';

/** Where the recordings say otherwise, they are right: the link to the type of a policy has another name. */
const contradicted = ['._links.type: missing'];

describe('Pushes, policies and branches in the examples of the documentation', () => {
  const { organization, ask } = useOrganization();
  const tip = async () => {
    const answer = await ask(`${repository}/refs?filter=heads/master`);
    return at<{ objectId: string }[]>(answer, 'value')[0]?.objectId ?? zeros;
  };
  const find = (test: Mocha.Context, isWanted: (example: DocumentedExample) => boolean) =>
    required(test, examplesIfAny()).filter(isWanted);
  async function check({ name, method, status, shape }: DocumentedExample, path: string, body: unknown): Promise<void> {
    const answer = await ask(path, { method, ...(body !== undefined && { body }) });
    assert.equal(answer.status, status, `${name}: ${answer.text}`);
    const { deviations } = compareShape(shape, answer.body);
    assert.deepEqual(
      deviations.filter((line) => !contradicted.includes(line)),
      [],
      name,
    );
  }

  it('are answered as documented: pushes', async function () {
    const pushes = find(this, ({ route, method }) => route.endsWith('/pushes') && method === 'POST');
    assert.equal(pushes.length, 4);
    for (const example of pushes) {
      const { refUpdates, ...others } = example.request as { refUpdates: readonly { name: string }[] };
      if (example.name === 'Delete a file')
        await push(ask, branch, await tip(), [{ path: '/images/people/default.jpg', content: 'x' }]);
      const oldObjectId = await tip();
      const body = { ...others, refUpdates: refUpdates.map((each) => ({ ...each, oldObjectId })) };
      await check(example, `${repository}/pushes`, body);
    }
    const items = await ask(`${repository}/items?scopePath=/&recursionLevel=full`);
    assert.deepEqual(
      at<{ path: string }[]>(items, 'value').map(({ path }) => path),
      ['/', '/activetasks.md', '/readme.md'],
    );
  });

  it('are answered as documented: policies', async function () {
    const policies = find(
      this,
      ({ area, route, method }) => area === 'policy' && route.endsWith('s') && method === 'POST',
    );
    assert.equal(policies.length, 6);
    for (const example of policies) await check(example, 'local/_apis/policy/configurations', example.request);
  });

  it('are answered as documented: commits, items, blobs and branches', async function () {
    await push(ask, branch, zeros, [{ path: '/MyWebSite/Views/Home/_Home.cshtml', content: 'x' }]);
    const commit = await tip();
    const blob = at<string>(await readItem(organization(), '/MyWebSite/Views/Home/_Home.cshtml'), 'objectId');
    const examples = find(this, ({ area }) => area === 'git');
    const paths: Readonly<Record<string, string>> = {
      'GET {commitId}': `commits/${commit}`,
      'GET {sha1}': `blobs/${blob}`,
      'GET items': 'items?scopePath=/MyWebSite/Views&recursionLevel=OneLevel',
      'GET branches': 'stats/branches',
      'GET pushes': 'pushes',
      'PATCH refs': 'refs?filter=heads/master',
    };
    let checked = 0;
    for (const example of examples) {
      const path = paths[`${example.method} ${example.route.split('/').at(-1) ?? ''}`];
      if (path === undefined || example.name === 'With limited changes' || example.name === 'For a path') continue;
      await check(example, `${repository}/${path}`, example.request);
      checked++;
    }
    assert.equal(checked, Object.keys(paths).length);
  });
});
