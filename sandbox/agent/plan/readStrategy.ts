import type { Expression } from '../expressions/parseExpression';
import type { Node } from '../yaml/node';
import { Fields } from './fields';
import type { JobPlan, LegPlan, StepPlan } from './plan';
import { readRuntimeValue } from './readVariables';

/** How many slices of a job the service allows. */
const maxSlices = 99;

/** The legs of a plain job: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/jobs-job-strategy */
export function readStrategy(fields: Fields, steps: readonly StepPlan[]): Pick<JobPlan, 'legs' | 'runtimeMatrix'> {
  const only = [makeLeg({ name: undefined, steps, outputPrefixes: [''] })];
  const strategy = fields.mapping('strategy');
  if (!strategy) return { legs: only, runtimeMatrix: undefined };
  const inner = new Fields(strategy, "a job's strategy", fields.problems);
  inner.ignore('maxParallel');
  const slices = inner.has('parallel') ? inner.wholeNumber('parallel', 1, maxSlices) : 0;
  const matrix = inner.value('matrix');
  if (matrix && slices > 0)
    fields.problems.add("a strategy has either 'matrix' or 'parallel'", inner.keyPlace('parallel'));
  inner.finish();
  if (matrix) return readMatrix(matrix, steps, only, fields);
  const names = Array.from({ length: slices }, (_, index) => `Job${index + 1}`);
  return {
    legs:
      slices > 0
        ? legsOf(
            names.map((name) => ({ name, values: {} })),
            steps,
          )
        : only,
    runtimeMatrix: undefined,
  };
}

function readMatrix(
  matrix: Node,
  steps: readonly StepPlan[],
  only: readonly LegPlan[],
  fields: Fields,
): Pick<JobPlan, 'legs' | 'runtimeMatrix'> {
  if (matrix.kind !== 'mapping') {
    const runtimeMatrix = matrix.kind === 'scalar' ? readRuntimeMatrix(matrix.text, matrix, fields) : undefined;
    if (!runtimeMatrix)
      fields.problems.add("'matrix' must be a mapping, or an expression '$[ ]' that gives one", matrix.at);
    return { legs: only, runtimeMatrix };
  }
  const inner = new Fields(matrix, 'a matrix', fields.problems);
  const legs = matrix.entries.map(({ key }) => {
    if (!isLegName(key.text)) fields.problems.add(legNameRule(key.text), key.at);
    return {
      name: key.text,
      values: Object.fromEntries(inner.pairs(key.text).map(({ name, value }) => [name, value])),
    };
  });
  return { legs: legsOf(legs, steps), runtimeMatrix: undefined };
}

function readRuntimeMatrix(text: string, { at }: Node, { problems }: Fields): Expression | undefined {
  const value = problems.attempt(() => readRuntimeValue(text, at));
  return value === undefined || typeof value === 'string' ? undefined : value;
}

interface LegValues {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Legs that differ in their variables alone. */
export function legsOf(legs: readonly LegValues[], steps: readonly StepPlan[]): LegPlan[] {
  return legs.map(({ name, values }, index) =>
    makeLeg({
      name,
      steps,
      outputPrefixes: [name],
      variables: Object.entries(values).map(([key, value]) => ({
        name: key,
        value,
        isReadonly: false,
        isSecret: false,
      })),
      predefined: {
        'System.JobPositionInPhase': String(index + 1),
        'System.TotalJobsInPhase': String(legs.length),
      },
    }),
  );
}

export function makeLeg(leg: Pick<LegPlan, 'name' | 'steps' | 'outputPrefixes'> & Partial<LegPlan>): LegPlan {
  return { variables: [], predefined: {}, runs: 'always', ...leg };
}

export function isLegName(name: string): boolean {
  return /^[A-Za-z]\w{0,99}$/.test(name);
}

export function legNameRule(name: string): string {
  return `the name '${name}' in a matrix must contain only letters, digits and underscores, start with a letter, and have at most 100 characters`;
}
