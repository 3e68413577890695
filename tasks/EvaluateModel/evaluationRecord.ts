import type { EvaluationRecord } from '../../shared/records/runRecord';
import type { Evaluation, MeasuredModel } from '../../shared/evaluation/evaluateModel';
import { finiteNumber } from '../../shared/evaluation/metrics';

/** An evaluation as pages that show the run see it. Metrics that rules name come first. */
export function evaluationRecord(
  { model, champion, results, failed }: Evaluation,
  name: string | undefined,
  notes: readonly string[],
): EvaluationRecord {
  const inRules = [...new Set(results.flatMap(({ metrics }) => metrics))];
  const names = [...new Set([...inRules, ...model.metrics.keys(), ...(champion?.metrics.keys() ?? [])])];
  const recorded = ({ version, runId: mlflowRunId, source }: MeasuredModel) => ({ name, version, mlflowRunId, source });
  return {
    kind: 'evaluation',
    result: failed.length === 0 ? 'passed' : 'failed',
    model: recorded(model),
    champion: champion && recorded(champion),
    metrics: names.map((metric) => ({
      name: metric,
      value: finiteNumber(model.metrics.get(metric)),
      champion: finiteNumber(champion?.metrics.get(metric)),
      isInRule: inRules.includes(metric),
    })),
    rules: results.map(({ rule, outcome, comparison, metrics, actual, required, note }) => ({
      rule,
      outcome: outcome === 'not compared' ? 'notCompared' : outcome,
      comparison,
      metrics: [...new Set(metrics)],
      actual: finiteNumber(actual),
      required: finiteNumber(required),
      note,
    })),
    notes,
  };
}
