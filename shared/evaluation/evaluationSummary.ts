import { plainMarkdown } from '../markdown';
import { ruleCount, type EvaluatedModel, type RuleResult } from './evaluateRules';
import { formatCompared, formatNumber } from './metrics';

export interface Evaluation extends Pick<EvaluatedModel, 'metrics' | 'champion'> {
  readonly results: readonly RuleResult[];
  /** Where the metrics came from. */
  readonly source: string;
  readonly championSource: string;
  /** What else there is to tell. */
  readonly notes: readonly string[];
}

const chartWidth = 20;
const words = { passed: '✅ passed', failed: '❌ failed', 'not compared': '⚪ not compared' };

/** An evaluation as Markdown: verdict, a table of the rules, and the metrics next to the champion's, as bars. */
export function evaluationSummary({ metrics, champion, results, source, championSource, notes }: Evaluation): string {
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  const verdict =
    failed === 0
      ? `✅ **passed** ${ruleCount(results.length)}`
      : `❌ **failed** ${failed} of ${ruleCount(results.length)}`;
  return [
    `The model ${verdict}.`,
    `Metrics: ${plainMarkdown(source)}. Champion: ${plainMarkdown(championSource)}.`,
    ...notes.map(plainMarkdown),
    ['| Rule | Actual | Required | Result |', '| --- | ---: | ---: | --- |', ...results.map(ruleRow)].join('\n'),
    ...chart(metrics, champion, results),
  ].join('\n\n');
}

function ruleRow({ rule, actual, required, comparison, outcome, note }: RuleResult): string {
  const [left, right] = formatCompared(actual, required);
  const result = note === '' ? words[outcome] : `${words[outcome]}: ${plainMarkdown(note)}`;
  return `| ${plainMarkdown(rule)} | ${left} | ${plainMarkdown(comparison)} ${right} | ${result} |`;
}

/** A bar for every metric that a rule names, on a scale of its own, which the champion shares. */
function chart(
  metrics: EvaluatedModel['metrics'],
  champion: EvaluatedModel['champion'],
  results: readonly RuleResult[],
): readonly string[] {
  const names = [...new Set(results.flatMap((result) => result.metrics))];
  const rows = names.flatMap((name) => {
    const [own, other] = [numberOf(metrics.get(name)), numberOf(champion?.get(name))];
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
  // Not rounded up: only the larger of two is a full bar.
  const filled = scale === 0 ? 0 : Math.floor((Math.abs(value) / scale) * chartWidth);
  return `${'█'.repeat(filled)}${'░'.repeat(chartWidth - filled)}`;
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
