import assert from 'node:assert/strict';
import { gitToken } from '../../../../sandbox/devops/git/repositories/gitPermission';
import { sendToDevops, useOrganization } from '../../../support/devops/fixture';
import { at, push, pushBody, refusal, repository, zeros } from './seed';

const main = 'refs/heads/main';

describe('Pushes and references by the REST API', () => {
  const { organization, ask, tokenOf } = useOrganization();
  const post = (body: object, token?: string) =>
    ask(`${repository}/pushes`, { method: 'POST', body, ...(token !== undefined && { token }) });
  const change = (oldObjectId: string, ...changes: readonly object[]) =>
    post({ refUpdates: [{ name: main, oldObjectId }], commits: [{ comment: 'Change', changes }] });
  const raw = async (path: string, query = '') =>
    (
      await sendToDevops(organization(), `${repository}/items?path=${path}${query}`, {
        headers: { accept: 'text/plain;api-version=7.1' },
      })
    ).text;
  const paths = async (query = '') =>
    at<{ path: string }[]>(await ask(`${repository}/items?scopePath=/&recursionLevel=full${query}`), 'value').map(
      ({ path }) => path,
    );
  const updateRefs = async (update: object, token?: string) => {
    const answer = await ask(`${repository}/refs`, {
      method: 'POST',
      body: [update],
      ...(token !== undefined && { token }),
    });
    assert.equal(answer.status, 200);
    return [at(answer, 'value', 0, 'updateStatus'), at(answer, 'value', 0, 'success')];
  };

  it('writes text and base64 byte by byte', async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 239, 187, 191]);
    const answer = await change(
      zeros,
      { changeType: 'add', item: { path: '/text.md' }, newContent: { content: 'a\r\nä', contentType: 'rawtext' } },
      {
        changeType: 1,
        item: { path: '/folder/bytes' },
        newContent: { content: bytes.toString('base64'), contentType: 'base64encoded' },
      },
    );
    assert.equal(answer.status, 201, answer.text);
    assert.deepEqual(await paths(), ['/', '/folder', '/folder/bytes', '/text.md']);
    assert.equal(await raw('/text.md'), 'a\r\nä');
    const url = `${organization().url}${repository}/items?path=/folder/bytes&api-version=7.1`;
    const authorization = `Basic ${Buffer.from(`:${organization().personalAccessToken}`).toString('base64')}`;
    const response = await fetch(url, { headers: { authorization, accept: 'application/octet-stream' } });
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes);
  });

  it('edits, renames and deletes files and folders', async () => {
    const first = await push(ask, main, zeros, [
      { path: '/a', content: 'a' },
      { path: '/d/b', content: 'b' },
      { path: '/d/c', content: 'c' },
    ]);
    const answer = await change(
      first,
      { changeType: 'edit', item: { path: '/a' }, newContent: { content: 'A', contentType: 'rawtext' } },
      { changeType: 'rename', sourceServerItem: '/d/b', item: { path: '/b' } },
      { changeType: 'delete', item: { path: '/d' } },
    );
    assert.equal(answer.status, 201, answer.text);
    assert.deepEqual(await paths(), ['/', '/a', '/b']);
    assert.deepEqual([await raw('/a'), await raw('/b')], ['A', 'b']);
    assert.equal(await raw('/a', `&versionDescriptor.version=${first}&versionDescriptor.versionType=commit`), 'a');
  });

  it('refuses to add what exists and to change what does not, and writes nothing', async () => {
    const tip = await push(ask, main, zeros, [{ path: '/a/b', content: 'a' }]);
    const newContent = { content: 'x', contentType: 'rawtext' };
    const changes = [
      { changeType: 'add', item: { path: '/a/b' }, newContent },
      { changeType: 'add', item: { path: '/a' }, newContent },
      { changeType: 'add', item: { path: '/a/b/c' }, newContent },
      { changeType: 'edit', item: { path: '/b' }, newContent },
      { changeType: 'delete', item: { path: '/b' } },
      { changeType: 'rename', sourceServerItem: '/b', item: { path: '/c' } },
      { changeType: 'add', item: { path: '/.git/config' }, newContent },
    ];
    for (const each of changes) {
      const { status } = await change(tip, { changeType: 'add', item: { path: '/new' }, newContent }, each);
      assert.ok(status === 400 || status === 409, JSON.stringify(each));
    }
    assert.deepEqual(await paths(), ['/', '/a', '/a/b']);
  });

  it('refuses what is based on an old state of the branch', async () => {
    const first = await push(ask, main, zeros, [{ path: '/a', content: 'a' }]);
    await push(ask, main, first, [{ path: '/b', content: 'b' }]);
    const stale = [
      409,
      'GitReferenceStaleException',
      "TF401028: The reference 'refs/heads/main' has already been updated by another client, so you cannot update it. Please try again.",
    ];
    for (const oldObjectId of [first, zeros])
      assert.deepEqual(refusal(await post(pushBody(main, oldObjectId, [{ path: '/c', content: 'c' }]))), stale);
  });

  it('starts a branch at the commit that a push is based on', async () => {
    const first = await push(ask, main, zeros, [{ path: '/a', content: 'a' }]);
    const tip = await push(ask, 'refs/heads/topic', first, [{ path: '/b', content: 'b' }]);
    assert.deepEqual(await paths('&versionDescriptor.version=topic'), ['/', '/a', '/b']);
    assert.deepEqual(at(await ask(`${repository}/commits/${tip}`), 'parents'), [first]);
  });

  it('refuses a push of more than 26,214,400 bytes', async () => {
    const ofSize = (bytes: number) => {
      const body = pushBody(main, zeros, [{ path: '/a', content: '' }]);
      return pushBody(main, zeros, [{ path: '/a', content: 'a'.repeat(bytes - JSON.stringify(body).length) }]);
    };
    assert.deepEqual(refusal(await post(ofSize(26_214_401))), [
      400,
      'InvalidArgumentValueException',
      'The maximum request size of 26214400 bytes was exceeded.\r\nParameter name: contentStream',
    ]);
    assert.equal((await post(ofSize(26_214_400))).status, 201);
  });

  it('shows pushes and their commits', async () => {
    const first = await push(ask, main, zeros, [{ path: '/a', content: 'a' }]);
    const second = await push(ask, main, first, [{ path: '/a', content: 'b', changeType: 'edit' }]);
    const pushes = at<{ pushId: number }[]>(await ask(`${repository}/pushes`), 'value');
    assert.deepEqual(pushes.length, 2);
    assert.equal(at(await ask(`${repository}/pushes/${pushes[0]?.pushId ?? 0}`), 'commits', 0, 'commitId'), second);
    const commits = at<{ commitId: string; changeCounts: object }[]>(await ask(`${repository}/commits`), 'value');
    assert.deepEqual(
      commits.map(({ commitId, changeCounts }) => [commitId, changeCounts]),
      [
        [second, { Add: 0, Edit: 1, Delete: 0 }],
        [first, { Add: 1, Edit: 0, Delete: 0 }],
      ],
    );
    const difference = await ask(
      `${repository}/diffs/commits?baseVersion=${first}&baseVersionType=commit&targetVersion=main`,
    );
    assert.deepEqual([at(difference, 'aheadCount'), at(difference, 'behindCount')], [1, 0]);
    assert.equal(at(difference, 'changes', 0, 'item', 'path'), '/a');
  });

  it('names the item that is missing, with its version', async () => {
    const tip = await push(ask, main, zeros, [{ path: '/a', content: 'a' }]);
    assert.deepEqual(refusal(await ask(`${repository}/items?path=/b`)), [
      404,
      'GitItemNotFoundException',
      `TF401174: The item '/b' could not be found in the repository 'local' at the version specified by '<Branch: main >' (resolved to commit '${tip}')`,
    ]);
  });

  it('creates and deletes references, and says why one was not updated with status 200', async () => {
    const first = await push(ask, main, zeros, [{ path: '/a', content: 'a' }]);
    const second = await push(ask, main, first, [{ path: '/b', content: 'b' }]);
    const name = 'refs/heads/topic';
    assert.deepEqual(await updateRefs({ name, oldObjectId: zeros, newObjectId: first }), ['succeeded', true]);
    assert.deepEqual(await updateRefs({ name, oldObjectId: second, newObjectId: second }), ['staleOldObjectId', false]);
    const folder = { name: `${name}/x`, oldObjectId: zeros, newObjectId: first };
    assert.deepEqual(await updateRefs(folder), ['refNameConflict', false]);
    const invalid = { name: 'refs/heads/a..b', oldObjectId: zeros, newObjectId: first };
    assert.deepEqual(await updateRefs(invalid), ['invalidRefName', false]);
    const unknown = { name: 'refs/heads/x', oldObjectId: zeros, newObjectId: '1'.repeat(40) };
    assert.deepEqual(await updateRefs(unknown), ['unresolvableToCommit', false]);
    const { token } = tokenOf('writer@example.com', 'Contributors');
    const backwards = { name: main, oldObjectId: second, newObjectId: first };
    assert.deepEqual(await updateRefs(backwards, token), ['forcePushRequired', false]);
    const reader = tokenOf('reader@example.com', 'Readers').token;
    assert.deepEqual(await updateRefs({ name: main, oldObjectId: second, newObjectId: second }, reader), [
      'writePermissionRequired',
      false,
    ]);
    assert.deepEqual(await updateRefs({ name, oldObjectId: first, newObjectId: zeros }), ['succeeded', true]);
    assert.deepEqual(at(await ask(`${repository}/refs?filter=heads/t`), 'count'), 0);
  });

  it('lists the references that a filter names', async () => {
    const tip = await push(ask, main, zeros, [{ path: '/a', content: 'a' }]);
    for (const name of ['refs/heads/main2', 'refs/tags/v1'])
      await updateRefs({ name, oldObjectId: zeros, newObjectId: tip });
    const listed = async (query: string) =>
      at<{ name: string }[]>(await ask(`${repository}/refs${query}`), 'value').map(({ name }) => name);
    assert.deepEqual(await listed(''), ['refs/heads/main', 'refs/heads/main2', 'refs/tags/v1']);
    assert.deepEqual(await listed('?filter=heads/main'), ['refs/heads/main', 'refs/heads/main2']);
    assert.deepEqual(await listed('?filter=tags'), ['refs/tags/v1']);
  });

  it('locks a branch for everybody else', async () => {
    const tip = await push(ask, main, zeros, [{ path: '/a', content: 'a' }]);
    const lock = (isLocked: boolean, token?: string) =>
      ask(`${repository}/refs?filter=heads/main`, {
        method: 'PATCH',
        body: { isLocked },
        ...(token !== undefined && { token }),
      });
    assert.equal(at(await lock(true), 'isLocked'), true);
    const { token } = tokenOf('writer@example.com', 'Contributors');
    assert.equal((await post(pushBody(main, tip, [{ path: '/b', content: 'b' }]), token)).status, 400);
    assert.equal(refusal(await lock(false, token))[1], 'GitNeedsPermissionException');
    assert.equal((await lock(false)).status, 200);
    assert.equal((await post(pushBody(main, tip, [{ path: '/b', content: 'b' }]), token)).status, 201);
  });

  it('asks for the permission to contribute, also of a single branch', async () => {
    const tip = await push(ask, main, zeros, [{ path: '/a', content: 'a' }]);
    const { identity, token } = tokenOf('reader@example.com', 'Readers');
    const body = pushBody(main, tip, [{ path: '/b', content: 'b' }]);
    assert.deepEqual(refusal(await post(body, token)), [
      403,
      'GitNeedsPermissionException',
      "TF401027: You need the Git 'GenericContribute' permission to perform this action. Details: identity 'reader@example.com', scope 'branch'.",
    ]);
    const { id, project } = (await ask(repository)).body as { id: string; project: { id: string } };
    const entries = [{ descriptor: identity.descriptor, allow: 4, deny: 0 }];
    const granted = await ask('_apis/accesscontrolentries/2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87', {
      method: 'POST',
      body: { token: gitToken(project.id, id, main), merge: true, accessControlEntries: entries },
    });
    assert.equal(granted.status, 200, granted.text);
    assert.equal((await post(body, token)).status, 201);
  });
});
