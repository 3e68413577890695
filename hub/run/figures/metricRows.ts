import type { EvaluationRecord, RecordedMetric, RecordedRule, RuleOutcome } from '../../../shared/records/runRecord';

/** A metric with the rules that name it. */
export interface MetricRow {
  readonly metric: RecordedMetric;
  readonly rules: readonly RecordedRule[];
  /** The worst of its rules; undefined without a rule. */
  readonly outcome: RuleOutcome | undefined;
  /** The numbers that rules compare the metric itself with. */
  readonly limits: readonly Limit[];
}

export interface Limit {
  readonly value: number;
  /** On which side of the number the rule passes; undefined for `==` and `!=`. */
  readonly side: 'above' | 'below' | undefined;
  /** Such as `>=`. */
  readonly comparison: string;
  readonly outcome: RuleOutcome;
}

const severity: readonly RuleOutcome[] = ['failed', 'notCompared', 'passed'];

/** The metrics in the order of the record, which has those that rules name first. */
export function metricRows({ metrics, rules }: EvaluationRecord): readonly MetricRow[] {
  return metrics.map((metric) => {
    const own = rules.filter((rule) => rule.metrics.includes(metric.name));
    return {
      metric,
      rules: own,
      outcome: severity.find((outcome) => own.some((rule) => rule.outcome === outcome)),
      limits: own.flatMap((rule) => limitOf(rule, metric.value)),
    };
  });
}

const flipped: ReadonlyMap<string, string> = new Map([
  ['>=', '<='],
  ['<=', '>='],
  ['>', '<'],
  ['<', '>'],
]);

/**
 * A side of a rule can be calculated from several metrics. The other side is a limit of the metric only where the value of
 * the side is that of the metric.
 */
function limitOf({ actual, required, comparison, outcome }: RecordedRule, value: number | undefined): readonly Limit[] {
  if (value === undefined || actual === undefined || required === undefined) return [];
  if (actual === value) return [limit(required, comparison, outcome)];
  if (required === value) return [limit(actual, flipped.get(comparison) ?? comparison, outcome)];
  return [];
}

function limit(value: number, comparison: string, outcome: RuleOutcome): Limit {
  const side = comparison.startsWith('>') ? 'above' : comparison.startsWith('<') ? 'below' : undefined;
  return { value, side, comparison, outcome };
}
