import assert from 'node:assert/strict';
import { TaskError } from '../../../shared/errors';
import type { RecordedRequest } from '../../support/recordingServer';
import { errorOf } from '../http/clientUnderTest';
import { OrganizationUnderTest } from './organizationUnderTest';

describe('A list of Azure DevOps', () => {
  let organization: OrganizationUnderTest;
  before(async () => (organization = await OrganizationUnderTest.start()));
  after(() => organization.server.close());

  const ref = (name: string) => ({ name: `refs/heads/${name}`, objectId: 'a'.repeat(40) });
  const queryOf = ({ url }: RecordedRequest): URLSearchParams => new URL(url, 'http://localhost').searchParams;

  it('is read to its end by the token of each next page', async () => {
    organization.answers(
      { headers: { 'x-ms-continuationtoken': 'a+b/ c' }, body: { count: 1, value: [ref('one')] } },
      { headers: { 'x-ms-continuationtoken': 'd' }, body: { count: 0, value: [] } },
      { body: { count: 1, value: [ref('two')] } },
    );
    const refs = await organization.connect().git.refs('ml', 'm1', 'heads/');
    assert.deepEqual(
      refs.map(({ name }) => name),
      ['refs/heads/one', 'refs/heads/two'],
    );
    assert.deepEqual(
      organization.requests.map((request) => queryOf(request).get('continuationToken')),
      [null, 'a+b/ c', 'd'],
    );
    assert.deepEqual(
      organization.requests.map((request) => queryOf(request).get('filter')),
      Array(3).fill('heads/'),
    );
  });

  it('that does not end is refused', async () => {
    organization.answers({ headers: { 'x-ms-continuationtoken': 'same' }, body: { count: 0, value: [] } });
    const error = await errorOf(TaskError, organization.connect().git.refs('ml', 'm1'));
    assert.match(error.message, /the list has no end/);
  });

  const team = (id: number) => ({ id: `t${id}`, name: `team ${id}` });

  /** Teams in pages of a size, whatever is asked for. */
  function serveTeams(count: number, pageSize: number): void {
    organization.answers((request, response) => {
      const skip = Number(queryOf(request).get('$skip'));
      const value = Array.from({ length: Math.max(0, Math.min(pageSize, count - skip)) }, (_, index) =>
        team(skip + index),
      );
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ count: value.length, value }));
    });
  }

  it('whose pages are counted is read to its end, also when they are smaller than asked for', async () => {
    for (const [count, pageSize] of [
      [0, 10],
      [25, 10],
      [30, 10],
      [5, 1000],
    ] as const) {
      serveTeams(count, pageSize);
      assert.equal((await organization.connect().core.teams('ml')).length, count);
    }
  });

  it('that ignores how many items to skip is read once', async () => {
    organization.answers({ body: { count: 2, value: [team(1), team(2)] } });
    assert.equal((await organization.connect().core.teams('ml')).length, 2);
    assert.equal(organization.requests.length, 2);
  });

  it('of identities is requested in parts that fit into an address', async () => {
    organization.answers((request, response) => {
      const ids = queryOf(request).get('identityIds')?.split(',') ?? [];
      const value = ids.map((id) => (id === 'id7' ? null : { id, descriptor: `d-${id}`, providerDisplayName: id }));
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ count: ids.length, value }));
    });
    const wanted = Array.from({ length: 45 }, (_, index) => `id${index}`);
    const found = await organization.connect().identities.byIds(wanted);
    assert.deepEqual(
      found.map(({ id }) => id),
      wanted.filter((id) => id !== 'id7'),
    );
    assert.equal(organization.requests.length, 3);
  });
});

describe('A name in an address of Azure DevOps', () => {
  let organization: OrganizationUnderTest;
  before(async () => (organization = await OrganizationUnderTest.start()));
  after(() => organization.server.close());

  it('that the address would lose is refused before any request', async () => {
    organization.answers({ body: {} });
    const { git, core } = organization.connect();
    const calls: readonly ((name: string) => Promise<unknown>)[] = [
      (name) => git.repository('ml', name),
      (name) => git.refs(name, 'm1'),
      (name) => core.project(name),
    ];
    for (const name of ['.', '..', ''])
      for (const call of calls)
        assert.match((await errorOf(TaskError, call(name))).message, /cannot be part of the address/);
    assert.deepEqual(organization.calls, []);
  });

  it('keeps its characters', async () => {
    organization.answers({ body: { path: '\\a b\\ü', description: '' } });
    await organization.connect().build.createFolder('my project', '\\a b\\ü');
    assert.deepEqual(organization.calls, ['PUT /contoso/my%20project/_apis/build/folders/a%20b%5C%C3%BC']);
  });
});
