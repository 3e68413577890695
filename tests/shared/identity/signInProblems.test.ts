import assert from 'node:assert/strict';
import { azureDialect } from '../../../shared/azure/dialect';
import { devopsDialect } from '../../../shared/devops/dialect';
import { createHttpClient } from '../../../shared/http/createHttpClient';
import type { Dialect } from '../../../shared/http/dialect';
import { CallError, isRefusal, type Trouble } from '../../../shared/http/errors';
import { databricksTokenDialect, entraDialect } from '../../../shared/identity/dialect';
import { adviceFor, problemOf, type SignInService } from '../../../shared/identity/signInProblems';
import { signInExamples } from '../../../tools/signInExamples';
import { documentedProblems, seenInLog, signInPage } from '../../../tools/signInPage';
import { RecordingServer, type Reply } from '../../support/recordingServer';
import { errorOf } from '../http/clientUnderTest';
import { makeContext } from './signInFixture';
import { anything } from '../../support/anything';

const dialects: Readonly<Record<SignInService, Dialect>> = {
  'Microsoft Entra ID': entraDialect,
  Databricks: databricksTokenDialect,
  'Azure DevOps': devopsDialect,
  'Azure Resource Manager': azureDialect,
  'the managed identity endpoint of this machine': entraDialect,
};
const services = Object.keys(dialects) as readonly SignInService[];

/** An answer in the form of the service that would give it. */
function replyOf(service: SignInService, example: Trouble): Reply {
  if (!isRefusal(example))
    return {
      status: example.status,
      headers: { 'Content-Type': 'text/html' },
      body: `<html><head><title>${example.title ?? ''}</title></head></html>`,
    };
  const { status, errorCode: code, serviceMessage: message } = example;
  switch (service) {
    case 'Microsoft Entra ID':
    case 'the managed identity endpoint of this machine':
      return { status, body: { error: code, error_description: message } };
    case 'Azure Resource Manager':
      return { status, body: { error: { code, message } } };
    case 'Azure DevOps':
      return { status, body: { $id: '1', message, ...(code !== undefined && { typeKey: code }), errorCode: 0 } };
    case 'Databricks':
      return code?.startsWith('invalid_')
        ? { status, body: { error: code, error_description: message } }
        : { status, body: { error_code: code ?? status, message } };
  }
}

describe('Sign-in problems', () => {
  let server: RecordingServer;
  before(async () => (server = await RecordingServer.start()));
  after(() => server.close());

  async function messageFor(service: SignInService, reply: Reply): Promise<string> {
    server.reset(reply);
    const http = createHttpClient({
      ...makeContext(),
      baseUrl: server.url,
      service,
      dialect: dialects[service],
      userAgent: 'test',
      explain: (trouble) => adviceFor(service, trouble),
    });
    const error = await errorOf(CallError, http.json({ method: 'POST', path: '/', purpose: 'sign in' }, anything));
    return error.message;
  }

  for (const problem of documentedProblems) {
    for (const service of problem.service === undefined ? services : [problem.service]) {
      it(`${service}: '${problem.title}' is found by its example, shown as on its page, and explained`, async () => {
        assert.equal(problemOf(service, signInExamples[problem.title])?.title, problem.title);
        const message = await messageFor(service, replyOf(service, signInExamples[problem.title]));
        assert.ok(message.includes(seenInLog(problem)), message);
        assert.ok(message.endsWith(problem.advice), message);
      });
    }
  }

  it('have unique titles, which are the anchors of the page', () => {
    const titles = documentedProblems.map(({ title }) => title);
    assert.deepEqual([...new Set(titles)], titles);
  });

  it('have advice in one or two sentences, without line breaks', () => {
    for (const { advice } of documentedProblems) {
      assert.match(advice, /^[A-Z][^\n]+\.$/);
      const sentences = advice.match(/\.(?= [A-Z]|$)/g) ?? [];
      assert.ok(sentences.length <= 2, advice);
      assert.ok(advice.length < 330, `${advice.length}: ${advice}`);
    }
  });

  it('are all on the page, with what the log shows and what to do', () => {
    const page = signInPage();
    for (const problem of documentedProblems) {
      assert.ok(page.includes(`### ${problem.title}\n\n> ${seenInLog(problem)}\n\n${problem.advice}`), problem.title);
    }
  });

  const refusal = (status: number, serviceMessage: string, errorCode?: string): Trouble => ({
    status,
    errorCode,
    serviceMessage,
    requestId: undefined,
    retryAfterSeconds: undefined,
  });
  /** Answers that several match, or that look like others. */
  const cases: readonly (readonly [SignInService, string, Trouble, string | undefined])[] = [
    [
      'Databricks',
      'a 403 of the IP access list',
      refusal(403, 'Source IP address: 1.2.3.4 is blocked by Databricks IP ACL for workspace: 1'),
      'The IP access list of the workspace blocks the agent',
    ],
    [
      'Databricks',
      'a 403 for a principal by its older text',
      refusal(403, 'User not authorized.'),
      'The identity is not in the workspace',
    ],
    [
      'Databricks',
      'a 403 for a principal by its newer text',
      refusal(403, 'Unauthorized access to workspace: 12'),
      'The identity is not in the workspace',
    ],
    [
      'Databricks',
      'a 403 for a token of another workspace',
      refusal(403, 'Invalid access to Org: 12'),
      'The identity is not in the workspace',
    ],
    [
      'Databricks',
      'a 403 for a token that ends',
      refusal(403, 'Token is expiring within 30 seconds. (token expired)'),
      'The token has expired, or is for another workspace',
    ],
    [
      'Databricks',
      'a 401 for a token that has ended',
      refusal(401, 'Token is expired'),
      'The token has expired, or is for another workspace',
    ],
    [
      'Databricks',
      'any other 403',
      refusal(403, 'Whatever.', 'PERMISSION_DENIED'),
      'The identity lacks a permission in the workspace',
    ],
    ['Databricks', 'any other 401', refusal(401, ''), 'The workspace does not know the identity'],
    [
      'Databricks',
      'a wrong audience at the exchange',
      refusal(400, 'Failed to process token: TOKEN_AUDIENCE_INVALID', 'invalid_grant'),
      'No federation policy matches',
    ],
    [
      'Databricks',
      'the title of a page',
      {
        status: 400,
        title: 'Error 400 io.jsonwebtoken.IncorrectClaimException: Expected iss claim to be: x, but was: y.',
        locationHost: undefined,
      },
      'The token is from another tenant',
    ],
    ['Databricks', 'a 404', refusal(404, 'No job 7.', 'RESOURCE_DOES_NOT_EXIST'), undefined],
    ['Databricks', 'a 429', refusal(429, 'Too fast.', 'RESOURCE_EXHAUSTED'), undefined],
    ['Databricks', 'a bad request', refusal(400, 'Invalid cluster.', 'INVALID_PARAMETER_VALUE'), undefined],
    [
      'Microsoft Entra ID',
      'no issuer that fits',
      refusal(
        401,
        "AADSTS700211: No matching federated identity record found for presented assertion issuer 'x'.",
        'invalid_client',
      ),
      'No federated credential matches',
    ],
    [
      'Microsoft Entra ID',
      'a subject in another case',
      refusal(401, 'AADSTS7002138: No matching federated identity record found.', 'invalid_client'),
      'No federated credential matches',
    ],
    [
      'Microsoft Entra ID',
      'nothing that fits',
      refusal(400, 'AADSTS70021: No matching federated identity record found.', 'invalid_request'),
      'No federated credential matches',
    ],
    [
      'Microsoft Entra ID',
      'no federated credential at all',
      refusal(401, 'AADSTS70025: The client has no configured federated identity credentials.', 'invalid_client'),
      'No federated credential matches',
    ],
    [
      'Microsoft Entra ID',
      'a text that is no tenant',
      refusal(400, "AADSTS900023: Specified tenant identifier 'x' is neither a valid DNS name", 'invalid_request'),
      'The tenant does not exist',
    ],
    [
      'Microsoft Entra ID',
      'a code that only begins like another',
      refusal(401, 'AADSTS70001699: Something.', 'invalid_client'),
      'Another refusal of Microsoft Entra ID',
    ],
    [
      'Microsoft Entra ID',
      'a fault of its own',
      refusal(503, 'AADSTS90033: A transient error has occurred.', 'temporarily_unavailable'),
      undefined,
    ],
    [
      'Azure Resource Manager',
      'a token that it does not accept',
      refusal(401, 'The access token is invalid.', 'InvalidAuthenticationToken'),
      undefined,
    ],
    [
      'the managed identity endpoint of this machine',
      'one of several identities',
      refusal(
        400,
        'Multiple user assigned identities exist, please specify the clientId / resourceId',
        'invalid_request',
      ),
      'The machine has no such managed identity',
    ],
    ['Azure DevOps', 'a fault of its own', refusal(500, 'TF400733: The request has been canceled'), undefined],
  ];
  for (const [service, what, trouble, title] of cases)
    it(`${service}: ${what} is ${title === undefined ? 'not a sign-in problem' : `'${title}'`}`, () =>
      assert.equal(problemOf(service, trouble)?.title, title));
});
