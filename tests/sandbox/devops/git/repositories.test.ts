import assert from 'node:assert/strict';
import { useOrganization } from '../../../support/devops/fixture';
import { at, push, refusal, repository, zeros } from './seed';

describe('Git repositories by the REST API', () => {
  const { organization, ask, tokenOf } = useOrganization();
  const all = 'local/_apis/git/repositories';
  const create = (name: string, token?: string) =>
    ask(all, { method: 'POST', body: { name }, ...(token !== undefined && { token }) });
  const patch = (name: string, body: object) => ask(`${all}/${name}`, { method: 'PATCH', body });
  const names = async (query = '') =>
    at<{ name: string }[]>(await ask(`${all}${query}`), 'value').map(({ name }) => name);
  const notFound = (name: string) => [
    404,
    'GitRepositoryNotFoundException',
    `TF401019: The Git repository with name or identifier ${name} does not exist or you do not have permissions for the operation you are attempting.`,
  ];

  it('creates a repository without a default branch, found by name in any case and by id', async () => {
    const answer = await create('Churn');
    assert.equal(answer.status, 201);
    const id = at<string>(answer, 'id');
    assert.equal(Object.hasOwn(answer.body as object, 'defaultBranch'), false);
    assert.equal(at(answer, 'size'), 0);
    assert.equal(at(answer, 'remoteUrl'), `${organization().url.replace('://', '://sandbox@')}local/_git/Churn`);
    for (const path of [`${all}/churn`, `${all}/${id}`, `_apis/git/repositories/${id.toUpperCase()}`])
      assert.equal(at(await ask(path), 'id'), id);
    assert.deepEqual(await names(), ['Churn', 'local']);
  });

  it('creates a repository by the route of the organisation', async () => {
    const project = at<string>(await ask('_apis/projects/local'), 'id');
    const body = { name: 'churn', project: { id: project } };
    assert.equal((await ask('_apis/git/repositories', { method: 'POST', body })).status, 201);
    assert.deepEqual(await names(), ['churn', 'local']);
  });

  it('refuses a name that is taken, also in another case or in the recycle bin', async () => {
    const id = at<string>(await create('churn'), 'id');
    const taken = [
      409,
      'GitRepositoryNameAlreadyExistsException',
      'TF400948: A Git repository with the name CHURN already exists.',
    ];
    assert.deepEqual(refusal(await create('CHURN')), taken);
    assert.equal((await ask(`${all}/churn`, { method: 'DELETE' })).status, 204);
    assert.deepEqual(refusal(await ask(`${all}/${id}`)), notFound(id));
    assert.deepEqual(refusal(await create('CHURN')), taken);
    const bin = 'local/_apis/git/recycleBin/repositories';
    assert.equal(at(await ask(bin), 'value', 0, 'id'), id);
    assert.equal((await ask(`${bin}/${id}`, { method: 'PATCH', body: { deleted: false } })).status, 200);
    assert.equal((await ask(`${all}/churn`, { method: 'DELETE' })).status, 204);
    assert.equal((await ask(`${bin}/${id}`, { method: 'DELETE' })).status, 200);
    assert.equal((await create('CHURN')).status, 201);
  });

  it('refuses names that no repository can have', async () => {
    for (const name of ['a/b', '_a', 'a'.repeat(65), 'a?']) assert.equal((await create(name)).status, 400, name);
  });

  it('renames a repository', async () => {
    await create('churn');
    assert.equal(at(await patch('churn', { name: 'churn-model' }), 'name'), 'churn-model');
    assert.deepEqual(await names(), ['churn-model', 'local']);
    assert.equal(refusal(await patch('churn-model', { name: 'LOCAL' }))[1], 'GitRepositoryNameAlreadyExistsException');
  });

  it('hides a disabled repository until it is enabled', async () => {
    await create('churn');
    assert.equal(at(await patch('churn', { isDisabled: true }), 'isDisabled'), true);
    assert.deepEqual(refusal(await ask(`${all}/churn`)), notFound('churn'));
    assert.deepEqual(refusal(await patch('churn', { name: 'x' })), notFound('churn'));
    assert.deepEqual(await names(), ['local']);
    assert.deepEqual(await names('?includeHidden=true'), ['churn', 'local']);
    assert.equal((await patch('churn', { isDisabled: false })).status, 200);
    assert.deepEqual(await names(), ['churn', 'local']);
  });

  it('makes the first pushed branch the default, and another one only if it exists', async () => {
    const missing = [
      404,
      'GitRefNotFoundException',
      'TF401020: The Git ref with name refs/heads/main does not exist in the repository with name or identifier local.',
    ];
    assert.deepEqual(refusal(await patch('local', { defaultBranch: 'refs/heads/main' })), missing);
    const tip = await push(ask, 'refs/heads/trunk', zeros, [{ path: '/a', content: 'a' }]);
    assert.equal(at(await ask(repository), 'defaultBranch'), 'refs/heads/trunk');
    assert.deepEqual(refusal(await patch('local', { defaultBranch: 'refs/heads/main' })), missing);
    await push(ask, 'refs/heads/main', tip, [{ path: '/b', content: 'b' }]);
    assert.equal(at(await patch('local', { defaultBranch: 'refs/heads/main' }), 'defaultBranch'), 'refs/heads/main');
  });

  it('names the permission that is missing', async () => {
    const { token } = tokenOf('reader@example.com', 'Readers');
    const needs = (permission: string, scope: string) => [
      403,
      'GitNeedsPermissionException',
      `TF401027: You need the Git '${permission}' permission to perform this action. Details: identity 'reader@example.com', scope '${scope}'.`,
    ];
    assert.deepEqual(refusal(await create('churn', token)), needs('CreateRepository', 'project'));
    const asked = (method: string, body?: object) => ask(repository, { method, token, ...(body && { body }) });
    assert.deepEqual(refusal(await asked('PATCH', { name: 'x' })), needs('RenameRepository', 'repository'));
    assert.deepEqual(refusal(await asked('PATCH', { isDisabled: true })), needs('DeleteRepository', 'repository'));
    assert.deepEqual(
      refusal(await asked('PATCH', { defaultBranch: 'refs/heads/x' })),
      needs('EditPolicies', 'repository'),
    );
    assert.deepEqual(refusal(await asked('DELETE')), needs('DeleteRepository', 'repository'));
  });

  it('shows the token of a job only the repositories that it names', async () => {
    const id = at<string>(await create('churn'), 'id');
    const { state, administrator } = organization();
    const token = state.tokens.issueJob({ identity: administrator, repositories: [id] });
    assert.deepEqual(
      at<{ name: string }[]>(await ask(all, { token }), 'value').map(({ name }) => name),
      ['churn'],
    );
    assert.deepEqual(refusal(await ask(repository, { token })), notFound('local'));
    assert.deepEqual(refusal(await create('other', token)), notFound('other'));
  });
});
