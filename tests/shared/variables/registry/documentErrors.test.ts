import assert from 'node:assert/strict';
import { failureKind, readFailure, type FailureKind } from '../../../../shared/variables/registry/documentErrors';

/** What a REST client, and the frame that a page is in, reject with for one error of the service. */
function shapesOf(status: number, typeKey: string | undefined, message: string): readonly unknown[] {
  const serverError = { ...(typeKey !== undefined && { typeKey }), message };
  return [
    { status, ...serverError },
    { status, message: `TypeError: ${message}`, serverError },
    { statusCode: status, serverError },
    Object.assign(new Error(message), { status, ...(typeKey !== undefined && { typeKey }) }),
  ];
}

const kindOf = (rejected: unknown): FailureKind => failureKind(readFailure(rejected));

describe('What a failed request to the extension data means', () => {
  const byName: readonly [typeKey: string, status: number, kind: FailureKind][] = [
    ['DocumentCollectionDoesNotExistException', 404, 'absent'],
    ['DocumentDoesNotExistException', 404, 'absent'],
    ['DocumentExistsException', 400, 'exists'],
    ['InvalidDocumentVersionException', 400, 'stale'],
    ['MaximumDocumentSizeException', 400, 'tooLarge'],
    ['InstalledExtensionNotFoundException', 404, 'notInstalled'],
    ['ExtensionNotInstalledException', 404, 'notInstalled'],
    ['UnauthorizedRequestException', 401, 'refused'],
    ['AccessCheckException', 403, 'refused'],
  ];
  for (const [typeKey, status, kind] of byName)
    it(`is ${kind} for ${typeKey}, in every shape of an error`, () => {
      for (const shape of shapesOf(status, typeKey, 'No.')) assert.equal(kindOf(shape), kind);
      // The name decides, whatever the status and the number are.
      assert.equal(kindOf({ status: 500, typeKey, message: '%error="1660004";%:No.' }), kind);
    });

  const byNumber: readonly [number: string, kind: FailureKind][] = [
    ['1660000', 'exists'],
    ['1660001', 'absent'],
    ['1660002', 'absent'],
    ['1660003', 'stale'],
    ['1660004', 'notInstalled'],
  ];
  for (const [number, kind] of byNumber)
    it(`is ${kind} for the number ${number} where the name is missing or unknown`, () => {
      const message = `%error="${number}";%:The text.`;
      for (const shape of [...shapesOf(400, undefined, message), ...shapesOf(400, 'VssServiceException', message)])
        assert.equal(kindOf(shape), kind);
    });

  it('does not take a number in the text of a message for the number of the error', () => {
    assert.equal(kindOf({ status: 400, message: 'The document 1660003 is wrong.' }), 'unknown');
    assert.equal(kindOf({ status: 400, message: '%error="1660009";%:New.' }), 'unknown');
  });

  const byStatus: readonly [status: number | undefined, kind: FailureKind][] = [
    [undefined, 'unreachable'],
    [0, 'unreachable'],
    [400, 'unknown'],
    [401, 'refused'],
    [403, 'refused'],
    [404, 'unknown'],
    [408, 'unreachable'],
    [409, 'exists'],
    [412, 'stale'],
    [413, 'tooLarge'],
    [429, 'unreachable'],
    [500, 'unreachable'],
    [503, 'unreachable'],
  ];
  for (const [status, kind] of byStatus)
    it(`is ${kind} for the status ${status ?? 'that is missing'} alone`, () => {
      assert.equal(failureKind({ status, typeKey: undefined, message: 'No.' }), kind);
      assert.equal(failureKind({ status, typeKey: 'NewException', message: '' }), status ? kind : 'unknown');
    });

  it('does not take names that every object has for names of errors', () => {
    for (const typeKey of ['constructor', 'toString', '__proto__'])
      assert.equal(kindOf({ status: 400, typeKey }), 'unknown');
  });

  it('reads the message of the service before that of the client', () => {
    const both = { status: 400, message: 'client', serverError: { message: 'service', typeKey: 'A' } };
    assert.deepEqual(readFailure(both), { status: 400, typeKey: 'A', message: 'service' });
    assert.equal(readFailure(new Error('lost')).message, 'lost');
    assert.equal(readFailure('Failed to fetch').message, 'Failed to fetch');
  });

  for (const nothing of [undefined, null, '', 7, {}, { message: '', serverError: null }, { status: '403' }])
    it(`says that there is no reason for ${JSON.stringify(nothing)}`, () => {
      const failure = readFailure(nothing);
      assert.deepEqual(failure, { status: undefined, typeKey: undefined, message: 'Azure DevOps gave no reason.' });
      assert.equal(failureKind(failure), 'unreachable');
    });
});
