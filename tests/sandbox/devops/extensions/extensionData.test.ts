import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getPersonalAccessTokenHandler, WebApi } from 'azure-devops-node-api';
import { Extensions } from '../../../../sandbox/devops/extensions/extensions';
import { startLocalOrganization } from '../../../../sandbox/localOrganization';
import { askDevops, type DevopsAsked, keyOf, useOrganization } from '../../../support/devops/fixture';
import { sharedSigningKeys } from '../../../support/sharedKeys';

const installed = '_apis/ExtensionManagement/InstalledExtensions';
const version = '7.1-preview.1';

describe('The data of extensions', () => {
  const { organization, ask, tokenOf } = useOrganization();
  beforeEach(() => organization().state.of(Extensions).install('contoso', 'models'));

  const send = (path: string, asked: DevopsAsked = {}, scope = 'Default/Current') =>
    ask(`${installed}/contoso/models/Data/Scopes/${scope}/Collections/${path}`, { host: 'extmgmt', version, ...asked });
  const refused = async (path: string, asked?: DevopsAsked) => {
    const { status, body } = await send(path, asked);
    return [status, keyOf(body)];
  };
  const documents = 'models/Documents';

  it('are documents with an etag that a write must have', async () => {
    assert.deepEqual(await refused(documents), [404, 'DocumentCollectionDoesNotExistException']);
    const first = await send(documents, { method: 'POST', body: { id: 'churn', text: 'a' } });
    assert.deepEqual([first.status, first.body], [200, { id: 'churn', text: 'a', __etag: 1 }]);
    const again = { method: 'POST', body: { id: 'churn' } };
    assert.deepEqual(await refused(documents, again), [400, 'DocumentExistsException']);
    const second = await send(documents, { method: 'PUT', body: { id: 'churn', text: 'b', __etag: 1 } });
    assert.deepEqual(second.body, { id: 'churn', text: 'b', __etag: 2 });
    for (const method of ['PUT', 'PATCH'])
      for (const etag of [{ __etag: 1 }, {}])
        assert.deepEqual(await refused(documents, { method, body: { id: 'churn', text: 'c', ...etag } }), [
          400,
          'InvalidDocumentVersionException',
        ]);
    const last = await send(documents, { method: 'PUT', body: { id: 'churn', text: 'd', __etag: -1 } });
    assert.deepEqual(last.body, { id: 'churn', text: 'd', __etag: 3 });
    assert.deepEqual(await refused(documents, { method: 'PATCH', body: { id: 'other', __etag: 1 } }), [
      404,
      'DocumentDoesNotExistException',
    ]);
    assert.equal((await send(`${documents}/churn`, { method: 'DELETE' })).status, 204);
    assert.deepEqual(await refused(`${documents}/churn`), [404, 'DocumentDoesNotExistException']);
    assert.deepEqual((await send(documents)).body, { count: 0, value: [] });
  });

  it('lose what the service keeps for itself, and have names that a path can have', async () => {
    const { body } = await send(documents, { method: 'POST', body: { id: 'a', __own: 1, _kept: 1 } });
    assert.deepEqual(body, { id: 'a', _kept: 1, __etag: 1 });
    const post = (id: string) => ({ method: 'POST', body: { id } });
    assert.deepEqual((await refused(documents, post('a/b')))[0], 400);
    assert.deepEqual((await refused(`${'m'.repeat(101)}/Documents`, post('a')))[0], 400);
  });

  it('are kept in a file that two processes share', async () => {
    const file = path.join(await mkdtemp(path.join(tmpdir(), 'extension-data-')), 'organization.json');
    const open = async () => {
      const started = await startLocalOrganization({
        signingKeys: await sharedSigningKeys(),
        extensionDataFile: file,
      });
      started.state.of(Extensions).install('contoso', 'models');
      return started;
    };
    const [one, other] = [await open(), await open()];
    const at = `${installed}/contoso/models/Data/Scopes/Default/Current/Collections/${documents}`;
    const ask = (organization: typeof one, asked: DevopsAsked = {}) =>
      askDevops(organization, at, { host: 'extmgmt', version, ...asked });
    try {
      await ask(one, { method: 'POST', body: { id: 'churn' } });
      await ask(other, { method: 'PUT', body: { id: 'churn', text: 'b', __etag: 1 } });
      assert.equal((await ask(one, { method: 'PUT', body: { id: 'churn', __etag: 1 } })).status, 400);
      const third = await open();
      const value = [{ id: 'churn', text: 'b', __etag: 2 }];
      assert.deepEqual((await ask(third)).body, { count: 1, value });
      await third.close();
    } finally {
      await one.close();
      await other.close();
    }
  });

  it('are refused above the size that the service allows', async () => {
    const size = 5_244_928 - JSON.stringify({ id: 'a', text: '' }).length;
    const put = (length: number) => ({ method: 'PUT', body: { id: 'a', text: 'a'.repeat(length) } });
    assert.deepEqual(await refused(documents, put(size + 1)), [400, 'MaximumDocumentSizeException']);
    assert.equal((await send(documents, put(size))).status, 200);
  });

  it('are of the organization or of one user, need the extension, a scope and their own host', async () => {
    const { token } = tokenOf('writer@example.com', 'Contributors');
    await send(documents, { method: 'POST', body: { id: 'mine' }, token }, 'User/Me');
    assert.equal((await send(documents, { token }, 'User/Me')).status, 200);
    assert.equal((await send(documents, {}, 'User/Me')).status, 404);
    assert.equal((await send(documents, {}, 'Project/Current')).status, 400);
    const other = await ask(`${installed}/contoso/others/Data/Scopes/Default/Current/Collections/a/Documents`, {
      host: 'extmgmt',
      version,
    });
    assert.deepEqual([other.status, keyOf(other.body)], [404, 'InstalledExtensionNotFoundException']);
    const { state, administrator: identity } = organization();
    const reading = state.tokens.issuePersonal({ identity, scopes: ['vso.extension.data'] });
    assert.equal((await send(documents, { method: 'POST', body: { id: 'x' }, token: reading })).status, 401);
    assert.equal((await send(documents, { host: 'dev' })).status, 404);
  });

  it("are used by Microsoft's client", async () => {
    const { url, personalAccessToken } = organization();
    const api = await new WebApi(
      url.replace(/\/$/, ''),
      getPersonalAccessTokenHandler(personalAccessToken),
    ).getExtensionManagementApi();
    const at = ['contoso', 'models', 'Default', 'Current', 'models'] as const;
    await api.createDocumentByName({ id: 'churn', rev: 1 }, ...at);
    const set = (await api.setDocumentByName({ id: 'churn', rev: 2, __etag: 1 }, ...at)) as { __etag: number };
    assert.equal(set.__etag, 2);
    await assert.rejects(api.setDocumentByName({ id: 'churn', rev: 3, __etag: 1 }, ...at), { statusCode: 400 });
    const query = {
      collections: ['models', 'none'].map((collectionName) => ({
        collectionName,
        scopeType: 'Default',
        scopeValue: 'Current',
      })),
    };
    const found = await api.queryCollectionsByName(query, 'contoso', 'models');
    assert.deepEqual(
      found.map(({ documents: all }) => all),
      [[{ id: 'churn', rev: 2, __etag: 2 }], []],
    );
    await api.deleteDocumentByName(...at, 'churn');
    assert.deepEqual(await api.getDocumentsByName(...at), []);
  });
});
