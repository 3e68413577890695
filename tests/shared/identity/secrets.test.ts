import assert from 'node:assert/strict';
import { generate } from 'selfsigned';
import type { TokenSource } from '../../../shared/http/tokenSource';
import { azureIdentity } from '../../../shared/identity/azureIdentity';
import { databricksIdentity } from '../../../shared/identity/databricksIdentity';
import type { FakeConnection } from '../../support/fakeAgent';
import {
  RecordingServer,
  breakOff,
  reply,
  truncate,
  type Behaviour,
  type RecordedRequest,
} from '../../support/recordingServer';
import {
  azureConnection,
  clientId,
  clientSecret,
  connectionOf,
  databricks,
  everythingOf,
  fieldsOf,
  jobAccessToken,
  jobToken,
  makeContext,
  tokenReply,
  type TestContext,
} from './signInFixture';

interface Way {
  readonly title: string;
  /** Whether the job shows a token of its own. */
  readonly isFederated?: boolean;
  open(url: string, surroundings: TestContext): TokenSource;
}

/** What of a request must stay secret. */
function secretsOf(request: RecordedRequest): readonly string[] {
  const { client_secret: secret, client_assertion: assertion, subject_token: subject } = fieldsOf(request);
  const [scheme, credentials = ''] = (request.headers.authorization ?? '').split(' ');
  const password =
    scheme === 'Basic'
      ? Buffer.from(credentials, 'base64')
          .toString()
          .replace(/^[^:]*:/, '')
      : '';
  return [secret, assertion, subject, credentials, password].filter(Boolean).map(String);
}

describe('The secrets of a sign-in', () => {
  let service: RecordingServer;
  let organization: RecordingServer;
  let pem: string;
  before(async () => {
    service = await RecordingServer.start();
    organization = await RecordingServer.start();
    const made = await generate(undefined, { keyType: 'rsa', keySize: 2048, algorithm: 'sha256' });
    pem = made.private + made.cert;
  });
  after(() => Promise.all([service.close(), organization.close()]));
  beforeEach(() => organization.reset({ body: { oidcToken: jobToken } }));

  const databricksWay = (title: string, connection: (url: string) => FakeConnection, isFederated = false): Way => ({
    title,
    isFederated,
    open: (url, surroundings) => databricksIdentity(connectionOf(connection(url)), url, surroundings),
  });
  const azureWay = (title: string, scheme: string, parameters: () => Record<string, string>): Way => ({
    title,
    isFederated: scheme === 'WorkloadIdentityFederation',
    open: (url, surroundings) =>
      azureIdentity(azureConnection(url, parameters(), { scheme }), surroundings).tokensFor(databricks),
  });
  const ways: readonly Way[] = [
    databricksWay('a service principal of Databricks', (url) => ({
      url,
      scheme: 'UsernamePassword',
      parameters: { username: clientId, password: clientSecret },
    })),
    databricksWay('token federation', (url) => ({ url, scheme: 'None', data: { clientId } }), true),
    azureWay('a client secret', 'ServicePrincipal', () => ({ serviceprincipalkey: clientSecret })),
    azureWay('a certificate', 'ServicePrincipal', () => ({
      authenticationType: 'spnCertificate',
      servicePrincipalCertificate: pem,
    })),
    azureWay('workload identity federation', 'WorkloadIdentityFederation', () => ({})),
    azureWay('a managed identity', 'ManagedServiceIdentity', () => ({})),
  ];
  const surroundings = (): TestContext =>
    makeContext({
      variables: { AZURE_POD_IDENTITY_AUTHORITY_HOST: service.url },
      endpoint: { url: organization.url, accessToken: jobAccessToken },
    });

  /** Repeats a request in an answer: whole, as it came and as it was meant. */
  const echo =
    (status: number, type: string, write: (text: string) => string): Behaviour =>
    (request, response) => {
      const { method, url, headers, body } = request;
      const text = [method, url, JSON.stringify(headers), body.toString('utf8'), JSON.stringify(fieldsOf(request))];
      response.writeHead(status, { 'Content-Type': type, 'X-Request-Id': secretsOf(request)[0] ?? 'none' });
      response.end(write(text.join(' ')));
    };
  const json = (status: number, write: (text: string) => object): Behaviour =>
    echo(status, 'application/json', (text) => JSON.stringify(write(text)));
  const faults: readonly (readonly [string, Behaviour])[] = [
    ['a refusal of OAuth', json(400, (text) => ({ error: text, error_description: text }))],
    ['a refusal of OAuth by 401', json(401, (text) => ({ error: 'invalid_client', error_description: text }))],
    ['a refusal of Azure', json(403, (text) => ({ error: { code: text, message: text } }))],
    ['a refusal of Databricks', json(403, (text) => ({ error_code: text, message: text }))],
    ['a refusal of Azure DevOps', json(404, (text) => ({ count: 1, value: { Message: text } }))],
    ['a passing refusal', json(503, (text) => ({ message: text }))],
    ['a sign-in page', echo(200, 'text/html', (text) => `<html><title>${text}</title>`)],
    ['a page with a reason', echo(500, 'text/html', (text) => `<html><pre>${text}</pre>`)],
    ['plain text', echo(400, 'text/plain', (text) => text)],
    ['no JSON', echo(200, 'text/plain', (text) => text)],
    ['JSON without a token', json(200, (text) => ({ token_type: text }))],
    ['a truncated answer', truncate],
    ['a broken connection', breakOff],
  ];

  for (const way of ways) {
    describe(`by ${way.title}`, () => {
      it('are announced before anything is sent, and the token before it is given out', async () => {
        const given = surroundings();
        const unannounced: string[] = [];
        const check = (request: RecordedRequest): void => {
          const announced = given.agent.text('secret').split('\n');
          unannounced.push(...secretsOf(request).filter((secret) => !announced.includes(secret)));
        };
        const issue = tokenReply('issued-token');
        service.reset((request, response) => {
          check(request);
          issue(request, response);
        });
        organization.reset((request, response) => {
          check(request);
          reply(response, { body: { oidcToken: jobToken } });
        });
        const tokens = way.open(service.url, given);
        tokens.refused(await tokens.token());
        await tokens.token();
        assert.equal(service.requests.length, 2);
        assert.deepEqual(unannounced, []);
        const announced = given.agent.text('secret').split('\n');
        for (const token of ['issued-token-1', 'issued-token-2']) assert.ok(announced.includes(token));
        for (const line of way.title === 'a certificate' ? pem.trim().split(/\r?\n/) : [])
          assert.ok(line.startsWith('-----') || announced.includes(line));
      });

      for (const [what, behaviour] of faults) {
        it(`appear in no message, debug line or object after ${what}, even one that repeats the request`, async () => {
          await checkSilence(way, service, behaviour);
        });
        if (way.isFederated)
          it(`appear nowhere either when ${what} comes from Azure DevOps`, async () => {
            service.reset(tokenReply('issued-token'));
            await checkSilence(way, organization, behaviour);
          });
      }
    });
  }

  async function checkSilence(way: Way, server: RecordingServer, behaviour: Behaviour): Promise<void> {
    const given = surroundings();
    server.reset(behaviour);
    const tokens = way.open(service.url, given);
    const error: unknown = await tokens.token().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Error);
    assert.ok(server.requests.length > 0);
    const sent = [...service.requests, ...organization.requests].flatMap((request) => secretsOf(request));
    if (way.title !== 'a managed identity') assert.ok(sent.length > 0);
    const key = pem.split(/\r?\n/).filter((line) => line.length > 20 && !line.startsWith('-----'));
    const said = everythingOf(error) + everythingOf(tokens) + given.agent.text('log', 'debug', 'warning', 'error');
    for (const secret of [...sent, clientSecret, jobAccessToken, jobToken, ...key])
      for (const form of [secret, encodeURIComponent(secret), new URLSearchParams({ '': secret }).toString().slice(1)])
        assert.equal(said.includes(form), false, form);
  }
});
