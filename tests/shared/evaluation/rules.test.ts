import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evaluateRules, resultLine } from '../../../shared/evaluation/evaluateRules';
import { metricsIn } from '../../../shared/evaluation/metrics';
import { comparisons, parseRule, RuleProblem } from '../../../shared/evaluation/parseRule';
import { anyText } from '../../support/anyText';

const own = {
  accuracy: 0.95,
  rmse: 2,
  zero: 0,
  'val/loss': 0.3,
  test: { auc: 0.9 },
  nan: 'NaN',
  inf: '-Infinity',
  'precision@5': 0.7,
  'größe, in %': 1,
  text: 'high',
  digits: '0.9',
  list: [1],
};
const champions = { accuracy: 0.9, rmse: 2.1, 'val/loss': 0.25, broken: null };

function evaluate(rule: string) {
  const [result] = evaluateRules([parseRule(rule)], {
    metrics: metricsIn(own),
    champion: metricsIn(champions),
    isChampion: false,
    passWithoutChampion: true,
  });
  assert.ok(result);
  return result;
}

describe('a rule', () => {
  for (const [rule, outcome, line] of [
    ['accuracy >= 0.9', 'passed', '0.95 is >= 0.9'],
    ['accuracy >= 0.95', 'passed', '0.95 is >= 0.95'],
    ['accuracy > 0.9500000001', 'failed', '0.95 is not > 0.9500000001'],
    ['accuracy > 0.95', 'failed', '0.95 is not > 0.95'],
    ['accuracy<=.96', 'passed', '0.95 is <= 0.96'],
    ['rmse == 2', 'passed', '2 is == 2'],
    ['rmse != 2', 'failed', '2 is not != 2'],
    ['rmse < 2e0', 'failed', '2 is not < 2'],
    ['1 < accuracy * 2', 'passed', '1 is < 1.9'],
    ['rmse + 2 * 3 == 8', 'passed', '8 is == 8'],
    ['(rmse + 2) * 3 == 12', 'passed', '12 is == 12'],
    ['10 - rmse - 3 == 5', 'passed', '5 is == 5'],
    ['-rmse >= -2', 'passed', '-2 is >= -2'],
    ['rmse / 4 < accuracy', 'passed', '0.5 is < 0.95'],
    ['test.auc >= 0.9', 'passed', '0.9 is >= 0.9'],
    ['"val/loss" < 0.4', 'passed', '0.3 is < 0.4'],
    ['"precision@5" > 0.6', 'passed', '0.7 is > 0.6'],
    ['"größe, in %" < baseline', 'failed', "the champion's metric 'größe, in %' is missing"],
    ['inf < 1', 'failed', "the metric 'inf' is not a number: -Infinity"],
    ['accuracy >= baseline', 'passed', '0.95 is >= 0.9'],
    ['rmse <= baseline * 1.05', 'passed', '2 is <= 2.205'],
    ['"val/loss" <= baseline', 'failed', '0.3 is not <= 0.25'],
    ['accuracy >= baseline."val/loss" + baseline.accuracy', 'failed', '0.95 is not >= 1.15'],
    ['recall >= 0.5', 'failed', "the metric 'recall' is missing"],
    ['nan < 1', 'failed', "the metric 'nan' is not a number: NaN"],
    ['nan != 1', 'failed', "the metric 'nan' is not a number: NaN"],
    ['text > 0.5', 'failed', "the metric 'text' is not a number: high"],
    ['digits > 0.5', 'passed', '0.9 is > 0.5'],
    ['list > 0.5', 'failed', "the metric 'list' is not a number: a list or null"],
    ['rmse / zero > 1', 'failed', 'division by zero'],
    ['rmse * 1e308 > 1', 'failed', 'the result is too large for a number'],
    ['test.auc >= baseline', 'failed', "the champion's metric 'test.auc' is missing"],
    ['rmse > baseline.broken', 'failed', "the champion's metric 'broken' is not a number: a list or null"],
  ] as const)
    it(`${rule}: ${line}`, () => {
      const result = evaluate(rule);
      assert.equal(result.outcome, outcome);
      assert.equal(resultLine(result), `${rule}: ${line}`);
    });

  for (const [rule, column, problem] of [
    ['', 1, 'a metric or a number is expected, but the rule ends'],
    ['accuracy', 9, 'one of >= <= == != > < is expected, but the rule ends'],
    ['accuracy >=', 12, 'a metric or a number is expected, but the rule ends'],
    ['accuracy = 0.9', 10, "has a single '=': use == to compare"],
    ['0.5 < accuracy < 0.9', 16, 'has a second comparison: write two rules'],
    ['accuracy >= 0.9 0.8', 17, 'an operator is expected'],
    ['(accuracy > 0.9', 11, "')' is expected"],
    ['1 > 2', 1, 'names no metric'],
    ['baseline > 2', 1, "names only the champion's metrics"],
    ['accuracy + rmse > baseline', 1, 'names several metrics: write which one is compared, such as baseline.rmse'],
    [
      'accuracy >= 90%',
      15,
      'has an unexpected character: put a name with characters other than letters, digits, _ and . in double quotes',
    ],
    ['accuracy >= 0.9abc', 13, 'is neither a number nor a name'],
    ['"a##vso[task.complete]" > 1', 3, 'contains a logging command (##)'],
    ['"##[error]" > 1', 2, 'contains a logging command (##)'],
    ['"accuracy >= 1', 1, 'has an unmatched quotation mark'],
    ['process.exit(1) > 0', 13, 'one of >= <= == != > < is expected'],
  ] as const)
    it(`is refused: '${rule}'`, () => {
      assert.throws(
        () => parseRule(rule),
        (error) => {
          assert.ok(error instanceof RuleProblem);
          assert.deepEqual([error.column, error.message], [column, problem]);
          return true;
        },
      );
    });

  it('that names the champion passes or fails without one, as configured', () => {
    assert.equal(evaluateWithout('accuracy >= baseline', true), 'not compared');
    assert.equal(evaluateWithout('accuracy >= baseline', false), 'failed');
    assert.equal(evaluateWithout('accuracy >= 0.99', true), 'failed');
    assert.equal(evaluateWithout('recall >= baseline', true), 'failed', 'the model itself must have the metric');
  });

  function evaluateWithout(rule: string, passWithoutChampion: boolean): string | undefined {
    const model = { metrics: metricsIn(own), champion: undefined, isChampion: false, passWithoutChampion };
    return evaluateRules([parseRule(rule)], model)[0]?.outcome;
  }

  it('that compares the champion with itself passes, even if it requires an improvement', () => {
    const [metrics, asked] = [metricsIn(own), ['accuracy > baseline', 'accuracy > 0.99', 'recall > baseline']];
    const model = { metrics, champion: metrics, isChampion: true, passWithoutChampion: false };
    const results = evaluateRules(asked.map(parseRule), model);
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['not compared', 'failed', 'failed'],
    );
  });

  it('is parsed or refused with a RuleProblem, whatever the text', () => {
    const parts = fc.constantFrom(
      'accuracy',
      'baseline',
      '.',
      '"',
      '(',
      ')',
      '-',
      '*',
      '/',
      ' ',
      '1',
      '.5',
      'e9',
      '=',
      ...comparisons,
    );
    const texts = fc.oneof(
      fc.string(),
      anyText,
      fc.array(parts).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const [result] = evaluateRules([parseRule(text)], {
            metrics: metricsIn(own),
            champion: metricsIn(champions),
            isChampion: false,
            passWithoutChampion: true,
          });
          assert.ok(result && resultLine(result));
        } catch (error) {
          assert.ok(error instanceof RuleProblem, String(error));
          assert.ok(error.column >= 1 && error.column <= text.length + 1);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('that is very deep or very long is refused without a crash', () => {
    for (const text of ['('.repeat(400), '-'.repeat(900), '1+'.repeat(5000)])
      assert.throws(() => parseRule(text), RuleProblem);
  });
});
