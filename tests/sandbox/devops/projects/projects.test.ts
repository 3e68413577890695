import assert from 'node:assert/strict';
import { entriesOf, keyOf, useOrganization } from '../../../support/devops/fixture';

describe('Projects of the organisation', () => {
  const { organization, ask, tokenOf } = useOrganization();

  it('are created by an operation, with groups, a team and a build service', async () => {
    const made: string[] = [];
    organization().state.hooks.projectCreated.add(({ name }) => void made.push(name));
    const { status, body } = await ask('_apis/projects', {
      method: 'POST',
      body: { name: 'ml', description: 'Models' },
    });
    const { id, status: first } = body as { id: string; status: string };
    assert.deepEqual([status, first], [202, 'notSet']);
    const states = [];
    for (let read = 0; read < 2; read += 1)
      states.push(((await ask(`_apis/operations/${id}`)).body as { status: string }).status);
    assert.deepEqual([states, made], [['inProgress', 'succeeded'], ['ml']]);
    const { identities, projects } = organization().state;
    const project = projects.find('ML');
    const names = identities.all().filter(({ projectId }) => projectId === project?.id);
    assert.deepEqual(names.map(({ principalName }) => principalName).sort(), [
      '[ml]\\Build Administrators',
      '[ml]\\Contributors',
      '[ml]\\Project Administrators',
      '[ml]\\Project Valid Users',
      '[ml]\\Readers',
      '[ml]\\ml Team',
    ]);
    assert.equal(identities.buildServiceOf(project?.id ?? '').displayName, 'ml Build Service (sandbox)');
    const again = await ask('_apis/projects', { method: 'POST', body: { name: 'ML' } });
    assert.deepEqual([again.status, keyOf(again.body)], [409, 'ProjectAlreadyExistsException']);
    assert.equal(keyOf((await ask('_apis/operations/none')).body), 'OperationNotFoundException');
  });

  it('are renamed and deleted by those who may', async () => {
    const { token } = tokenOf('contributor@example.com', 'Contributors');
    const rename = (by?: string) =>
      ask('_apis/projects/local', {
        method: 'PATCH',
        body: { name: 'renamed' },
        ...(by !== undefined && { token: by }),
      });
    assert.equal((await rename(token)).status, 403);
    assert.equal((await ask('_apis/projects', { method: 'POST', body: { name: 'mine' }, token })).status, 403);
    assert.equal((await rename()).status, 200);
    const { identities, projects } = organization().state;
    const { id = '' } = projects.find('renamed') ?? {};
    assert.deepEqual(
      [identities.groupNamed('Readers', id).principalName, identities.buildServiceOf(id).displayName],
      ['[renamed]\\Readers', 'renamed Build Service (sandbox)'],
    );
    assert.equal((await ask('_apis/projects/renamed?includeCapabilities=true')).status, 200);
    assert.equal((await ask('_apis/projects/renamed', { method: 'DELETE', token })).status, 403);
    assert.equal((await ask('_apis/projects/renamed', { method: 'DELETE' })).status, 202);
    assert.equal((await ask('_apis/projects/renamed')).status, 404);
    const left = organization().state.identities.all();
    assert.deepEqual(
      left.filter(({ projectId }) => projectId !== undefined),
      [],
    );
  });

  it('follow the processes of the service', async () => {
    const { body } = await ask('_apis/process/processes');
    const names = (body as { value: readonly { name: string; isDefault: boolean }[] }).value;
    assert.deepEqual(names.map(({ name }) => name).sort(), ['Agile', 'Basic', 'CMMI', 'Scrum']);
    const capabilities = { processTemplate: { templateTypeId: '00000000-0000-0000-0000-000000000001' } };
    const { status, body: refusal } = await ask('_apis/projects', {
      method: 'POST',
      body: { name: 'x', capabilities },
    });
    assert.deepEqual([status, keyOf(refusal)], [404, 'ProcessTemplateNotFoundByTypeIdException']);
  });

  it('keep properties, which are read by name or by the start of it', async () => {
    const path = '_apis/projects/local/properties';
    const preview = { version: '7.1-preview.1' };
    const patch = [
      { op: 'add', path: '/Models.Owner', value: 'ml' },
      { op: 'add', path: '/Other', value: 1 },
    ];
    assert.equal((await ask(path, { ...preview, method: 'PATCH', body: patch })).status, 204);
    const read = async (keys: string) =>
      entriesOf((await ask(`${path}?keys=${keys}`, preview)).body).map(({ name, value }) => [name, value]);
    assert.deepEqual(await read('models.*'), [['Models.Owner', 'ml']]);
    assert.deepEqual(await read('Other,none'), [['Other', 1]]);
    await ask(path, { ...preview, method: 'PATCH', body: [{ op: 'remove', path: '/Other' }] });
    assert.deepEqual(await read('Other'), []);
    const { token } = tokenOf('reader@example.com', 'Readers');
    assert.equal((await ask(path, { ...preview, method: 'PATCH', body: patch, token })).status, 403);
  });

  it('need a name, JSON, and a method that the resource has', async () => {
    assert.equal((await ask('_apis/projects', { method: 'POST', body: {} })).status, 400);
    assert.equal((await ask('_apis/projects', { method: 'PUT', body: {} })).status, 405);
    const headers = { 'content-type': 'text/xml' };
    assert.equal((await ask('_apis/projects', { method: 'POST', body: {}, headers })).status, 415);
  });
});
