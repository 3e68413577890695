import assert from 'node:assert/strict';
import { databricksDialect } from '../../../shared/databricks/dialect';
import { readServiceError } from '../../../shared/http/answer/serviceError';
import { shapesOf } from '../http/shapes';

describe('Databricks', () => {
  const page = (reason: string): string =>
    `<html><head><title>Error 400</title></head><body><pre> ${reason}</pre></body></html>`;

  shapesOf(databricksDialect, [
    ['of its API', { error_code: 'INVALID_STATE', message: 'Not now.' }, 'INVALID_STATE', 'Not now.'],
    ['with a number for its code', { error_code: 400, message: 'No.' }, '400', 'No.'],
    ['of its API 1.2', { error: 'ContextNotFound' }, undefined, 'ContextNotFound'],
    [
      'of its SCIM API',
      { schemas: [], detail: 'Taken.', status: '409', scimType: 'uniqueness' },
      'uniqueness',
      'Taken.',
    ],
    ['with a code alone', { error_code: 'INTERNAL_ERROR' }, 'INTERNAL_ERROR', ''],
    ['in text with a code', 'MALFORMED_REQUEST: Bad\nlines', 'MALFORMED_REQUEST', 'Bad\nlines'],
    ['in plain text', 'Not today', undefined, 'Not today'],
    ['in a page', page('Bad &lt;b>Target</b>'), undefined, 'Bad &lt;b>Target'],
    ['of what stands before it', { error: { code: 'BadGateway', message: 'Later.' } }, 'BadGateway', 'Later.'],
  ]);

  it('sends no other pages', () => {
    assert.equal(readServiceError('<html><title>Blocked</title></html>', databricksDialect), undefined);
  });

  for (const [status, serviceMessage, isRefused] of [
    [403, 'Invalid access token.', true],
    [403, 'Invalid Token', true],
    [403, 'Token is expiring within 30 seconds. (token expired)', true],
    [400, 'io.jsonwebtoken.IncorrectClaimException: Expected iss claim to be: x, but was: y.', true],
    [403, 'User lacks Manage on job 7.', false],
    [404, 'Invalid access token.', false],
    [403, '', false],
  ] as const)
    it(`${isRefused ? 'refuses the token' : 'does not refuse the token'} by ${status} '${serviceMessage}'`, () => {
      assert.equal(databricksDialect.refusesToken?.({ status, serviceMessage }), isRefused);
    });
});
