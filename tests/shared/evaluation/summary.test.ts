import assert from 'node:assert/strict';
import { evaluateModel } from '../../../shared/evaluation/evaluateModel';
import { metricsIn } from '../../../shared/evaluation/metrics';
import { parseRule } from '../../../shared/evaluation/parseRule';
import { evaluationSummary } from '../../../shared/evaluation/summary';

type Values = Readonly<Record<string, number>>;

function summary(own: Values, champion: Values | undefined, rules: readonly string[], source = 'a file'): string[] {
  const measured = (values: Values) => ({ metrics: metricsIn(values), source });
  const options = { passWithoutChampion: true };
  const evaluation = evaluateModel(measured(own), champion && measured(champion), rules.map(parseRule), options);
  return evaluationSummary(evaluation, [])
    .split('\n')
    .filter((line) => line !== '');
}

const full = '█'.repeat(20);

describe('the summary of an evaluation', () => {
  it('shows the verdict, each rule, and the metrics that rules name as bars next to the champion', () => {
    const rules = ['accuracy >= baseline', 'rmse <= baseline * 1.05', 'recall > 0.5'];
    const lines = summary({ accuracy: 0.97, rmse: 1, unused: 3 }, { accuracy: 0.98, rmse: 2 }, rules);
    assert.deepEqual(lines, [
      'The model ❌ **failed** 2 of 3 rules.',
      'Metrics: a file. Champion: a file.',
      '| Rule | Actual | Required | Result |',
      '| --- | ---: | ---: | --- |',
      '| accuracy \\>= baseline | 0.97 | \\>= 0.98 | ❌ failed |',
      '| rmse \\<= baseline \\* 1.05 | 1 | \\<= 2.1 | ✅ passed |',
      "| recall \\> 0.5 | – | \\> 0.5 | ❌ failed: the metric 'recall' is missing |",
      '| Metric | Of | | Value |',
      '| --- | --- | --- | ---: |',
      `| accuracy | model | ${'█'.repeat(19)}░ | 0.97 |`,
      `| accuracy | champion | ${full} | 0.98 |`,
      `| rmse | model | ${'█'.repeat(10)}${'░'.repeat(10)} | 1 |`,
      `| rmse | champion | ${full} | 2 |`,
    ]);
  });

  it('says where there is no champion, and where there is nothing for a chart', () => {
    const lines = summary({ accuracy: 0.97, loss: 0 }, undefined, ['accuracy >= baseline', 'loss <= 0']);
    assert.equal(lines[0], 'The model ✅ **passed** 2 rules.');
    assert.equal(
      lines[4],
      '| accuracy \\>= baseline | 0.97 | \\>= – | ⚪ not compared: there is no champion yet: passed |',
    );
    assert.equal(lines.at(-1), `| loss | model | ${'░'.repeat(20)} | 0 |`);
    assert.equal(summary({}, undefined, ['recall > 1']).at(-1)?.startsWith('| recall'), true);
  });

  it('has no markup or command of others in any cell', () => {
    const name = 'a|b <img src=x> [l](http://e) `c` *d* ## e';
    const source = 'run (x | <b>\n# head ##vso[task.complete]';
    const text = summary({ [name]: 1 }, { [name]: 2 }, [`"${name}" > baseline`, `"${name}x" > 1`], source).join('\n');
    assert.doesNotMatch(text, /##|^#|(?<!\\)[<>[\]`]|(?<!\\|\*)\*[^*]/m);
    for (const row of text.split('\n').filter((line) => line.startsWith('|')))
      assert.equal(row.split(/(?<!\\)\|/).length, 6, row);
  });
});
