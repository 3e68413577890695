import assert from 'node:assert/strict';
import {
  evaluateModel,
  evaluationLines,
  verdictText,
  type MeasuredModel,
} from '../../../shared/evaluation/evaluateModel';
import { parseRule } from '../../../shared/evaluation/parseRule';

function measured(accuracy: number, facts: Partial<MeasuredModel> = {}): MeasuredModel {
  return { metrics: new Map([['accuracy', accuracy]]), source: `a file with ${accuracy}`, ...facts };
}

function outcomes(model: MeasuredModel, champion: MeasuredModel | undefined, passWithoutChampion = true) {
  const rules = ['accuracy > baseline', 'accuracy >= 0.9'].map(parseRule);
  return evaluateModel(model, champion, rules, { passWithoutChampion });
}

describe('the evaluation of a model', () => {
  it('compares it with the champion', () => {
    const evaluation = outcomes(measured(0.95), measured(0.96));
    assert.deepEqual(
      evaluation.failed.map(({ rule }) => rule),
      ['accuracy > baseline'],
    );
    assert.equal(
      verdictText(evaluation),
      'The model failed 1 of 2 rules:\n  - accuracy > baseline: 0.95 is not > 0.96',
    );
    assert.deepEqual(evaluationLines(evaluation), [
      'Metrics: a file with 0.95. Champion: a file with 0.96.',
      'FAILED        accuracy > baseline: 0.95 is not > 0.96',
      'passed        accuracy >= 0.9: 0.95 is >= 0.9',
    ]);
  });

  it('passes without a champion, if allowed', () => {
    const evaluation = outcomes(measured(0.95), undefined);
    assert.equal(verdictText(evaluation), 'The model passed 2 rules.');
    assert.deepEqual(evaluationLines(evaluation).slice(0, 2), [
      'Metrics: a file with 0.95. Champion: none.',
      'not compared  accuracy > baseline: there is no champion yet: passed',
    ]);
    assert.equal(outcomes(measured(0.95), undefined, false).failed.length, 1);
  });

  for (const [what, own, champion, isSame] of [
    ['the same run', { runId: 'a' }, { runId: 'a', version: '1' }, true],
    ['the same version', { version: '1' }, { runId: 'a', version: '1' }, true],
    ['the same version of another run', { runId: 'b', version: '1' }, { runId: 'a', version: '1' }, true],
    ['another run', { runId: 'b' }, { runId: 'a', version: '1' }, false],
    ['another version', { version: '2' }, { runId: 'a', version: '1' }, false],
    ['neither run nor version', {}, {}, false],
    ['no run, and a champion with one', {}, { runId: 'a' }, false],
  ] as const)
    it(`${isSame ? 'recognizes the champion by' : 'does not recognize the champion by'} ${what}`, () => {
      const { results, failed } = outcomes(measured(0.95, own), measured(0.95, champion));
      assert.equal(results[0]?.outcome, isSame ? 'not compared' : 'failed');
      assert.equal(failed.length, isSame ? 0 : 1);
    });
});
