import assert from 'node:assert/strict';
import { TaskError } from '../../../shared/errors';
import { ForeignAnswerError, HttpError } from '../../../shared/http/errors';
import { jobTokens } from '../../../shared/identity/jobToken';
import { RecordingServer, reply } from '../../support/recordingServer';
import { errorOf } from '../http/clientUnderTest';
import { connectionId, connectionOf, jobAccessToken, jobToken, makeContext, queryOf } from './signInFixture';

const connection = connectionOf({ url: 'https://workspace.example', scheme: 'None' });

describe('The identity token of the job', () => {
  let organization: RecordingServer;
  before(async () => (organization = await RecordingServer.start()));
  after(() => organization.close());
  beforeEach(() => organization.reset({ body: { oidcToken: jobToken } }));

  const path = '/org/project/_apis/distributedtask/hubs/build/plans/1/jobs/2/oidctoken';
  const surroundings = () => makeContext({ endpoint: { url: organization.url + path, accessToken: jobAccessToken } });

  it('is requested at the URL of the agent, as the job, for the connection', async () => {
    const given = surroundings();
    const tokens = jobTokens(connection, given);
    assert.equal(tokens.describe(), '');
    assert.equal(await tokens.request(), jobToken);
    const [request, ...more] = organization.requests;
    assert.equal(more.length, 0);
    assert.equal(request?.method, 'POST');
    assert.equal(new URL(request.url, 'http://here').pathname, path);
    assert.deepEqual(queryOf(request), { 'api-version': '7.1', serviceConnectionId: connectionId });
    assert.equal(request.headers.authorization, `Bearer ${jobAccessToken}`);
    assert.equal(request.headers['content-type'], 'application/json');
    assert.equal(request.headers['x-tfs-fedauthredirect'], 'Suppress');
    assert.equal(request.headers['content-length'], '0');
    assert.deepEqual(given.agent.text('secret').split('\n'), [jobAccessToken, jobToken]);
  });

  it('is described by the claims of a federation, for any issuer', async () => {
    const tokens = jobTokens(connection, surroundings());
    await tokens.request();
    assert.equal(
      tokens.describe(),
      "The token of this job has the issuer 'https://issuer', the subject 'sc://org/project/connection' and the " +
        "audience 'api://AzureADTokenExchange'.",
    );
  });

  it('does not have to be a JSON web token', async () => {
    organization.reset({ body: { oidcToken: 'opaque' } });
    const tokens = jobTokens(connection, surroundings());
    assert.equal(await tokens.request(), 'opaque');
    assert.doesNotMatch(tokens.describe(), /opaque/);
  });

  it('may have several audiences, and claims that are not text', async () => {
    const claims = { iss: { toString: 'x', valueOf: 1 }, aud: ['one', 'two'] };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    organization.reset({ body: { oidcToken: `e30.${payload}.x` } });
    const tokens = jobTokens(connection, surroundings());
    await tokens.request();
    assert.equal(
      tokens.describe(),
      "The token of this job has the issuer 'unknown', the subject 'unknown' and the audience 'one, two'.",
    );
  });

  it('is requested again each time', async () => {
    const tokens = jobTokens(connection, surroundings());
    await tokens.request();
    await tokens.request();
    assert.equal(organization.requests.length, 2);
  });

  it('is an error before any request when the agent has no endpoint', () => {
    assert.throws(
      () => jobTokens(connection, makeContext()),
      (error) => {
        assert.ok(error instanceof TaskError);
        assert.match(error.message, /System\.OidcRequestUri.* Azure DevOps Server needs a connection with a secret\.$/);
        return true;
      },
    );
  });

  it('is an error when the response contains no token', async () => {
    organization.reset({ body: {} });
    await assert.rejects(
      jobTokens(connection, surroundings()).request(),
      /^ForeignAnswerError: Could not get the identity token of this job .* 'oidcToken' is missing\. /,
    );
  });

  it('is refused with the identity and the advice in the message', async () => {
    organization.reset({
      status: 401,
      body: { message: "TF400813: The user '…' is not authorized.", typeKey: 'InvalidIdentityException' },
    });
    const error = await errorOf(HttpError, jobTokens(connection, surroundings()).request());
    assert.equal(organization.requests.length, 1);
    assert.equal(
      error.message,
      "Could not get the identity token of this job from Azure DevOps: Azure DevOps answered 401 InvalidIdentityException: TF400813: The user '…' " +
        'is not authorized. The call was made as the job itself (its System.AccessToken). It expires with the job, or with ' +
        'its time limit (timeoutInMinutes): run the job again, with a longer limit if it needs one.',
    );
  });

  for (const [shape, body] of [
    ['a list of characters', { count: 58, value: 'There is no explicit reference to service connection x.' }],
    [
      'a list with a message',
      { count: 1, value: { Message: 'There is no explicit reference to service connection x.' } },
    ],
    ['an exception', { $id: '1', message: 'There is no explicit reference to service connection x.', errorCode: 0 }],
  ] as const) {
    it(`is refused for a connection that the job is not allowed to use, in the form of ${shape}`, async () => {
      organization.reset({ status: 404, body });
      const error = await errorOf(HttpError, jobTokens(connection, surroundings()).request());
      assert.match(
        error.message,
        /answered 404: There is no explicit reference to service connection x\. Name the service connection in the input/,
      );
    });
  }

  it('is an error when the response is a sign-in page', async () => {
    organization.reset({ headers: { 'Content-Type': 'text/html' }, body: '<html><title>Sign In</title></html>' });
    const error = await errorOf(ForeignAnswerError, jobTokens(connection, surroundings()).request());
    assert.match(error.message, /200 with a web page titled 'Sign In'\. The call was made as the job itself/);
  });

  it('is requested again after a transient fault', async () => {
    organization.reset({ status: 503 }, (_request, response) => reply(response, { body: { oidcToken: jobToken } }));
    assert.equal(await jobTokens(connection, surroundings()).request(), jobToken);
  });
});
