import { evaluateRules, resultLine, ruleCount, type RuleResult } from './evaluateRules';
import type { Metrics } from './metrics';
import type { Rule } from './parseRule';

/** A model and its metrics: the one to evaluate, or the champion. */
export interface MeasuredModel {
  readonly metrics: Metrics;
  /** Where the metrics come from, in words. */
  readonly source: string;
  /** The MLflow run that created it, if known. */
  readonly runId?: string | undefined;
  /** Its version in the registry, if known. */
  readonly version?: string | undefined;
}

export interface Evaluation {
  readonly model: MeasuredModel;
  /** Undefined where there is none yet. */
  readonly champion: MeasuredModel | undefined;
  readonly results: readonly RuleResult[];
  readonly failed: readonly RuleResult[];
}

export interface EvaluationOptions {
  /** Whether rules that name the champion pass where there is none. */
  readonly passWithoutChampion: boolean;
}

/** Checks a model's metrics against rules, and against the champion's metrics where rules name them. */
export function evaluateModel(
  model: MeasuredModel,
  champion: MeasuredModel | undefined,
  rules: readonly Rule[],
  { passWithoutChampion }: EvaluationOptions,
): Evaluation {
  const results = evaluateRules(rules, {
    metrics: model.metrics,
    champion: champion?.metrics,
    isChampion: champion !== undefined && isSameModel(model, champion),
    passWithoutChampion,
  });
  return { model, champion, results, failed: results.filter(({ outcome }) => outcome === 'failed') };
}

/** A step that runs again after it has moved the alias finds its own model there. */
function isSameModel(model: MeasuredModel, champion: MeasuredModel): boolean {
  return (
    (champion.runId !== undefined && champion.runId === model.runId) ||
    (champion.version !== undefined && champion.version === model.version)
  );
}

const marks = { passed: 'passed      ', failed: 'FAILED      ', 'not compared': 'not compared' };

/** An evaluation as lines of the log. */
export function evaluationLines({ model, champion, results }: Evaluation): readonly string[] {
  return [
    `Metrics: ${model.source}. Champion: ${champion?.source ?? 'none'}.`,
    ...results.map((result) => `${marks[result.outcome]}  ${resultLine(result)}`),
  ];
}

/** The verdict as one sentence, with a line for each failed rule. */
export function verdictText({ results, failed }: Evaluation): string {
  if (failed.length === 0) return `The model passed ${ruleCount(results.length)}.`;
  const lines = failed.map((result) => `\n  - ${resultLine(result)}`).join('');
  return `The model failed ${failed.length} of ${ruleCount(results.length)}:${lines}`;
}
