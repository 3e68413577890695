import assert from 'node:assert/strict';
import { HttpError } from '../../../../shared/http/errors';
import { applyConflicts } from '../../../../shared/kubernetes/client/applyConflicts';

const refusal = (serviceMessage: string, status = 409): HttpError =>
  new HttpError('refused', {
    status,
    serviceMessage,
    errorCode: 'Conflict',
    requestId: undefined,
    retryAfterSeconds: undefined,
    attempts: 1,
    isTransient: false,
  });

describe('the conflicts of an apply', () => {
  it('are read from the message for one', () => {
    assert.deepEqual(
      applyConflicts(refusal('Apply failed with 1 conflict: conflict with "hpa" using autoscaling/v2: .spec.replicas')),
      [{ manager: 'hpa', field: '.spec.replicas' }],
    );
  });

  it('are read from the message for many', () => {
    const message = `Apply failed with 3 conflicts: conflicts with "kubectl \\"x\\"" with subresource "scale" using apps/v1 at 2025-01-01T10:00:00Z:
- .spec.replicas
- .spec.template.spec.containers[name="score"].image
conflicts with "other":
- .metadata.labels.app`;
    assert.deepEqual(applyConflicts(refusal(message)), [
      { manager: 'kubectl "x"', field: '.spec.replicas' },
      { manager: 'kubectl "x"', field: '.spec.template.spec.containers[name="score"].image' },
      { manager: 'other', field: '.metadata.labels.app' },
    ]);
  });

  it('are undefined for another refusal', () => {
    assert.equal(applyConflicts(refusal('the object has been modified')), undefined);
    assert.equal(applyConflicts(refusal('Apply failed with 1 conflict', 422)), undefined);
    assert.equal(applyConflicts(new Error('x')), undefined);
  });
});
