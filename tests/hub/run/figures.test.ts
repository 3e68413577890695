import assert from 'node:assert/strict';
import fc from 'fast-check';
import { durationText } from '../../../hub/run/arrange/durationText';
import { changeText, comparedTexts } from '../../../hub/run/figures/numberText';
import { scaleFor } from '../../../hub/run/figures/scale';

describe('The scale of a bar', () => {
  it('begins at zero and ends at a round number', () => {
    const ends = (...values: readonly number[]) => {
      const { start, end } = scaleFor(values);
      return [start, end];
    };
    assert.deepEqual(ends(0.93, 0.9), [0, 1]);
    assert.deepEqual(ends(12.3), [0, 15]);
    assert.deepEqual(ends(0.041), [0, 0.05]);
    assert.deepEqual(ends(-3.2, 1), [-4, 1]);
    assert.deepEqual(ends(0), [0, 1]);
    assert.deepEqual(ends(), [0, 1]);
  });

  it('places every finite number within the bar, and keeps the order', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 5 }), (values) => {
        const { position, start, end } = scaleFor(values);
        assert.ok(Number.isFinite(start) && Number.isFinite(end) && start <= 0 && end >= 0 && start < end);
        const sorted = [...values, 0].sort((left, right) => left - right);
        const positions = sorted.map(position);
        assert.ok(positions.every((each) => each >= 0 && each <= 100));
        assert.deepEqual(
          positions,
          [...positions].sort((left, right) => left - right),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('Numbers and times as texts', () => {
  it('show as many digits as distinguish compared numbers', () => {
    assert.deepEqual(comparedTexts([0.9000001, 0.9]), ['0.9000001', '0.9']);
    assert.deepEqual(comparedTexts([0.123456789, 0.9]), ['0.123457', '0.9']);
  });

  it('show a change with its sign and its share', () => {
    assert.equal(changeText(0.92, 0.93), '+0.01 (+1.09%)');
    assert.equal(changeText(12, 9), '-3 (-25%)');
    assert.equal(changeText(-2, -1), '+1 (+50%)');
    assert.equal(changeText(0, 5), '+5');
    assert.equal(changeText(3, 3), 'No change');
  });

  it('show the time between two moments', () => {
    const at = (time: string) => `2026-11-30T${time}Z`;
    assert.equal(durationText(at('10:00:00'), at('10:00:12.4')), '12 s');
    assert.equal(durationText(at('10:00:00'), at('10:02:05')), '2 min 5 s');
    assert.equal(durationText(at('10:00:00'), at('11:02:05')), '1 h 2 min');
    for (const [from, to] of [
      [undefined, at('10:00:00')],
      [at('10:00:00'), undefined],
      [at('10:00:00'), at('09:00:00')],
      ['soon', at('10:00:00')],
    ])
      assert.equal(durationText(from, to), undefined);
  });
});
