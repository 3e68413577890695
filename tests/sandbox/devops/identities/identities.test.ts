import assert from 'node:assert/strict';
import { entriesOf, keyOf, useOrganization } from '../../../support/devops/fixture';

interface Subject {
  readonly descriptor: string;
  readonly originId: string;
  readonly displayName: string;
  readonly principalName: string;
}

describe('Identities of the organisation', () => {
  const { organization, ask, tokenOf } = useOrganization();
  const preview = { host: 'vssps', version: '7.1-preview.1' } as const;
  const groupId = (name: string) => {
    const { identities, projects } = organization().state;
    return identities.groupNamed(name, projects.find('local')?.id);
  };

  it('are found by name, address or alias, and by several names at once', async () => {
    const { identity } = tokenOf('anna@example.com');
    const search = async (filter: string, value: string) => {
      const query = new URLSearchParams({ searchFilter: filter, filterValue: value }).toString();
      const { body } = await ask(`_apis/identities?${query}`, { host: 'vssps' });
      return entriesOf(body).map(({ id }) => id);
    };
    for (const [filter = '', value = ''] of [
      ['General', 'ANNA@example.com'],
      ['MailAddress', 'anna@example.com'],
      ['DirectoryAlias', 'anna'],
      ['AccountName', 'anna@example.com'],
    ])
      assert.deepEqual(await search(filter, value), [identity.id], filter);
    assert.deepEqual(await search('General', 'anna'), []);
    const { subjectDescriptor } = organization().administrator;
    const list = `${identity.subjectDescriptor},${subjectDescriptor},aad.bm9ib2R5`;
    const { body } = await ask(`_apis/identities?subjectDescriptors=${list}`, { host: 'vssps' });
    const shown: readonly (Readonly<Record<string, unknown>> | null)[] = entriesOf(body);
    assert.deepEqual(
      [shown[0]?.['id'], shown[1]?.['id'], shown[2]],
      [identity.id, organization().administrator.id, null],
    );
    const batch = await ask('_apis/identitybatch', {
      ...preview,
      method: 'POST',
      body: { descriptors: [identity.descriptor] },
    });
    assert.deepEqual(
      entriesOf(batch.body).map(({ id }) => id),
      [identity.id],
    );
    const many = Array.from({ length: 50 }, () => identity.descriptor).join(',');
    assert.equal(
      (await ask(`_apis/identities?descriptors=${encodeURIComponent(many)}`, { host: 'vssps' })).status,
      414,
    );
  });

  it('are members of groups by both routes, and adding a member twice changes nothing', async () => {
    const { identity } = tokenOf('anna@example.com');
    const readers = groupId('Readers');
    const member = `_apis/identities/${readers.id}/members/${identity.id}`;
    const put = async () => (await ask(member, { ...preview, method: 'PUT' })).text;
    assert.deepEqual([await put(), await put()], ['true', 'false']);
    const membership = `_apis/graph/memberships/${identity.subjectDescriptor}/${readers.subjectDescriptor}`;
    assert.equal((await ask(membership, { ...preview, method: 'HEAD' })).status, 200);
    const { body } = await ask(`_apis/identities/${readers.id}/members`, preview);
    assert.deepEqual(entriesOf(body), [identity.descriptor]);
    const expanded = await ask(`_apis/identities?identityIds=${identity.id}&queryMembership=Expanded`, {
      host: 'vssps',
    });
    const memberOf = entriesOf(expanded.body)[0]?.['memberOf'];
    assert.deepEqual(
      memberOf,
      [readers, groupId('Project Valid Users')].map(({ descriptor }) => descriptor),
    );
    assert.equal((await ask(membership, { ...preview, method: 'DELETE' })).status, 200);
    assert.equal((await ask(membership, { ...preview, method: 'HEAD' })).status, 404);
    assert.equal((await ask(membership, preview)).status, 404);
    assert.equal((await ask(member, { ...preview, method: 'DELETE' })).text, 'false');
    assert.equal((await ask(membership, { ...preview, method: 'PUT' })).status, 201);
    assert.equal((await ask(membership, { ...preview, method: 'PUT' })).status, 201);
  });

  it('show a membership after a number of reads, if the organisation is told so', async () => {
    const { identity } = tokenOf('anna@example.com');
    const readers = groupId('Readers');
    organization().state.staleReads = 2;
    const membership = `_apis/graph/memberships/${identity.subjectDescriptor}/${readers.subjectDescriptor}`;
    await ask(membership, { ...preview, method: 'PUT' });
    const reads = [];
    for (let read = 0; read < 3; read += 1) reads.push((await ask(membership, { ...preview, method: 'HEAD' })).status);
    assert.deepEqual(reads, [404, 404, 200]);
  });

  it('include groups of Entra from their first use on', async () => {
    const objectId = '11111111-2222-4333-8444-555555555555';
    organization().state.directory.add({ objectId, kind: 'group', name: 'Data science' });
    const search = '_apis/identities?searchFilter=General&filterValue=Data science';
    assert.deepEqual(entriesOf((await ask(search, { host: 'vssps' })).body), []);
    const create = (originId: string) =>
      ask(`_apis/graph/groups?groupDescriptors=${groupId('Readers').subjectDescriptor}`, {
        ...preview,
        method: 'POST',
        body: { originId },
      });
    const { status, body } = await create(objectId);
    const group = body as Subject;
    assert.deepEqual(
      [status, group.displayName, group.principalName, group.originId],
      [201, 'Data science', '[TEAM FOUNDATION]\\Data science', objectId],
    );
    assert.match(group.descriptor, /^aadgp\./);
    assert.equal(((await create(objectId)).body as Subject).descriptor, group.descriptor);
    assert.equal(entriesOf((await ask(search, { host: 'vssps' })).body).length, 1);
    const { body: up } = await ask(`_apis/graph/Memberships/${group.descriptor}?direction=up`, preview);
    assert.deepEqual(
      entriesOf(up).map(({ containerDescriptor }) => containerDescriptor),
      [groupId('Readers').subjectDescriptor],
    );
    assert.equal(keyOf((await create('unknown')).body), 'DirectoryServiceException');
  });

  it('have a storage key and a descriptor, which lead to each other', async () => {
    const { identity } = tokenOf('anna@example.com');
    const { body } = await ask(`_apis/graph/storagekeys/${identity.subjectDescriptor}`, preview);
    assert.equal((body as { value: string }).value, identity.id);
    assert.equal((await ask(`_apis/graph/descriptors/${identity.id}`, { host: 'vssps' })).status, 400);
    assert.equal((await ask('_apis/graph/descriptors/none', preview)).status, 404);
    const users = await ask('_apis/graph/users', preview);
    assert.equal(entriesOf(users.body).length, 2);
  });

  it('include groups that are created in a project, and can be renamed', async () => {
    const { projects } = organization().state;
    const { body } = await ask(`_apis/graph/descriptors/${projects.find('local')?.id ?? ''}`, preview);
    const { value: scope } = body as { value: string };
    const create = () =>
      ask(`_apis/graph/groups?scopeDescriptor=${scope}`, {
        ...preview,
        method: 'POST',
        body: { displayName: 'Reviewers' },
      });
    const { descriptor } = (await create()).body as Subject;
    const again = await create();
    assert.deepEqual([again.status, keyOf(again.body)], [409, 'GroupCreationException']);
    const patch = [{ op: 'replace', path: '/displayName', value: 'Approvers' }];
    const renamed = await ask(`_apis/graph/groups/${descriptor}`, { ...preview, method: 'PATCH', body: patch });
    assert.equal((renamed.body as Subject).principalName, '[local]\\Approvers');
    assert.equal((await ask(`_apis/graph/groups/${descriptor}`, { ...preview, method: 'DELETE' })).status, 204);
    assert.equal((await ask(`_apis/graph/groups/${descriptor}`, preview)).status, 404);
  });

  it('are changed by those who may manage memberships', async () => {
    const { identity, token } = tokenOf('anna@example.com', 'Contributors');
    const member = `_apis/identities/${groupId('Readers').id}/members/${identity.id}`;
    const { status, body } = await ask(member, { ...preview, method: 'PUT', token });
    assert.deepEqual([status, keyOf(body)], [403, 'AccessCheckException']);
  });
});
