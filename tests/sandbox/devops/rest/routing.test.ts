import assert from 'node:assert/strict';
import { askDevops, keyOf, useOrganization } from '../../../support/devops/fixture';

interface Named {
  readonly id: string;
  readonly name: string;
}

describe('The REST API of the organisation', () => {
  const { organization, ask, tokenOf } = useOrganization();

  it('finds a project by name or ID, in any case', async () => {
    const { state } = organization();
    const id = state.projects.find('local')?.id ?? '';
    for (const key of ['local', 'LOCAL', id, id.toUpperCase()]) {
      const { status, body } = await ask(`_apis/Projects/${key}`);
      assert.deepEqual([status, (body as Named).name, (body as Named).id], [200, 'local', id]);
    }
    const { url, personalAccessToken } = organization();
    const shouted = { url: url.replace('/sandbox/', '/SANDBOX/'), personalAccessToken };
    assert.equal((await askDevops(shouted, '_APIS/projects/local')).status, 200);
  });

  it('returns 404 on the wrong host, for another organisation, and for an unknown route', async () => {
    assert.equal((await ask('_apis/projects', { host: 'vssps' })).status, 404);
    const { url, personalAccessToken } = organization();
    const other = { url: url.replace('sandbox', 'other'), personalAccessToken };
    assert.equal((await fetch(`${other.url}_apis/projects`)).status, 404);
    const { status, headers, text } = await ask('local/_apis/nothing/1');
    assert.deepEqual([status, headers.get('content-type')], [404, 'text/plain; charset=utf-8']);
    assert.match(text, /^The controller for path '\/local\/_apis\/nothing\/1' was not found/);
    assert.equal(decodeURIComponent(headers.get('x-tfs-serviceerror') ?? ''), text);
  });

  it('reads the api-version from the Accept header or the query, and names it in the type of a success only', async () => {
    const typeOf = async (path: string, version: string) => (await ask(path, { version })).headers.get('content-type');
    assert.equal(await typeOf('_apis/projects', '7.1'), 'application/json; charset=utf-8; api-version=7.1');
    assert.equal(
      await typeOf('_apis/projects?api-version=5.0', ''),
      'application/json; charset=utf-8; api-version=5.0',
    );
    assert.equal(
      await typeOf('_apis/projects', '7.2-preview'),
      'application/json; charset=utf-8; api-version=7.2-preview.4',
    );
    assert.equal(await typeOf('_apis/projects/none', '7.1'), 'application/json; charset=utf-8');
    assert.equal(await typeOf('_apis/projects', ''), 'application/json; charset=utf-8; api-version=7.1');
  });

  it('refuses versions that the resource does not have', async () => {
    const refused = async (version: string, method = 'GET') => {
      const { status, body } = await ask('_apis/projects', { version, method, ...(method !== 'GET' && { body: {} }) });
      return [status, keyOf(body)];
    };
    assert.deepEqual(await refused('7.2'), [400, 'VssInvalidPreviewVersionException']);
    assert.deepEqual(await refused('7.3-preview.1'), [400, 'VssVersionOutOfRangeException']);
    assert.deepEqual(await refused('0.9'), [400, 'VssVersionOutOfRangeException']);
    assert.deepEqual(await refused('7.2-preview.5'), [400, 'VssInvalidPreviewVersionException']);
    assert.deepEqual(await refused('new'), [400, 'InvalidApiVersionException']);
    assert.deepEqual(await refused('', 'POST'), [400, 'VssVersionNotSpecifiedException']);
  });

  it('shows a project to its members only', async () => {
    const { token } = tokenOf('stranger@example.com');
    const { status, body } = await ask('_apis/projects/local', { token });
    assert.deepEqual([status, keyOf(body)], [404, 'ProjectDoesNotExistWithNameException']);
    assert.deepEqual((await ask('_apis/projects', { token })).body, { count: 0, value: [] });
    const { token: reader } = tokenOf('reader@example.com', 'Readers');
    assert.equal((await ask('_apis/projects/local', { token: reader })).status, 200);
  });
});
