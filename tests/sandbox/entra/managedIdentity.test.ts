import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { type Entra, startEntra } from '../../../sandbox/entra/entra';
import { databricks, type EntraReply, refusalOf, replyOf } from './entraClient';
import { sharedSigningKeys } from '../../support/sharedKeys';

const start = 1_800_000_000_000;

describe('Entra sandbox: managed identity', () => {
  let entra: Entra;
  before(async () => {
    entra = await startEntra({ signingKeys: await sharedSigningKeys(), clock: { now: () => start }, tokenSeconds: 20 });
  });
  after(() => entra.close());
  beforeEach(() => {
    entra.directory.managedIdentities.clear();
    entra.requests.clear();
  });

  async function ask(query: Readonly<Record<string, string>> = {}, metadata = 'true'): Promise<EntraReply> {
    const all = new URLSearchParams({ 'api-version': '2018-02-01', resource: databricks, ...query });
    return replyOf(
      await fetch(`${entra.url}/metadata/identity/oauth2/token?${all.toString()}`, { headers: { metadata } }),
    );
  }
  const clientIdOf = ({ json }: EntraReply) => decodeJwt(String(json.access_token)).appid;
  const refused = (error: string, description: string): EntraReply => ({
    status: 400,
    json: { error, error_description: description },
  });

  it('issues a token for the only identity, with strings for numbers', async () => {
    const { clientId, objectId, resourceId } = entra.directory.addManagedIdentity();
    const { status, json } = await ask();
    const { access_token: token, ...rest } = json;
    assert.equal(status, 200);
    assert.deepEqual(rest, {
      refresh_token: '',
      expires_in: '20',
      expires_on: String(start / 1000 + 20),
      not_before: String(start / 1000),
      resource: databricks,
      token_type: 'Bearer',
    });
    const { appid, oid, sub, tid, aud, xms_mirid: id } = decodeJwt(String(token));
    assert.deepEqual(
      [appid, oid, sub, tid, aud, id],
      [clientId, objectId, objectId, entra.tenantId, databricks, resourceId],
    );
    assert.equal(entra.requests.list()[0]?.user, clientId);
  });

  it('finds an identity by client ID, object ID and resource ID', async () => {
    const wanted = entra.directory.addManagedIdentity();
    entra.directory.addManagedIdentity();
    for (const query of [
      { client_id: wanted.clientId },
      { object_id: wanted.objectId },
      { msi_res_id: wanted.resourceId },
    ])
      assert.equal(clientIdOf(await ask(query)), wanted.clientId);
  });

  it('uses the system-assigned identity by default', async () => {
    entra.directory.addManagedIdentity();
    entra.directory.addManagedIdentity();
    const system = entra.directory.addManagedIdentity({ isSystemAssigned: true });
    assert.equal(clientIdOf(await ask()), system.clientId);
  });

  it('requires an ID if there are several user-assigned identities', async () => {
    entra.directory.addManagedIdentity();
    entra.directory.addManagedIdentity();
    assert.deepEqual(
      await ask(),
      refused(
        'invalid_request',
        'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
      ),
    );
  });

  it('does not find an unknown or removed identity', async () => {
    const notFound = refused('invalid_request', 'Identity not found');
    assert.deepEqual(await ask(), notFound);
    const { clientId } = entra.directory.addManagedIdentity();
    assert.deepEqual(await ask({ client_id: 'another' }), notFound);
    assert.equal((await ask({ client_id: clientId })).status, 200);
    entra.directory.managedIdentities.delete(clientId);
    assert.deepEqual(await ask({ client_id: clientId }), notFound);
  });

  it('requires the header, the version and the resource', async () => {
    entra.directory.addManagedIdentity();
    for (const metadata of ['True', ''])
      assert.deepEqual(await ask({}, metadata), refused('bad_request_102', 'Required metadata header not specified'));
    for (const name of ['api-version', 'resource'])
      assert.deepEqual(
        await ask({ [name]: '' }),
        refused('invalid_request', `Required query variable '${name}' is missing`),
      );
  });

  it('refuses a resource that is not in the tenant', async () => {
    entra.directory.addManagedIdentity();
    const [status, error, codes, text] = refusalOf(await ask({ resource: 'https://nobody.example.com' }));
    assert.deepEqual([status, error, codes], [400, 'invalid_resource', [500011]]);
    assert.match(
      text,
      new RegExp(`^AADSTS500011: .+ https://nobody\\.example\\.com .+ tenant named ${entra.tenantId}`),
    );
  });
});
