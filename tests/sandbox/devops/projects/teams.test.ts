import assert from 'node:assert/strict';
import { namespaceIds } from '../../../../sandbox/devops/identities/namespaces';
import { entriesOf, keyOf, messageOf, useOrganization } from '../../../support/devops/fixture';

interface TeamAnswer {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly identity: { readonly id: string; readonly descriptor: string; readonly subjectDescriptor: string };
}

describe('Teams of the organisation', () => {
  const { organization, ask, tokenOf } = useOrganization();
  const path = '_apis/projects/local/teams';
  const create = async (name: string, description = '') => ask(path, { method: 'POST', body: { name, description } });

  it('are created with a group of the same ID, which all services know', async () => {
    const { status, body } = await create('churn', 'Data science');
    const { id, identity } = body as TeamAnswer;
    assert.deepEqual([status, identity.id], [201, id]);
    const { body: descriptor } = await ask(`_apis/graph/descriptors/${id}`, { host: 'vssps', version: '7.1-preview' });
    assert.equal((descriptor as { value: string }).value, identity.subjectDescriptor);
    const { body: found } = await ask(`_apis/identities?descriptors=${encodeURIComponent(identity.descriptor)}`, {
      host: 'vssps',
    });
    assert.deepEqual(
      entriesOf(found).map((each) => each.id),
      [id],
    );
    for (const key of [id, 'churn', 'CHURN']) assert.equal(((await ask(`${path}/${key}`)).body as TeamAnswer).id, id);
  });

  it('have trimmed names and descriptions, which are unique in the project', async () => {
    const { body } = await create(' churn ', ' Data science\n');
    const { name, description } = body as TeamAnswer;
    assert.deepEqual([name, description], ['churn', 'Data science']);
    const again = await create('Churn');
    assert.deepEqual([again.status, keyOf(again.body)], [400, 'TeamAlreadyExistsException']);
    const renamed = await ask(`${path}/churn`, { method: 'PATCH', body: { name: ' churn 2 ' } });
    assert.equal((renamed.body as TeamAnswer).name, 'churn 2');
    const { body: found } = await ask('_apis/identities?searchFilter=LocalGroupName&filterValue=churn 2', {
      host: 'vssps',
    });
    assert.equal(entriesOf(found).length, 1);
    assert.equal((await ask(`${path}/churn 2`, { method: 'DELETE' })).status, 204);
    assert.deepEqual(keyOf((await ask(`${path}/churn 2`)).body), 'TeamNotFoundException');
  });

  it('are listed in pages', async () => {
    for (const name of ['a', 'b', 'c']) await create(name);
    const first = await ask(`${path}?$top=2`);
    assert.deepEqual([entriesOf(first.body).length, first.headers.get('x-ms-continuationtoken')], [2, '2']);
    const last = await ask(`${path}?$top=2&$skip=2`);
    assert.deepEqual([entriesOf(last.body).length, last.headers.get('x-ms-continuationtoken')], [2, null]);
    assert.equal(entriesOf((await ask('_apis/teams', { version: '7.1-preview' })).body).length, 4);
    assert.deepEqual(entriesOf((await ask('_apis/teams?$mine=true', { version: '7.1-preview' })).body), []);
  });

  it('are seen after a number of reads, if the organisation is told so', async () => {
    organization().state.staleReads = 2;
    const { status } = await create('late');
    const reads = [];
    for (let read = 0; read < 3; read += 1) reads.push((await ask(`${path}/late`)).status);
    assert.deepEqual([status, ...reads], [201, 404, 404, 200]);
  });

  it('have entries of the service in their access control list, to which others are added', async () => {
    const { id, identity } = (await create('churn')).body as TeamAnswer;
    const { state, administrator } = organization();
    const token = `${state.projects.find('local')?.id ?? ''}\\${id}`;
    const lists = `_apis/accesscontrollists/${namespaceIds.identity}?token=${encodeURIComponent(token)}`;
    const allowed = async () => {
      const dictionary = entriesOf((await ask(lists)).body)[0]?.['acesDictionary'] as Record<string, { allow: number }>;
      return Object.entries(dictionary).map(([descriptor, { allow }]) => [descriptor, allow]);
    };
    const own = [
      [identity.descriptor, 1],
      [administrator.descriptor, 31],
    ];
    assert.deepEqual(await allowed(), own);
    const { identity: user, token: userToken } = tokenOf('lead@example.com', 'Contributors');
    await ask(`_apis/identities/${id}/members/${user.id}`, { method: 'PUT', host: 'vssps', version: '7.1-preview' });
    const rename = () => ask(`${path}/churn`, { method: 'PATCH', body: { description: 'x' }, token: userToken });
    assert.equal((await rename()).status, 403);
    const members = async () => entriesOf((await ask(`${path}/churn/members`)).body);
    assert.deepEqual(
      (await members()).map(({ isTeamAdmin }) => isTeamAdmin),
      [undefined],
    );
    const entries = [{ descriptor: user.descriptor, allow: 31, deny: 0 }];
    await ask(`_apis/accesscontrolentries/${namespaceIds.identity}`, {
      method: 'POST',
      body: { token, merge: true, accessControlEntries: entries },
    });
    assert.deepEqual(await allowed(), [...own, [user.descriptor, 31]]);
    assert.deepEqual(
      (await members()).map(({ isTeamAdmin }) => isTeamAdmin),
      [true],
    );
    assert.equal((await rename()).status, 200);
  });

  it('are created by administrators of the project only', async () => {
    const { token } = tokenOf('contributor@example.com', 'Contributors');
    const { status, body } = await ask(path, { method: 'POST', body: { name: 'mine' }, token });
    assert.deepEqual([status, keyOf(body)], [403, 'AccessCheckException']);
    assert.match(messageOf(body), /needed to perform this operation: GENERIC_WRITE/);
  });
});
