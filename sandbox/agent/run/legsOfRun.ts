import { ExpressionError } from '../expressions/value';
import { isLegName, legNameRule, legsOf } from '../plan/readStrategy';
import type { JobPlan, LegPlan, StagePlan } from '../plan/plan';
import { evaluateVariable, type RuntimeContext } from './evaluateCondition';
import { makeVariables, type VariableLayer } from './jobVariables';
import type { RunState } from './runState';

/** What a matrix that is worked out now sees. */
export interface MatrixSurroundings {
  readonly run: RunState;
  readonly stage: StagePlan;
  readonly layers: readonly VariableLayer[];
  readonly context: Omit<RuntimeContext, 'variables'>;
}

/**
 * The legs of a job, those of a matrix that is worked out now too: the expression gives JSON, such as
 * `{"linux": {"image": "x"}}`.
 */
export function legsOfRun(job: JobPlan, { run, stage, layers, context }: MatrixSurroundings): readonly LegPlan[] {
  const { runtimeMatrix } = job;
  if (!runtimeMatrix) return job.legs;
  const predefined = { 'System.StageName': stage.name, 'System.JobName': job.name };
  const variables = makeVariables(run, predefined, layers, context).toDictionary();
  const text = evaluateVariable(runtimeMatrix, { ...context, variables });
  const legs = readMatrix(text);
  const wrong = legs.find(({ name }) => !isLegName(name));
  if (wrong) throw new ExpressionError(legNameRule(wrong.name));
  return legsOf(legs, job.steps);
}

function readMatrix(text: string): { name: string; values: Record<string, string> }[] {
  const wrong = `the matrix must be JSON such as {"leg": {"variable": "value"}}, not '${text.slice(0, 200)}'`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ExpressionError(wrong);
  }
  if (!isObject(json) || Object.keys(json).length === 0) throw new ExpressionError(wrong);
  return Object.entries(json).map(([name, values]) => {
    if (!isObject(values) || Object.values(values).some((value) => typeof value === 'object'))
      throw new ExpressionError(wrong);
    return { name, values: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)])) };
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
