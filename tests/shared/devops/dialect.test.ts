import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { devopsDialect, devopsPatDialect } from '../../../shared/devops/dialect';
import { CallError, ForeignAnswerError, HttpError } from '../../../shared/http/errors';
import { RecordingServer } from '../../support/recordingServer';
import { clientFor, create, errorOf, get, TestTokens } from '../http/clientUnderTest';
import { shapesOf } from '../http/shapes';
import { anything } from '../../support/anything';

const taken = 'TF400948: A Git repository with the name m1 already exists.';

describe('Azure DevOps', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  shapesOf(devopsDialect, [
    [
      'of an exception by its typeKey',
      {
        $id: '1',
        innerException: null,
        message: taken,
        typeName: 'A.B, C',
        typeKey: 'GitRepositoryNameAlreadyExistsException',
        errorCode: 0,
        eventId: 3000,
      },
      'GitRepositoryNameAlreadyExistsException',
      taken,
    ],
    ['of an exception without one', { $id: '1', message: taken, errorCode: 0 }, undefined, taken],
    ['in the form of a list', { count: 1, value: { Message: taken } }, undefined, taken],
    ['in the form of a list of characters', { count: 58, value: taken }, undefined, taken],
    ['in text', 'The controller for path was not found.', undefined, 'The controller for path was not found.'],
  ]);

  it('gets a token of Microsoft Entra ID or of the job as it is', async () => {
    server.reset({ body: {} });
    await clientFor(server.url, { dialect: devopsDialect }).client.json(get, anything);
    assert.equal(server.requests[0]?.headers.authorization, 'Bearer secret-token-1');
  });

  it('gets a personal access token as a password, which nothing repeats', async () => {
    server.reset(({ headers }, response) =>
      response.writeHead(400).end(JSON.stringify({ message: headers.authorization })),
    );
    const { client, debugLines } = clientFor(server.url, { dialect: devopsPatDialect() });
    const error = await errorOf(HttpError, client.json(get, anything));
    const password = Buffer.from(':secret-token-1').toString('base64');
    assert.equal(server.requests[0]?.headers.authorization, `Basic ${password}`);
    assert.equal(error.serviceMessage, 'Basic ***');
    assert.equal((inspect(error, { depth: Infinity }) + debugLines.join()).includes(password), false);
  });

  for (const [what, reply] of [
    [
      'the sign-in page, with 203',
      { status: 203, headers: { 'Content-Type': 'text/html' }, body: '<html><title>Sign In</title></html>' },
    ],
    ['401', { status: 401 }],
  ] as const)
    it(`answers ${what} to a token that it does not accept, which is renewed once`, async () => {
      server.reset(reply, { body: { fine: true } });
      const { client } = clientFor(server.url, { dialect: devopsDialect, tokens: new TestTokens(1) });
      assert.deepEqual(await client.json(create, anything), { fine: true });
      assert.equal(server.requests[1]?.headers.authorization, 'Bearer secret-token-2');

      server.reset(reply);
      const refused = clientFor(server.url, { dialect: devopsDialect, tokens: new TestTokens(5) });
      const error = await errorOf(CallError, refused.client.json(get, anything));
      assert.match(error.message, /The call was made as the token of connection 'dev'\./);
      assert.equal(server.requests.length, 2);
    });

  it('does not refuse the token by any other page', async () => {
    server.reset({ status: 403, body: '<html><title>Blocked</title></html>' });
    const { client, tokens } = clientFor(server.url, { dialect: devopsDialect, tokens: new TestTokens(1) });
    await errorOf(ForeignAnswerError, client.json(get, anything));
    assert.deepEqual(tokens.refusals, []);
  });

  it('asks for a pause after a success, too', async () => {
    for (const [headers, seconds] of [
      [{ 'Retry-After': '30', 'X-RateLimit-Delay': '4.5' }, 30],
      [{ 'X-RateLimit-Delay': '4.5' }, 4.5],
      [{ 'X-RateLimit-Delay': '0' }, 0],
    ] as const) {
      server.reset({ headers, body: {} }, { body: {} });
      const { client, clock } = clientFor(server.url, { dialect: devopsDialect });
      const start = clock.now();
      await client.json(get, anything);
      await client.json(get, anything);
      assert.equal((clock.now() - start) / 1000, seconds);
    }
  });

  it('names a request by x-vss-e2eid, else by its activity', async () => {
    for (const [headers, id] of [
      [{ 'X-VSS-E2EID': 'e2e-1', ActivityId: 'activity-1' }, 'e2e-1'],
      [{ ActivityId: 'activity-1' }, 'activity-1'],
    ] as const) {
      server.reset({ status: 400, headers });
      const error = await errorOf(
        HttpError,
        clientFor(server.url, { dialect: devopsDialect }).client.json(get, anything),
      );
      assert.equal(error.requestId, id);
    }
  });
});
