import assert from 'node:assert/strict';
import { namespaceIds } from '../../../../sandbox/devops/identities/namespaces';
import { Approvals } from '../../../../sandbox/devops/resources/approvals/approvals';
import { CheckConfigurations, checkTypes } from '../../../../sandbox/devops/resources/checks/checkConfigurations';
import { sendToDevops, useOrganization } from '../../../support/devops/fixture';
import { PipelineProject } from '../build/pipelineProject';

const preview = '7.1-preview.1';

describe('What pipelines use in the stand-in', () => {
  const fixture = useOrganization();
  const { ask, organization, tokenOf } = fixture;
  const project = new PipelineProject(fixture);
  /** Microsoft's examples have 204 where its description has 200. */
  const sendBare = (method: string, path: string, body?: unknown, version = '7.1') =>
    sendToDevops(organization(), path, { method, version, ...(body !== undefined && { body }) });
  const idOf = async (answer: Promise<{ body: unknown }>) => ((await answer).body as { id: number }).id;
  const environment = (name: string) =>
    idOf(project.send('POST', 'local/_apis/distributedtask/environments', { name }));

  it('refuses a second environment of a name, and names the bit that its creator lacks', async () => {
    const id = await environment('production');
    const { token } = tokenOf('reader@example.com', 'Readers');
    const again = await ask('local/_apis/pipelines/environments', { method: 'POST', body: { name: 'Production' } });
    assert.deepEqual([again.status, (again.body as { typeKey: string }).typeKey], [409, 'EnvironmentExistsException']);
    const denied = await ask('local/_apis/distributedtask/environments', {
      method: 'POST',
      body: { name: 'mine' },
      token,
    });
    assert.deepEqual([denied.status, /needs (\w+) permissions/.exec(denied.text)?.[1]], [403, 'Create']);
    await project.send('PATCH', `local/_apis/distributedtask/environments/${id}`, { description: 'for models' });
    const read = (await project.send('GET', `local/_apis/pipelines/environments/${id}`)).body;
    assert.deepEqual((read as { name: string; description: string }).description, 'for models');
    assert.equal((await ask(`local/_apis/distributedtask/environments/${id}`, { method: 'DELETE' })).status, 200);
    assert.equal((await ask(`local/_apis/distributedtask/environments/${id}`)).status, 404);
  });

  it('keeps the same check twice, completes approvals and refuses approvers that it does not know', async () => {
    const id = await environment('production');
    const { identity } = tokenOf('approver@example.com', 'Contributors');
    const check = (approver: string) => ({
      type: { id: '8c6f20a7-a545-4486-9777-f762fafe0d4d', name: 'Approval' },
      settings: { approvers: [{ id: approver }], requesterCannotBeApprover: true },
      timeout: 60,
      resource: { type: 'environment', id: String(id), name: 'production' },
    });
    const path = 'local/_apis/pipelines/checks/configurations';
    const added: Readonly<Record<string, unknown>>[] = [];
    for (let turn = 0; turn < 2; turn += 1)
      added.push((await project.send('POST', path, check(identity.id), preview)).body as (typeof added)[number]);
    assert.notEqual(added[0]?.['id'], added[1]?.['id']);
    assert.deepEqual(
      [added[0]?.['settings'], added[0]?.['resource'], added[0]?.['version']],
      [
        {
          approvers: [{ displayName: null, id: identity.id }],
          executionOrder: 'anyOrder',
          minRequiredApprovers: 0,
          instructions: '',
          blockedApprovers: [],
          requesterCannotBeApprover: true,
        },
        { type: 'environment', id: String(id) },
        1,
      ],
    );
    const unknown = await ask(path, { method: 'POST', body: check(identity.originId), version: preview });
    assert.deepEqual(
      [unknown.status, (unknown.body as { message: string }).message],
      [400, `The following identities are invalid: ${identity.originId}. Parameter name: identities`],
    );
    const query = `${path}?resourceType=environment&resourceId=${id}`;
    const listed = async (more = '') =>
      ((await project.send('GET', query + more, undefined, preview)).body as { value: { settings?: object }[] }).value;
    assert.deepEqual(
      (await listed()).map(({ settings }) => settings),
      [undefined, undefined],
    );
    assert.ok((await listed('&$expand=settings')).every(({ settings }) => settings !== undefined));
    const many = await project.send(
      'POST',
      'local/_apis/pipelines/checks/queryconfigurations?$expand=settings',
      [{ type: 'environment', id: String(id) }],
      preview,
    );
    assert.equal((many.body as { count: number }).count, 2);
    const changed = await project.send(
      'PATCH',
      `${path}/${String(added[0]?.['id'])}`,
      { ...check(identity.id), timeout: 30 },
      preview,
    );
    assert.deepEqual(
      [(changed.body as { timeout: number }).timeout, (changed.body as { version: number }).version],
      [30, 2],
    );
    assert.equal((await sendBare('DELETE', `${path}/${String(added[1]?.['id'])}`, undefined, preview)).status, 204);
    await project.send('DELETE', `local/_apis/distributedtask/environments/${id}`);
    assert.equal((await ask(`${path}/${String(added[0]?.['id'])}`, { version: preview })).status, 403);
    assert.equal((await ask(query, { version: '7.1' })).status, 400, 'checks are in preview');
  });

  it('lets nobody approve who cannot see what is to be used', async () => {
    const { state } = organization();
    const projectId = state.projects.all()[0]?.id ?? '';
    const id = await environment('production');
    const { identity, token } = tokenOf('approver@example.com');
    const check = state.of(CheckConfigurations).add(
      {
        projectId,
        type: checkTypes.approval,
        resource: { type: 'environment', id: String(id), name: undefined },
        settings: { approvers: [{ id: identity.id }] },
        timeout: 60,
      },
      identity.id,
    );
    const approval = state.of(Approvals).request(check, 1, '');
    state.security.set(
      namespaceIds.project,
      `$PROJECT:vstfs:///Classification/TeamProject/${projectId}`,
      identity.descriptor,
      { allow: 1, deny: 0 },
    );
    const approve = async () =>
      (
        await ask('local/_apis/pipelines/approvals', {
          method: 'PATCH',
          body: [{ approvalId: approval.id, status: 'approved' }],
          token,
        })
      ).status;
    assert.equal(await approve(), 403);
    const path = `_apis/securityroles/scopes/distributedtask.environmentreferencerole/roleassignments/resources/${projectId}_${id}`;
    await project.send('PUT', path, [{ roleName: 'User', userId: identity.id }], preview);
    assert.equal(await approve(), 200);
    assert.equal(approval.status, 'approved');
  });

  it('lists every pipeline that may use a resource, after single and batch requests', async () => {
    await project.push({ 'azure-pipelines.yml': 'steps: []\n' });
    const [first, second] = [await project.define('first'), await project.define('second')];
    const id = await environment('production');
    const path = `local/_apis/pipelines/PipelinePermissions/environment/${id}`;
    const permitted = (body: unknown) => (body as { pipelines: { id: number }[] }).pipelines.map((each) => each.id);
    const one = await project.send('PATCH', path, { pipelines: [{ id: first, authorized: true }] }, preview);
    assert.deepEqual(permitted(one.body), [first]);
    const batch = await project.send(
      'PATCH',
      'local/_apis/pipelines/pipelinepermissions',
      [{ resource: { type: 'environment', id: String(id) }, pipelines: [{ id: second, authorized: true }] }],
      preview,
    );
    assert.deepEqual((batch.body as { value: unknown[] }).value.map(permitted), [[first, second]]);
    await project.send('PATCH', path, { pipelines: [{ id: first, authorized: false }] }, preview);
    assert.deepEqual(permitted((await project.send('GET', path, undefined, preview)).body), [second]);
    const { token } = tokenOf('reader@example.com', 'Readers');
    const asked = { method: 'PATCH', version: preview };
    const refused = [
      await ask(path, { ...asked, body: { pipelines: [{ id: first, authorized: true }] }, token }),
      await ask(path, { ...asked, body: { pipelines: [{ id: 999, authorized: true }] } }),
      await ask('local/_apis/pipelines/pipelinepermissions/environment/999', { ...asked, body: { pipelines: [] } }),
    ];
    assert.deepEqual(
      refused.map(({ status }) => status),
      [403, 404, 404],
    );
  });

  it('shares service connections, and shows no secret and to readers no parameter', async () => {
    const { state } = organization();
    const projectId = state.projects.all()[0]?.id ?? '';
    const other = await state.projects.create({ name: 'other' });
    const endpoint = {
      name: 'registry',
      type: 'Generic',
      url: 'https://registry.example',
      authorization: { scheme: 'UsernamePassword', parameters: { username: 'me', password: 'hunter22' } },
      data: {},
      serviceEndpointProjectReferences: [{ name: 'registry', projectReference: { id: projectId, name: 'local' } }],
    };
    const created = await project.send('POST', '_apis/serviceendpoint/endpoints', endpoint);
    const { id, authorization } = created.body as { id: string; authorization: object };
    assert.deepEqual(authorization, { parameters: { username: 'me', password: null }, scheme: 'UsernamePassword' });
    const twice = await ask('_apis/serviceendpoint/endpoints', { method: 'POST', body: endpoint });
    assert.deepEqual(
      [twice.status, (twice.body as { typeKey: string }).typeKey],
      [409, 'DuplicateServiceConnectionException'],
    );
    await project.send('PUT', `_apis/serviceendpoint/endpoints/${id}`, {
      ...endpoint,
      authorization: { scheme: 'UsernamePassword', parameters: { username: 'you' } },
    });
    const share = [{ name: 'shared', projectReference: { id: other.id, name: 'other' } }];
    assert.equal((await sendBare('PATCH', `_apis/serviceendpoint/endpoints/${id}`, share)).status, 204);
    const byName = (await project.send('GET', 'other/_apis/serviceendpoint/endpoints?endpointNames=Shared')).body;
    assert.deepEqual(
      (byName as { value: { name: string }[] }).value.map(({ name }) => name),
      ['shared'],
    );
    const { token } = tokenOf('reader@example.com', 'Readers');
    const read = await ask(`local/_apis/serviceendpoint/endpoints/${id}`, { token });
    assert.deepEqual((read.body as { authorization: object }).authorization, { scheme: 'UsernamePassword' });
    assert.equal(
      (await sendBare('GET', 'local/_apis/serviceendpoint/endpoints/00000000-0000-0000-0000-000000000009')).text,
      'null',
    );
    assert.equal(
      (await sendBare('DELETE', `_apis/serviceendpoint/endpoints/${id}?projectIds=${projectId}`)).status,
      204,
    );
    assert.equal((await sendBare('GET', `local/_apis/serviceendpoint/endpoints/${id}`)).text, 'null');
    assert.notEqual((await sendBare('GET', `other/_apis/serviceendpoint/endpoints/${id}`)).text, 'null');
  });

  it('gives roles as permissions of their resource', async () => {
    const { state } = organization();
    const projectId = state.projects.all()[0]?.id ?? '';
    const id = await environment('production');
    const { identity, token } = tokenOf('user@example.com', 'Readers');
    const path = `_apis/securityroles/scopes/distributedtask.environmentreferencerole/roleassignments/resources/${projectId}_${id}`;
    const change = () =>
      ask(`local/_apis/distributedtask/environments/${id}`, { method: 'PATCH', body: { description: 'x' }, token });
    assert.equal((await change()).status, 403);
    const assigned = await project.send('PUT', path, [{ roleName: 'Administrator', userId: identity.id }], preview);
    const found = (assigned.body as { value: { identity: { id: string }; role: { name: string }; access: string }[] })
      .value;
    const roleOf = (who: string) =>
      found.filter((each) => each.identity.id === who).map(({ role, access }) => [role.name, access]);
    assert.deepEqual(roleOf(identity.id), [['Administrator', 'assigned']]);
    const readers = state.identities.groupNamed('Readers', projectId);
    assert.deepEqual(roleOf(readers.id), [['Reader', 'inherited']]);
    assert.equal((await change()).status, 200);
    assert.equal((await ask(path, { method: 'PATCH', body: [identity.id], version: preview })).status, 200);
    assert.equal((await change()).status, 403);
    const unknown = await ask(path, {
      method: 'PUT',
      body: [{ roleName: 'King', userId: identity.id }],
      version: preview,
    });
    assert.equal(unknown.status, 400);
  });
});
