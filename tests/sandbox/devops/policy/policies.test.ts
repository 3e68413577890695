import assert from 'node:assert/strict';
import { sendToDevops, useOrganization } from '../../../support/devops/fixture';
import { fixedBytes } from '../../../support/fixedBytes';
import { at, push, pushBody, refusal, repository, zeros } from '../git/seed';

const main = 'refs/heads/main';
const types = {
  minimumReviewers: 'fa4e907d-c16b-4a4c-9dfa-4906e5d171dd',
  build: '0609b952-1397-4640-95ec-e00a01b2c241',
  comments: 'c6a1889d-b943-4856-b76f-9e46bb6b0df2',
  mergeStrategy: 'fa4e907d-c16b-4a4c-9dfa-4916e5d171ab',
  requiredReviewers: 'fd2167ab-b0be-447a-8ec8-39368250530e',
  fileSize: '2e26e725-8201-4edd-8bf5-978563c34a80',
};

describe('Branch policies by the REST API', () => {
  const { ask, organization, tokenOf } = useOrganization();
  const all = 'local/_apis/policy/configurations';
  const configuration = (type: string, settings: object, further: object = {}) => ({
    isEnabled: true,
    isBlocking: true,
    type: { id: type },
    settings,
    ...further,
  });
  const create = (type: string, settings: object, further: object = {}) =>
    ask(all, { method: 'POST', body: configuration(type, settings, further) });
  const repositoryId = async () => at<string>(await ask(repository), 'id');
  const onMain = async () => [{ repositoryId: await repositoryId(), refName: main, matchKind: 'exact' }];
  const project = [{ repositoryId: null, refName: main, matchKind: 'Exact' }];

  it('keeps the settings as the service does for their type', async () => {
    const scope = [{ refName: main, matchKind: 'Exact', repositoryId: await repositoryId() }];
    const cases: readonly [string, object, object][] = [
      [types.mergeStrategy, { allowSquash: true, allowRebase: false, allowRebaseMerge: false }, { allowSquash: true }],
      [types.mergeStrategy, { useSquashMerge: false }, {}],
      [
        types.minimumReviewers,
        { minimumApproverCount: '2', creatorVoteCounts: false, unknown: 1 },
        { minimumApproverCount: 2, creatorVoteCounts: false },
      ],
      [types.build, { buildDefinitionId: 5 }, { buildDefinitionId: 5 }],
      [
        types.requiredReviewers,
        { requiredReviewerIds: ['a'], addedFilesOnly: false },
        { message: null, requiredReviewerIds: ['a'], addedFilesOnly: false },
      ],
      [
        types.fileSize,
        { maximumGitBlobSizeInBytes: 100, useUncompressedSize: false },
        { MaximumGitBlobSizeInBytes: 100, useUncompressedSize: false },
      ],
    ];
    for (const [type, given, kept] of cases) {
      const answer = await create(type, { ...given, scope: await onMain() });
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(at(answer, 'settings'), { ...kept, scope });
      assert.deepEqual((await ask(`${all}/${at<number>(answer, 'id')}`)).body, {
        ...(answer.body as object),
        createdDate: `${at<string>(answer, 'createdDate')}Z`,
      });
    }
  });

  it('counts revisions, and refuses one that is not the newest as absent', async () => {
    const answer = await create(types.comments, { scope: await onMain() });
    const [id, revision] = [at<number>(answer, 'id'), at<number>(answer, 'revision')];
    const put = (further: object) =>
      ask(`${all}/${id}`, { method: 'PUT', body: configuration(types.comments, { scope: project }, further) });
    assert.equal(at(await put({ revision }), 'revision'), 2);
    assert.deepEqual(refusal(await put({ revision })).slice(0, 3), [
      404,
      'PolicyConfigurationNotFoundException',
      `The policy configuration with ID '${id}' and revision '1' does not exist.`,
    ]);
    assert.equal(at(await put({ isEnabled: false }), 'revision'), 3);
    const revisions = at<{ revision: number }[]>(await ask(`${all}/${id}/revisions`), 'value');
    assert.deepEqual(
      revisions.map((each) => each.revision),
      [3, 2, 1],
    );
    assert.equal(at(await ask(`${all}/${id}/revisions/2`), 'isEnabled'), true);
  });

  it('hides what was deleted', async () => {
    const id = at<number>(await create(types.comments, { scope: project }), 'id');
    assert.equal((await ask(`${all}/${id}`, { method: 'DELETE' })).status, 204);
    assert.equal(at(await ask(all), 'count'), 0);
    for (const method of ['GET', 'DELETE']) assert.equal((await ask(`${all}/${id}`, { method })).status, 404);
  });

  it('lists by type and by scope', async () => {
    await create(types.comments, { scope: await onMain() });
    await create(types.build, { buildDefinitionId: 1, scope: project });
    const count = async (query: string) => at<number>(await ask(`${all}?${query}`), 'count');
    assert.equal(await count(`policyType=${types.build}`), 1);
    assert.equal(await count(`scope=${(await repositoryId()).replaceAll('-', '')}:${main}`), 1);
    assert.equal(await count(`scope=${main}`), 1);
    const { headers } = await ask(`${all}?$top=1`);
    assert.equal(headers.get('x-ms-continuationtoken'), '1');
    assert.equal(await count('$top=1&continuationToken=1'), 1);
    assert.equal(at(await ask(`local/_apis/policy/types/${types.build}`), 'displayName'), 'Build');
  });

  it('lists for a branch all that apply to it', async () => {
    await push(ask, main, zeros, [{ path: '/a', content: 'a' }]);
    const id = await repositoryId();
    await ask('local/_apis/git/repositories', { method: 'POST', body: { name: 'other' } });
    const other = at<string>(await ask('local/_apis/git/repositories/other'), 'id');
    const scopes = {
      exact: { repositoryId: id, refName: main, matchKind: 'Exact' },
      prefix: { repositoryId: id, refName: 'refs/heads/m', matchKind: 'Prefix' },
      defaultBranch: { repositoryId: null, refName: null, matchKind: 'DefaultBranch' },
      project: { repositoryId: null, refName: main, matchKind: 'Exact' },
      otherBranch: { repositoryId: id, refName: 'refs/heads/other', matchKind: 'Exact' },
      otherRepository: { repositoryId: other, refName: main, matchKind: 'Exact' },
    };
    const names = new Map<number, string>();
    for (const [name, scope] of Object.entries(scopes))
      names.set(at<number>(await create(types.comments, { scope: [scope] }), 'id'), name);
    const applying = async (repositoryName: string, refName: string) =>
      at<{ id: number }[]>(
        // By the description of the API the settings are a text here, unlike in `_apis/policy`.
        await sendToDevops(
          organization(),
          `local/_apis/git/policy/configurations?repositoryId=${repositoryName}&refName=${refName}`,
        ),
        'value',
      ).map((each) => names.get(each.id));
    assert.deepEqual(await applying(id, main), ['exact', 'prefix', 'defaultBranch', 'project']);
    assert.deepEqual(await applying(id, 'refs/heads/other'), ['otherBranch']);
    assert.deepEqual(await applying(other, main), ['project', 'otherRepository']);
  });

  it('refuses settings that are not those of the type', async () => {
    const scope = await onMain();
    const cases: readonly [string, object][] = [
      [types.minimumReviewers, { scope }],
      [types.build, { buildDefinitionId: 'a', scope }],
      [types.comments, { scope: [] }],
      [types.comments, { scope: [{ repositoryId: null, refName: main, matchKind: 'DefaultBranch' }] }],
      [types.comments, { scope: [{ repositoryId: null, refName: main, matchKind: 'Suffix' }] }],
    ];
    for (const [type, settings] of cases)
      assert.equal((await create(type, settings)).status, 400, JSON.stringify(settings));
    assert.equal((await create('11111111-1111-4111-8111-111111111111', { scope })).status, 404);
  });

  it('asks for the permission to edit policies', async () => {
    const { token } = tokenOf('writer@example.com', 'Contributors');
    const body = configuration(types.comments, { scope: await onMain() });
    assert.deepEqual(refusal(await ask(all, { method: 'POST', body, token })), [
      403,
      'GitNeedsPermissionException',
      "TF401027: You need the Git 'EditPolicies' permission to perform this action. Details: identity 'writer@example.com', scope 'branch'.",
    ]);
    assert.equal(at(await ask(all, { token }), 'count'), 0);
  });

  describe('that block pushes', () => {
    const blocked = [
      403,
      'GitRefUpdateRejectedByPolicyException',
      'TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.',
    ];
    const pushed = (name: string, oldObjectId: string, path: string, token: string) =>
      ask(`${repository}/pushes`, {
        method: 'POST',
        body: pushBody(name, oldObjectId, [{ path, content: path }]),
        token,
      });

    it('make a pull request necessary, but not for a new branch, and not for whoever is exempt', async () => {
      await create(types.comments, { scope: await onMain() });
      const tip = await push(ask, main, zeros, [{ path: '/a', content: 'a' }]);
      const { identity, token } = tokenOf('writer@example.com', 'Contributors');
      assert.deepEqual(refusal(await pushed(main, tip, '/b', token)), blocked);
      const update = [{ name: main, oldObjectId: tip, newObjectId: zeros }];
      const answer = await ask(`${repository}/refs`, { method: 'POST', body: update });
      assert.deepEqual(at(answer, 'value', 0, 'updateStatus'), 'rejectedByPolicy');
      const entries = [{ descriptor: identity.descriptor, allow: 128, deny: 0 }];
      const { id } = at<{ id: string }>(await ask(repository), 'project');
      await ask('_apis/accesscontrolentries/2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87', {
        method: 'POST',
        body: { token: `repoV2/${id}`, merge: true, accessControlEntries: entries },
      });
      assert.equal((await pushed(main, tip, '/b', token)).status, 201);
    });

    it('only for the files that they name, and only if they are enabled and required', async () => {
      const scope = await onMain();
      const tip = await push(ask, main, zeros, [{ path: '/a', content: 'a' }]);
      const { token } = tokenOf('writer@example.com', 'Contributors');
      await create(types.comments, { scope }, { isBlocking: false });
      await create(types.comments, { scope }, { isEnabled: false });
      await create(types.build, { buildDefinitionId: 1, filenamePatterns: ['/src/*', '!/src/docs/*'], scope });
      const next = at<string>(await pushed(main, tip, '/src/docs/b', token), 'refUpdates', 0, 'newObjectId');
      assert.deepEqual(refusal(await pushed(main, next, '/src/b', token)), blocked);
      assert.equal((await pushed('refs/heads/topic', next, '/src/b', token)).status, 201);
      const { blocksPush } = organization().state.hooks;
      const key = { id: await repositoryId(), projectId: at<{ id: string }>(await ask(repository), 'project').id };
      assert.equal(blocksPush(key, main), blocked[2]);
      assert.equal(blocksPush(key, 'refs/heads/topic'), undefined);
    });
  });

  describe('that check what is pushed', () => {
    const [main, topic] = ['refs/heads/main', 'refs/heads/topic'];
    const cases: readonly [
      title: string,
      type: string,
      settings: object,
      refused: readonly [string, string, string][],
    ][] = [
      [
        'the size of files as git stores them',
        types.fileSize,
        { maximumGitBlobSizeInBytes: 200, useUncompressedSize: false },
        [[main, '/large.bin', incompressible(1000)]],
      ],
      [
        'the size of files as they are',
        types.fileSize,
        { maximumGitBlobSizeInBytes: 200, useUncompressedSize: true },
        [
          [main, '/large.bin', incompressible(1000)],
          [topic, '/plain.txt', 'a'.repeat(1000)],
        ],
      ],
      [
        'the case of files, folders and branches',
        '7ed39669-655c-494e-b4a0-a08b4da0fcce',
        { enforceConsistentCase: true },
        [
          [main, '/SRC/b.txt', 'b'],
          [main, '/src/A.txt', 'a'],
          ['refs/heads/Main', '/c.txt', 'c'],
        ],
      ],
      [
        'the length of paths',
        '001a79cf-fda1-4c4e-9e7c-bac40ee5ead8',
        { maxPathLength: 20 },
        [[main, `/${'folder/'.repeat(4)}a`, 'a']],
      ],
      ['reserved names', 'db2b9b4c-180d-4529-9701-01541d19f36b', {}, [[main, '/src/Con.txt', 'c']]],
    ];
    for (const [title, type, settings, refused] of cases)
      it(`refuse by ${title}`, async () => {
        const tip = await push(ask, main, zeros, [{ path: '/src/a.txt', content: 'a' }]);
        assert.equal(
          (await create(type, { ...settings, scope: [{ repositoryId: await repositoryId() }] })).status,
          200,
        );
        for (const [branch, path, content] of refused) {
          const body = pushBody(branch, tip, [{ path, content }]);
          const [status, typeKey, message] = refusal(await ask(`${repository}/pushes`, { method: 'POST', body }));
          assert.deepEqual([status, typeKey], [403, 'GitRefUpdateRejectedByPolicyException'], path);
          assert.match(message, /^The push was rejected by the policy '[^']+': /);
        }
        await push(ask, main, tip, [{ path: '/src/compressed.txt', content: 'a'.repeat(150) }]);
      });
  });
});

/** Text that git cannot store in much less space. */
function incompressible(length: number): string {
  return fixedBytes(length).toString('base64').slice(0, length);
}
