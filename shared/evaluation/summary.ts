import { plainMarkdown } from '../markdown';
import type { Evaluation } from './evaluateModel';
import { ruleCount, type RuleResult } from './evaluateRules';
import { finiteNumber, formatCompared, formatNumber, type Metrics } from './metrics';

const chartWidth = 20;
const outcomes = { passed: '✅ passed', failed: '❌ failed', 'not compared': '⚪ not compared' };

/** An evaluation as Markdown: the verdict, notes, a table of the rules, and the metrics next to the champion's, as bars. */
export function evaluationSummary({ model, champion, results, failed }: Evaluation, notes: readonly string[]): string {
  const verdict =
    failed.length === 0
      ? `✅ **passed** ${ruleCount(results.length)}`
      : `❌ **failed** ${failed.length} of ${ruleCount(results.length)}`;
  return [
    `The model ${verdict}.`,
    `Metrics: ${plainMarkdown(model.source)}. Champion: ${plainMarkdown(champion?.source ?? 'none')}.`,
    ...notes.map(plainMarkdown),
    ['| Rule | Actual | Required | Result |', '| --- | ---: | ---: | --- |', ...results.map(ruleRow)].join('\n'),
    ...chart(model.metrics, champion?.metrics, results),
  ].join('\n\n');
}

function ruleRow({ rule, actual, required, comparison, outcome, note }: RuleResult): string {
  const [left, right] = formatCompared(actual, required);
  const result = note === '' ? outcomes[outcome] : `${outcomes[outcome]}: ${plainMarkdown(note)}`;
  return `| ${plainMarkdown(rule)} | ${left} | ${plainMarkdown(comparison)} ${right} | ${result} |`;
}

/** A bar for every metric that a rule names; each metric has its own scale, which the model and the champion share. */
function chart(metrics: Metrics, champion: Metrics | undefined, results: readonly RuleResult[]): readonly string[] {
  const names = [...new Set(results.flatMap((result) => result.metrics))];
  const rows = names.flatMap((name) => {
    const [own, other] = [finiteNumber(metrics.get(name)), finiteNumber(champion?.get(name))];
    const scale = Math.max(Math.abs(own ?? 0), Math.abs(other ?? 0));
    const row = (who: string, value: number | undefined): readonly string[] =>
      value === undefined
        ? []
        : [`| ${plainMarkdown(name)} | ${who} | ${bar(value, scale)} | ${formatNumber(value)} |`];
    return [...row('model', own), ...row('champion', other)];
  });
  return rows.length === 0 ? [] : [['| Metric | Of | | Value |', '| --- | --- | --- | ---: |', ...rows].join('\n')];
}

function bar(value: number, scale: number): string {
  // Rounded down, so that only the larger of the two is a full bar.
  const filled = scale === 0 ? 0 : Math.floor((Math.abs(value) / scale) * chartWidth);
  return `${'█'.repeat(filled)}${'░'.repeat(chartWidth - filled)}`;
}
