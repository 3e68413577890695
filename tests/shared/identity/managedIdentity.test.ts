import assert from 'node:assert/strict';
import type { Agent } from '../../../shared/agent/agent';
import { azureIdentity } from '../../../shared/identity/azureIdentity';
import { SignInError } from '../../../shared/identity/renewedTokens';
import { FakeAgent } from '../../support/fakeAgent';
import { RecordingServer } from '../../support/recordingServer';
import { errorOf } from '../http/clientUnderTest';
import { connectionOf, databricks, makeContext, queryOf, tokenReply, type TestContext } from './signInFixture';

describe('A managed identity', () => {
  let machine: RecordingServer;
  before(async () => (machine = await RecordingServer.start()));
  after(() => machine.close());
  beforeEach(() => machine.reset(tokenReply('identity-token', '86399')));

  const surroundings = (): TestContext =>
    makeContext({ variables: { AZURE_POD_IDENTITY_AUTHORITY_HOST: machine.url } });
  const connectionWith = (data: Readonly<Record<string, string>> = {}) =>
    connectionOf({ url: 'https://management.azure.com/', scheme: 'ManagedServiceIdentity', data });

  it('of the system is asked for at the machine itself, without a secret', async () => {
    const tokens = azureIdentity(connectionWith(), surroundings()).tokensFor(databricks);
    assert.equal(await tokens.token(), 'identity-token-1');
    const [request, ...more] = machine.requests;
    assert.equal(more.length, 0);
    assert.equal(request?.method, 'GET');
    assert.match(request.url, /^\/metadata\/identity\/oauth2\/token\?/);
    assert.deepEqual(queryOf(request), { 'api-version': '2018-02-01', resource: databricks.id });
    assert.equal(request.headers['metadata'], 'true');
    assert.equal(request.headers.authorization, undefined);
    // The machine refuses whatever a proxy may have passed on.
    assert.equal(request.headers['x-forwarded-for'], undefined);
    assert.equal(request.body.length, 0);
    assert.equal(tokens.identity, 'the system-assigned managed identity of the machine that the agent runs on');
  });

  it('of a user is asked for by its client id', async () => {
    const tokens = azureIdentity(connectionWith({ msiclientId: 'the-client-id' }), surroundings()).tokensFor({
      name: 'Azure Resource Manager',
      id: 'https://management.azure.com/',
    });
    await tokens.token();
    assert.deepEqual(queryOf(machine.requests[0]), {
      'api-version': '2018-02-01',
      resource: 'https://management.azure.com/',
      client_id: 'the-client-id',
    });
    assert.equal(
      tokens.identity,
      'the user-assigned managed identity the-client-id of the machine that the agent runs on',
    );
  });

  it('is never asked for through a proxy', async () => {
    const agent = new AgentWithProxy({}, {}, { AZURE_POD_IDENTITY_AUTHORITY_HOST: machine.url });
    await azureIdentity(connectionWith(), { ...surroundings(), agent })
      .tokensFor(databricks)
      .token();
    assert.equal(machine.requests.length, 1);
  });

  it('is asked for at the address of the instance metadata service, which has no proxy either', () => {
    const agent = new AgentWithProxy();
    assert.doesNotThrow(() => azureIdentity(connectionWith(), { ...surroundings(), agent }).tokensFor(databricks));
  });

  for (const [words, status] of [
    ['Identity not found', 400],
    ['Multiple user assigned identities exist, please specify the clientId / resourceId of the identity', 400],
    ['Not an Azure machine', 404],
  ] as const) {
    it(`that is refused ends with the identity and what to do: ${words}`, async () => {
      machine.reset({ status, body: { error: 'invalid_request', error_description: words } });
      const tokens = azureIdentity(connectionWith({ msiclientId: 'the-client-id' }), surroundings()).tokensFor(
        databricks,
      );
      const error = await errorOf(SignInError, tokens.token());
      assert.equal(machine.requests.length, 1);
      assert.equal(
        error.message,
        `Could not sign in to Databricks as the user-assigned managed identity the-client-id of the machine that the ` +
          `agent runs on (this needs an agent on an Azure machine that has this identity): the managed identity ` +
          `endpoint of this machine answered ${status} invalid_request: ${words}. The token was requested for the user-assigned ` +
          'managed identity the-client-id of the machine that the agent runs on. Assign the identity to the Azure ' +
          'machine of the agent (virtual machine, Security, Identity); if it has several user-assigned identities, ' +
          'the service connection must name one by its client id.',
      );
    });
  }

  it('is given up after 20 s where the machine stumbles', async () => {
    machine.reset({ status: 500, body: { error: 'unknown', error_description: 'Failed.' } });
    const given = surroundings();
    const started = given.clock.now();
    const error = await errorOf(SignInError, azureIdentity(connectionWith(), given).tokensFor(databricks).token());
    assert.ok(error.attempts > 1);
    assert.equal(error.isTransient, true);
    assert.ok(given.clock.now() - started <= 20_000);
  });
});

class AgentWithProxy extends FakeAgent implements Agent {
  override proxyFor(): undefined {
    throw new Error('The proxy was asked for.');
  }
}
