import assert from 'node:assert/strict';
import { azureDialect, innermostError } from '../../../shared/azure/dialect';
import { HttpError } from '../../../shared/http/errors';
import { RecordingServer } from '../../support/recordingServer';
import { clientFor, errorOf, get } from '../http/clientUnderTest';
import { shapesOf } from '../http/shapes';
import { anything } from '../../support/anything';

const quota = 'VmSize: Not enough quota available for Standard_F4s_v2. Current usage/limit: 0/6. Additional needed: 8';
const crashed = 'User container has crashed or terminated';

describe('Azure Resource Manager', () => {
  shapesOf(azureDialect, [
    ['of its own', { error: { code: 'Conflict', message: 'Busy.' } }, 'Conflict', 'Busy.'],
    [
      'of AKS, which has no error around it',
      { code: 'Conflict', details: null, message: 'Busy.' },
      'Conflict',
      'Busy.',
    ],
    ['with a code alone', { error: { code: 'Conflict' } }, 'Conflict', ''],
    ['that is unknown', { Message: 'Busy.' }, undefined, ''],
    ['in text', 'Not today', undefined, 'Not today'],
    [
      'with details',
      {
        error: {
          code: 'BadRequest',
          message: 'The request is invalid.',
          details: [{ code: 'InferencingClientCreateDeploymentFailed', message: quota }],
        },
      },
      'BadRequest',
      `The request is invalid. InferencingClientCreateDeploymentFailed: ${quota}`,
    ],
    [
      'with details in details, several of them, and inner errors',
      {
        error: {
          code: 'DeploymentFailed',
          message: 'See the details',
          details: [
            { code: 'Conflict', message: 'One.', details: [{ code: 'Taken', message: 'The name is taken!' }] },
            {
              code: 'Other',
              message: 'Two',
              innererror: { code: 'Deep', innererror: { code: 'Deeper', message: 'Why' } },
            },
          ],
        },
      },
      'DeploymentFailed',
      'See the details. Conflict: One. Taken: The name is taken! Other: Two. Deeper: Why',
    ],
    [
      'that repeats its words at each level',
      {
        error: {
          code: 'A',
          message: 'It is busy.',
          details: [{ code: 'A', message: 'It is busy.' }, { message: 'busy' }],
        },
      },
      'A',
      'It is busy.',
    ],
    [
      'with the refusal of another service as JSON in its message',
      {
        error: {
          code: 'BadRequest',
          message: 'The request is invalid.',
          details: [
            {
              code: 'InferencingClientCallFailed',
              message: `HttpRequest error, error detail: {"errors":{"":["${quota}"],"Name":["Too long."]},"title":"x","status":400}`,
            },
          ],
        },
      },
      'BadRequest',
      `The request is invalid. InferencingClientCallFailed: HttpRequest error, error detail: ${quota} Too long.`,
    ],
    [
      'whose code is in the JSON of its message',
      { error: { code: null, message: '{"error":{"code":"OutOfQuota","message":"No CPU."}}' } },
      'OutOfQuota',
      'No CPU.',
    ],
    ['whose message only looks like JSON', { error: { code: 'X', message: 'Bad {name}' } }, 'X', 'Bad {name}'],
    [
      'whose code is in parentheses',
      { error: { code: null, message: '(BadArgument) No pull permission.' } },
      'BadArgument',
      'No pull permission.',
    ],
    [
      'whose code follows no code',
      { error: { message: `(None) ResourceNotReady: ${crashed}` } },
      'ResourceNotReady',
      crashed,
    ],
    [
      'whose code begins its message',
      { error: { message: `ResourceNotReady: ${crashed}` } },
      'ResourceNotReady',
      crashed,
    ],
    [
      'whose message begins with another word',
      { error: { message: 'Error: no such thing' } },
      undefined,
      'Error: no such thing',
    ],
    [
      'with a code, whose message is left as it is',
      { error: { code: 'Bad', message: '(Other) Text' } },
      'Bad',
      '(Other) Text',
    ],
    [
      'without a code but in its details',
      { error: { message: 'No.', details: [{ code: 'Taken', message: 'In use.' }] } },
      'Taken',
      'No. Taken: In use.',
    ],
  ]);

  it('names a request by x-ms-request-id', async () => {
    const server = await RecordingServer.start();
    try {
      server.reset({ status: 400, headers: { 'X-Request-Id': 'of-a-proxy', 'x-ms-request-id': 'b2c1-ff' } });
      const error = await errorOf(
        HttpError,
        clientFor(server.url, { dialect: azureDialect }).client.json(get, anything),
      );
      assert.equal(error.requestId, 'b2c1-ff');
    } finally {
      await server.close();
    }
  });

  describe('in an operation that failed', () => {
    for (const [what, error, errorCode, message] of [
      [
        'the innermost error with a code',
        { code: 'A', message: 'a', details: [{ code: 'B', message: 'b', details: [{ message: 'c' }] }] },
        'B',
        'b',
      ],
      [
        'the first of several',
        {
          code: 'A',
          message: 'a',
          details: [
            { code: 'B', message: 'b' },
            { code: 'C', message: 'c' },
          ],
        },
        'B',
        'b',
      ],
      ['the error without details', { code: 'A', message: 'a', details: [] }, 'A', 'a'],
      [
        'a code that its message holds',
        { code: null, message: `(None) ResourceNotReady: ${crashed}` },
        'ResourceNotReady',
        crashed,
      ],
      ['nothing', undefined, undefined, ''],
    ] as const)
      it(`says most by ${what}`, () => assert.deepEqual(innermostError(error), { errorCode, message }));
  });
});
