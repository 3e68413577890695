import assert from 'node:assert/strict';
import { isAbsentOrNotPermitted, isRefusedAs } from '../../../shared/devops/api/refusal';
import { CallError, HttpError } from '../../../shared/http/errors';
import type { DevopsIdentity } from '../../../shared/identity/devopsIdentity';
import { breakOff, truncate, type Reply } from '../../support/recordingServer';
import { errorOf } from '../http/clientUnderTest';
import { OrganizationUnderTest } from './organizationUnderTest';

const repository = {
  id: 'r1',
  name: 'm1',
  project: { id: 'p1', name: 'ml' },
  size: 0,
  remoteUrl: '',
  webUrl: '',
};
const connectionData = {
  authenticatedUser: {
    id: 'u1',
    descriptor: 'd1',
    providerDisplayName: 'ml Build Service (contoso)',
    properties: { Account: { $type: 'System.String', $value: 'Build\\p1' } },
  },
};

export function exception(typeKey: string, message: string, status: number): Reply {
  return {
    status,
    body: {
      $id: '1',
      innerException: null,
      message,
      typeName: `A.${typeKey}, A`,
      typeKey,
      errorCode: 0,
      eventId: 3000,
    },
  };
}

function withMark(body: object): Buffer {
  return Buffer.from(`\uFEFF${JSON.stringify(body)}`);
}

const signInPage: Reply = {
  status: 203,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: '<html><title>Azure DevOps Services | Sign In</title></html>',
};
const emptyRefusal: Reply = { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="https://x/"' } };
const refusedIdentity: Reply = {
  status: 401,
  headers: { 'Content-Type': 'application/json', 'WWW-Authenticate': 'Bearer' },
  body: withMark({
    message: 'TF400813: The user is not authorized to access this resource. ',
    typeKey: 'InvalidIdentityException',
  }),
};

describe('A refusal of Azure DevOps', () => {
  let organization: OrganizationUnderTest;
  before(async () => (organization = await OrganizationUnderTest.start()));
  after(() => organization.server.close());

  const read = (kind?: DevopsIdentity['kind']) => organization.connect(kind).git.repository('ml', 'm1');

  for (const [what, reply, advice] of [
    [
      'of an unknown credential (a sign-in page)',
      signInPage,
      {
        job: /'contoso' does not know the token of this job\. .+ in which the pipeline runs/,
        azure: /'contoso' does not know the token of the service connection\. .+ tenant of the service connection/,
        token: /'contoso' does not know this token\. Create a personal access token for this organization/,
      },
    ],
    [
      'of an expired credential (401 without a body)',
      emptyRefusal,
      {
        job: /run the job again, with a longer time limit/,
        azure: /its service principal or managed identity is enabled/,
        token: /has expired, was revoked, or lacks a scope that the call needs\. Create one with the scopes Code/,
      },
    ],
    [
      'of an identity that is not in the organization (401 with a byte order mark)',
      refusedIdentity,
      {
        job: /'contoso' does not authorize the token of this job .+ use a service connection .+ run the job again/,
        azure:
          /Add the service principal or managed identity to the organization 'contoso' with the access level Basic/,
        token: /The owner of the personal access token is not in the organization 'contoso'/,
      },
    ],
  ] as const)
    for (const kind of ['job', 'azure', 'token'] as const)
      it(`${what} says who signed in and what to do, by ${kind}`, async () => {
        organization.answers(reply);
        const { message } = await errorOf(CallError, read(kind));
        assert.match(message, /The call was made as the token of connection 'dev'\./);
        assert.match(message, advice[kind]);
        assert.doesNotMatch(message, /secret-token/);
        // Neither is repeated, nor is the identity looked up with the same credential.
        assert.equal(organization.requests.length, 1);
      });

  it('says by which name Azure DevOps shows the identity, and asks once', async () => {
    const denied = exception(
      'GitNeedsPermissionException',
      "TF401027: You need the Git 'CreateRepository' permission.",
      403,
    );
    organization.answers((request, response) => {
      const { status = 200, body = {} } = request.url.includes('connectionData') ? { body: connectionData } : denied;
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
    const devops = organization.connect('job');
    for (let times = 0; times < 2; times++) {
      const { message } = await errorOf(HttpError, devops.git.createRepository('ml', 'm1'));
      assert.match(message, /Azure DevOps shows this identity as 'ml Build Service \(contoso\)' \(Build\\p1\)\./);
      assert.match(message, /'Protect access to repositories in YAML pipelines' is off/);
    }
    assert.equal(organization.calls.filter((call) => call.includes('connectionData')).length, 1);
  });

  it('of what is absent says that it may be hidden, and speaks of the job to a job only', async () => {
    const absent = exception('GitRepositoryNotFoundException', 'TF401019: The Git repository does not exist.', 404);
    for (const kind of ['job', 'azure'] as const) {
      organization.answers(absent);
      const error = await errorOf(HttpError, read(kind));
      assert.ok(isAbsentOrNotPermitted(error));
      assert.match(error.message, /the same for what does not exist and for what this identity may not see/);
      assert.equal(error.message.includes('Protect access'), kind === 'job');
    }
  });

  it('of a path that no route answers is not an absence', async () => {
    organization.answers({
      status: 404,
      body: "The controller for path '/x' was not found or does not implement IController.",
    });
    const error = await errorOf(HttpError, read());
    assert.equal(isAbsentOrNotPermitted(error), false);
    assert.doesNotMatch(error.message, /may not see/);
  });

  it('is recognized by its exception, or by the number in its message, and never by its status', async () => {
    for (const [reply, reason] of [
      [exception('GitRepositoryNameAlreadyExistsException', 'anything', 409), 'alreadyExists'],
      [exception('GitRepositoryNameAlreadyExistsException', 'anything', 400), 'alreadyExists'],
      [
        { status: 409, body: { message: 'TF400948: A Git repository with the name m1 already exists.' } },
        'alreadyExists',
      ],
      [{ status: 400, body: { message: 'TF4009480: another number' } }, undefined],
      [{ status: 409, body: { message: 'something else' } }, undefined],
      [exception('GitReferenceStaleException', 'TF401028: …', 409), 'staleReference'],
      [exception('GitRefUpdateRejectedByPolicyException', 'TF402455: …', 403), 'rejectedByPolicy'],
      [exception('GitNeedsPermissionException', 'TF401027: …', 403), 'notPermitted'],
      [exception('VssServiceException', 'TF401020: The Git ref with name …', 404), 'referenceMissing'],
    ] as const) {
      organization.answers(reply);
      const error = await errorOf(HttpError, read());
      const reasons = (
        ['alreadyExists', 'staleReference', 'rejectedByPolicy', 'notPermitted', 'referenceMissing'] as const
      ).filter((each) => isRefusedAs(each, error));
      assert.deepEqual(reasons, reason === undefined ? [] : [reason]);
    }
  });

  it('of a run gives every reason', async () => {
    organization.answers({
      status: 400,
      body: {
        message: 'Could not queue the build because there were validation errors or warnings.',
        typeKey: 'BuildRequestValidationFailedException',
        customProperties: {
          ValidationResults: [
            { result: 'error', message: 'No pool was specified.' },
            { result: 'error', message: 'Job job_1: the input is missing.' },
          ],
        },
      },
    });
    const error = await errorOf(HttpError, organization.connect().build.queueBuild('ml', 1));
    assert.match(
      error.message,
      /validation errors or warnings\. No pool was specified\. Job job_1: the input is missing\./,
    );
  });
});

describe('A fault of Azure DevOps', () => {
  let organization: OrganizationUnderTest;
  before(async () => (organization = await OrganizationUnderTest.start()));
  after(() => organization.server.close());

  const stopped: Reply = {
    status: 503,
    headers: { 'Content-Type': 'application/json', 'X-TFS-ServiceError': 'x' },
    body: withMark({
      message: 'TF24668: The following team project collection is stopped: contoso.',
      typeKey: 'VssServiceException',
    }),
  };

  it('is survived by a read: 503 with a byte order mark, a broken connection, a truncated body, 429', async () => {
    const tooMany: Reply = { status: 429, headers: { 'Retry-After': '17' }, body: { message: 'slow down' } };
    organization.answers(stopped, breakOff, truncate, tooMany, { body: repository });
    const start = organization.clock.now();
    assert.equal((await organization.connect().git.repository('ml', 'm1')).id, 'r1');
    assert.equal(organization.requests.length, 5);
    assert.ok(organization.clock.now() - start >= 17_000, 'the pause that was asked for was not made');
  });

  it('is reported with the message of the service when it stays', async () => {
    organization.answers(stopped);
    const error = await errorOf(HttpError, organization.connect().git.repository('ml', 'm1'));
    assert.match(error.message, /TF24668: The following team project collection is stopped: contoso/);
  });

  it('never makes a creation repeat itself', async () => {
    for (const fault of [breakOff, truncate, { status: 500, body: { message: 'TF1: …' } }] as const) {
      organization.answers(fault, { body: repository });
      await errorOf(CallError, organization.connect().git.createRepository('ml', 'm1'));
      assert.equal(organization.requests.length, 1);
    }
  });

  it('is waited for after a success, too', async () => {
    organization.answers({ headers: { 'X-RateLimit-Delay': '12' }, body: repository }, { body: repository });
    const devops = organization.connect();
    await devops.git.repository('ml', 'm1');
    const start = organization.clock.now();
    await devops.git.repository('ml', 'm1');
    assert.ok(organization.clock.now() - start >= 12_000);
  });
});
