import assert from 'node:assert/strict';
import fc from 'fast-check';
import { canaryShare, stableReplicasFor } from '../../../../shared/kubernetes/strategies/canaryShare';

describe('the share of a canary', () => {
  const cases = [
    [10, 9, 1, 10, true],
    [10, 2, 1, 33, false],
    [10, 3, 1, 25, false],
    [50, 3, 3, 50, true],
    [25, 4, 1, 20, true],
    [90, 1, 9, 90, true],
  ] as const;
  for (const [percent, stable, replicas, actualPercent, isWithinTolerance] of cases)
    it(`is ${actualPercent} % when ${percent} % are requested beside ${stable}`, () => {
      const share = canaryShare(percent, stable);
      assert.deepEqual(
        [share.replicas, Math.round(share.actualPercent), share.isWithinTolerance],
        [replicas, actualPercent, isWithinTolerance],
      );
    });

  it('is never zero, and is possible with the suggested replicas', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 100 }), (percent, stable) => {
        const { replicas, actualPercent } = canaryShare(percent, stable);
        assert.ok(replicas >= 1 && actualPercent > 0 && actualPercent < 100);
        assert.ok(canaryShare(percent, stableReplicasFor(percent)).isWithinTolerance, `${percent} %`);
        assert.ok(canaryShare(Math.min(99, Math.max(1, Math.round(actualPercent))), stable).isWithinTolerance);
      }),
    );
  });
});
