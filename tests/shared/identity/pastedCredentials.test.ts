import assert from 'node:assert/strict';
import { TaskError, UnusableError } from '../../../shared/errors';
import { createHttpClient } from '../../../shared/http/createHttpClient';
import { azureIdentity } from '../../../shared/identity/azureIdentity';
import { FixedToken } from '../../../shared/identity/fixedToken';
import { databricksIdentity } from '../../../shared/identity/databricksIdentity';
import { kubernetesConnection } from '../../../shared/kubernetes/access/kubernetesConnection';
import { RecordingServer } from '../../support/recordingServer';
import {
  azureConnection,
  clientId,
  clientSecret,
  connectionOf,
  databricks,
  fieldsOf,
  makeContext,
  routes,
  tenantId,
  tokenReply,
} from './signInFixture';
import { anything } from '../../support/anything';

const around = [
  ['a line end behind it', '', '\n'],
  ['a Windows line end behind it', '', '\r\n'],
  ['spaces and a tab around it', '  \t', ' '],
  ['a byte order mark before it', '\uFEFF', ''],
  ['lines around it', '\n\n', '\n\n'],
] as const;

describe('A pasted credential', () => {
  let server: RecordingServer;
  before(async () => void (server = await RecordingServer.start()));
  after(() => server.close());
  beforeEach(() =>
    server.reset(
      routes({ '/oidc/v1/token': tokenReply('workspace'), [`/${tenantId}/oauth2/v2.0/token`]: tokenReply('entra') }),
    ),
  );

  const databricksTokens = (scheme: string, parameters: Readonly<Record<string, string>>) =>
    databricksIdentity(connectionOf({ url: server.url, scheme, parameters }), server.url, makeContext());
  const entraTokens = (parameters: Readonly<Record<string, string>>) =>
    azureIdentity(
      azureConnection(server.url, { authenticationType: 'spnKey', ...parameters }),
      makeContext(),
    ).tokensFor(databricks);

  for (const [what, before, behind] of around) {
    it(`is used without ${what}: a personal access token`, async () => {
      const context = makeContext();
      const connection = connectionOf({
        url: server.url,
        scheme: 'Token',
        parameters: { apitoken: `${before}dapi1${behind}` },
      });
      assert.equal(await databricksIdentity(connection, server.url, context).token(), 'dapi1');
      assert.equal(context.agent.text('secret'), 'dapi1');
    });

    it(`is used without ${what}: a client ID with its OAuth secret`, async () => {
      const paste = (text: string): string => `${before}${text}${behind}`;
      await databricksTokens('UsernamePassword', { username: paste(clientId), password: paste(clientSecret) }).token();
      const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
      assert.equal(server.requests[0]?.headers.authorization, `Basic ${basic}`);
    });

    it(`is used without ${what}: a service principal of Azure with its client secret`, async () => {
      const paste = (text: string): string => `${before}${text}${behind}`;
      const parameters = {
        serviceprincipalid: paste(clientId),
        tenantid: paste(tenantId),
        serviceprincipalkey: paste(clientSecret),
      };
      await entraTokens(parameters).token();
      const { client_id, client_secret } = fieldsOf(server.requests[0]);
      assert.deepEqual([client_id, client_secret], [clientId, clientSecret]);
    });

    it(`is used without ${what}: the token of a Kubernetes service account`, async () => {
      for (const token of ['a.b.c', Buffer.from('a.b.c\n').toString('base64')]) {
        const parameters = { apiToken: `${before}${token}${behind}` };
        const data = { authorizationType: 'ServiceAccount' };
        const connection = connectionOf({ url: 'https://cluster.test', scheme: 'Token', parameters, data });
        assert.equal(await kubernetesConnection(connection, makeContext()).tokens?.token(), 'a.b.c');
      }
    });
  }

  it('that no check of its connection has seen is refused before any request, and not repeated', async () => {
    const { agent, ...context } = makeContext();
    const tokens = new FixedToken('the connection of a test', 'secret\ntoken', agent);
    const http = createHttpClient({
      ...context,
      agent,
      baseUrl: server.url,
      service: 'Databricks',
      tokens,
      userAgent: 'test',
    });
    await assert.rejects(http.json({ method: 'GET', path: '/x', purpose: 'look' }, anything), (error) => {
      assert.ok(error instanceof TaskError);
      assert.equal(
        error.message,
        'Could not look: the token for Databricks contains a line break or another character that cannot be sent. It belongs to the connection of a test. Enter it again.',
      );
      return true;
    });
    assert.equal(server.requests.length, 0);
  });

  const refused: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      'a personal access token with a line break in it',
      () => databricksTokens('Token', { apitoken: 'dapi1\r\n23' }),
      /^The Databricks connection has a personal access token that contains a line break, at position 6 of 9: paste it again\.$/,
    ],
    [
      'a personal access token with its scheme',
      () => databricksTokens('Token', { apitoken: 'Bearer dapi1' }),
      /has a personal access token that contains a space or another character that it cannot have, at position 7 of 12/,
    ],
    [
      'a personal access token with an invisible character',
      () => databricksTokens('Token', { apitoken: 'dapi\u200b1' }),
      /at position 5 of 6/,
    ],
    [
      'white space for a token',
      () => databricksTokens('Token', { apitoken: ' \n' }),
      /has no personal access token\.$/,
    ],
    [
      'an OAuth secret with a line break in it',
      () => databricksTokens('UsernamePassword', { username: clientId, password: 'se\ncret' }),
      /has an OAuth secret that contains a line break, at position 3 of 7/,
    ],
    [
      'a client secret of Azure with a line break in it',
      () => entraTokens({ serviceprincipalkey: 'se\ncret' }),
      /^The Azure connection has a client secret that contains a line break, at position 3 of 7/,
    ],
  ];
  for (const [what, use, message] of refused)
    it(`is refused by name before any request: ${what}`, () => {
      assert.throws(use, (error) => {
        assert.ok(error instanceof UnusableError, String(error));
        assert.match(error.message, message);
        assert.equal(/dapi|cret(?! that)/.test(error.message), false);
        return true;
      });
      assert.equal(server.requests.length, 0);
    });
});
