import assert from 'node:assert/strict';
import { clientId } from '../armClient';
import { type HostReply, location, MlClient, workspaceId } from './mlClient';

const blockBlob = { 'x-ms-blob-type': 'BlockBlob' };

describe('Azure Machine Learning sandbox: blobs', () => {
  const client = new MlClient();
  const { arm } = client;
  beforeEach(() => client.start());
  after(() => arm.close());

  const base = (): string => {
    const { account, container } = client.datastore();
    return `http://${account}.blob.core.windows.net/${container}`;
  };
  const secrets = async (body: object = { expirableSecret: true, expireAfterHours: 1 }) =>
    (await client.call('POST', '/datastores/workspaceblobstore/listSecrets', body)).json;
  const signature = async (): Promise<string> => String((await secrets())['sasToken']);
  const at = async (path: string): Promise<string> => `${base()}/${path}?${await signature()}`;
  const code = ({ status, headers }: HostReply) => [status, headers['x-ms-error-code']];

  it('are put once, read, described and deleted with a signature', async () => {
    const url = await at('up/a b/model.pkl');
    const put = await client.host('PUT', url, { ...blockBlob, 'if-none-match': '*', 'x-ms-meta-name': 'm' }, 'abcdef');
    assert.equal(put.status, 201);
    assert.ok(put.headers.etag);
    assert.deepEqual(code(await client.host('PUT', url, { ...blockBlob, 'if-none-match': '*' }, 'x')), [
      409,
      'BlobAlreadyExists',
    ]);
    const read = await client.host('GET', url);
    assert.deepEqual([read.status, read.text, read.headers['x-ms-meta-name']], [200, 'abcdef', 'm']);
    const part = await client.host('GET', url, { 'x-ms-range': 'bytes=4-' });
    assert.deepEqual([part.status, part.text, part.headers['content-range']], [206, 'ef', 'bytes 4-5/6']);
    assert.equal((await client.host('GET', url, { range: 'bytes=9-' })).status, 416);
    const metadata = { 'x-ms-meta-upload_status': 'completed' };
    assert.equal((await client.host('PUT', `${url}&comp=metadata`, metadata)).status, 200);
    const head = await client.host('HEAD', url);
    assert.deepEqual(
      [
        head.status,
        head.headers['content-length'],
        head.headers['x-ms-meta-upload_status'],
        head.headers['x-ms-meta-name'],
        head.text,
      ],
      [200, '6', 'completed', undefined, ''],
    );
    assert.equal((await client.host('DELETE', url)).status, 202);
    assert.deepEqual(code(await client.host('HEAD', url)), [404, 'BlobNotFound']);
  });

  it('are made of blocks', async () => {
    const url = await at('large');
    for (const [id, text] of [
      ['QQ==', 'one '],
      ['Qg==', 'two'],
    ] as const)
      assert.equal(
        (await client.host('PUT', `${url}&comp=block&blockid=${encodeURIComponent(id)}`, {}, text)).status,
        201,
      );
    assert.deepEqual(code(await client.host('HEAD', url)), [404, 'BlobNotFound']);
    const list = (...ids: string[]) =>
      `<?xml version="1.0"?><BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join('')}</BlockList>`;
    assert.deepEqual(code(await client.host('PUT', `${url}&comp=blocklist`, {}, list('Qw=='))), [
      400,
      'InvalidBlockList',
    ]);
    assert.equal((await client.host('PUT', `${url}&comp=blocklist`, {}, list('QQ==', 'Qg=='))).status, 201);
    assert.equal((await client.host('GET', url)).text, 'one two');
  });

  it('are listed by prefix', async () => {
    for (const name of ['up/b', 'up/a', 'other']) await client.host('PUT', await at(name), blockBlob, name);
    const { text } = await client.host('GET', `${base()}?restype=container&comp=list&prefix=up/&${await signature()}`);
    assert.deepEqual(
      [...text.matchAll(/<Name>(.*?)<\/Name>/g)].map(([, name]) => name),
      ['up/a', 'up/b'],
    );
  });

  it('are closed without a good signature, in XML', async () => {
    const url = await at('x');
    const missing = await client.host('PUT', url.replace(/\?.*/, ''), blockBlob);
    assert.deepEqual(code(missing), [401, 'NoAuthenticationInformation']);
    assert.match(
      missing.text,
      /^\uFEFF?<\?xml version="1\.0" encoding="utf-8"\?><Error><Code>NoAuthenticationInformation<\/Code><Message>/,
    );
    assert.deepEqual(code(await client.host('PUT', url.replace('sp=racwdl', 'sp=r'), blockBlob)), [
      403,
      'AuthenticationFailed',
    ]);
    assert.deepEqual(code(await client.host('PUT', url.replace(/se=[^&]*/, 'se=x'), blockBlob)), [
      403,
      'AuthenticationFailed',
    ]);
    arm.pass(3600);
    const expired = await client.host('PUT', url, blockBlob);
    assert.deepEqual(code(expired), [403, 'AuthenticationFailed']);
    assert.match(expired.text, /not valid in the specified time frame/);
  });

  it('can be read only, with a signature for that', async () => {
    const { account, container } = client.datastore();
    const expiresAt = arm.now() + 60_000;
    const readOnly = client.ml.blobs.sharedAccess.grant({
      account,
      container,
      permissions: 'r',
      expiresAt,
      isUserDelegation: false,
    });
    assert.deepEqual(code(await client.host('PUT', `${base()}/x?${readOnly}`, blockBlob)), [
      403,
      'AuthorizationPermissionMismatch',
    ]);
    assert.deepEqual(code(await client.host('GET', `${base()}/x?${readOnly}`)), [404, 'BlobNotFound']);
    assert.deepEqual(code(await client.host('GET', `${base()}?comp=list&${readOnly}`)), [
      403,
      'AuthorizationPermissionMismatch',
    ]);
  });

  it('refuse requests that make no sense', async () => {
    assert.deepEqual(code(await client.host('PUT', await at('x'))), [400, 'MissingRequiredHeader']);
    assert.deepEqual(code(await client.host('PUT', await at('x'), { 'x-ms-blob-type': 'PageBlob' })), [
      400,
      'UnsupportedHttpVerb',
    ]);
    const { account } = client.datastore();
    const grant = {
      account,
      container: 'none',
      permissions: 'r',
      expiresAt: arm.now() + 60_000,
      isUserDelegation: false,
    };
    const other = `http://${account}.blob.core.windows.net/none/x?${client.ml.blobs.sharedAccess.grant(grant)}`;
    assert.deepEqual(code(await client.host('GET', other)), [404, 'ContainerNotFound']);
    assert.throws(() => arm.azure.urlOf('nobody.blob.core.windows.net', 80), /listens/);
  });

  it('can be busy or behind a firewall', async () => {
    client.ml.blobs.busyRequests = 1;
    assert.deepEqual(code(await client.host('PUT', await at('x'), blockBlob)), [503, 'ServerBusy']);
    assert.equal((await client.host('PUT', await at('x'), blockBlob)).status, 201);
    client.ml.blobs.firewalled.add(client.datastore().account);
    assert.deepEqual(code(await client.host('PUT', await at('x'), blockBlob)), [403, 'AuthorizationFailure']);
  });

  it('are behind tokens of Entra where datastores have no credentials', async () => {
    await client.start({ workspaces: [{ id: workspaceId, location, systemDatastoresAuthMode: 'Identity' }] });
    const { value } = (await client.call('GET', '/datastores?isDefault=true')).json as {
      value: { name: string; properties: object }[];
    };
    assert.deepEqual(
      value.map(({ name }) => name),
      ['workspaceblobstore'],
    );
    assert.deepEqual((value[0]?.properties as { credentials: object }).credentials, { credentialsType: 'None' });
    const refusal = await client.refusal('POST', '/datastores/workspaceblobstore/listSecrets', {
      expirableSecret: true,
    });
    assert.match(refusal, /^404 .*has no credentials/);
    const token = async (scope: string) => ({ authorization: `Bearer ${await arm.token(scope)}`, ...blockBlob });
    const storage = 'https://storage.azure.com/.default';
    const versioned = { 'x-ms-version': '2021-08-06' };
    assert.equal(
      (await client.host('PUT', `${base()}/x`, { ...(await token(storage)), ...versioned }, 'x')).status,
      201,
    );
    assert.deepEqual(code(await client.host('PUT', `${base()}/x`, await token(storage))), [
      403,
      'AuthenticationFailed',
    ]);
    const management = { ...(await token('https://management.azure.com//.default')), ...versioned };
    assert.deepEqual(code(await client.host('PUT', `${base()}/x`, management)), [403, 'AuthenticationFailed']);
    arm.azure.allowedActions.set(clientId, ['Microsoft.Storage/*/read']);
    const reader = { ...(await token(storage)), ...versioned };
    assert.equal((await client.host('GET', `${base()}/x`, reader)).text, 'x');
    assert.deepEqual(code(await client.host('PUT', `${base()}/x`, reader)), [403, 'AuthorizationPermissionMismatch']);
    const { account, container } = client.datastore();
    const grant = { account, container, permissions: 'r', expiresAt: arm.now() + 60_000 };
    const signed = (isUserDelegation: boolean) =>
      `${base()}/x?${client.ml.blobs.sharedAccess.grant({ ...grant, isUserDelegation })}`;
    assert.deepEqual(code(await client.host('GET', signed(false))), [403, 'KeyBasedAuthenticationNotPermitted']);
    assert.equal((await client.host('GET', signed(true))).text, 'x');
  });

  it('have an account key where the caller asks for no signature', async () => {
    const { secretsType, key } = await secrets({});
    assert.equal(secretsType, 'AccountKey');
    assert.equal(Buffer.from(String(key), 'base64').length, 64);
  });
});
