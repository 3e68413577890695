import { CaseInsensitiveMap } from '../caseInsensitiveMap';
import { DateTime } from '../expressions/dateTime';
import { Decimal } from '../expressions/decimal';
import { evaluateExpression } from '../expressions/evaluateExpression';
import { eager, generalFunctions, type ExpressionFunction } from '../expressions/functions';
import type { Expression } from '../expressions/parseExpression';
import { ExpressionError, toBoolean, toNumber, toText, type Dictionary, type Value } from '../expressions/value';
import { WatchedDictionary } from '../expressions/watchedDictionary';
import { describeProblem, type Position } from '../pipelineError';
import type { Result } from '../report';
import type { Variable } from '../variables/variables';

/** How far a unit that others depend on has come, as expressions see it. */
export interface Outcome {
  readonly name: string;
  readonly result: Result;
  readonly outputs: Readonly<Record<string, Variable>>;
  /** For a stage, its jobs. */
  readonly jobs?: readonly Outcome[];
}

/** What runtime expressions see of the run so far. */
export interface RuntimeContext {
  readonly variables: Dictionary;
  /** What the unit depends on directly. */
  readonly dependencies: readonly Outcome[];
  readonly stageDependencies: readonly Outcome[];
  /** The repositories of `resources`, with their values. */
  readonly resources: Dictionary;
  readonly startTime: Date;
  /** Called when an expression reads a secret output of another job or stage. */
  readonly onSecretRead?: () => void;
}

/** Why something doesn't run, and what that makes of it. */
export interface Refusal {
  readonly result: Result;
  readonly note: string;
}

/** Undefined when the condition of a stage, job or step holds. */
export function whyNotRun(
  unit: { readonly condition: Expression; readonly at: Position },
  statusFunctions: ReadonlyMap<string, ExpressionFunction>,
  context: () => RuntimeContext,
): Refusal | undefined {
  try {
    const holds = toBoolean(evaluate(unit.condition, context(), statusFunctions));
    return holds ? undefined : { result: 'Skipped', note: 'Skipped: its condition is not met.' };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const message = `the condition has no value: ${error.message}`;
    return { result: 'Failed', note: `Not run: ${describeProblem({ message, at: unit.at })}` };
  }
}

/** The text that a `$[ ]` gives a variable. A counter is at its seed: every local run is a first one. */
export function evaluateVariable(expression: Expression, context: RuntimeContext): string {
  const counter = eager(2, 2, (_prefix, seed) => toNumber(seed) ?? Decimal.of(0));
  return toText(evaluate(expression, context, new Map([['counter', counter]]))) ?? '';
}

/**
 * The status functions of a stage or job. `before` has the results of all that came before it, by upper-case name, for
 * dependencies of dependencies count too:
 * https://learn.microsoft.com/azure/devops/pipelines/process/expressions#job-status-functions
 */
export function unitStatusFunctions(
  isCanceled: boolean,
  before: ReadonlyMap<string, Result>,
): ReadonlyMap<string, ExpressionFunction> {
  const named = (names: readonly Value[]): readonly (Result | undefined)[] =>
    names.length === 0 ? [...before.values()] : names.map((name) => before.get((toText(name) ?? '').toUpperCase()));
  const all = (names: readonly Value[], results: readonly Result[]): boolean =>
    !isCanceled && named(names).every((result) => result !== undefined && results.includes(result));
  return statusFunctions({
    canceled: () => isCanceled,
    failed: (names) => named(names).includes('Failed'),
    succeeded: (names) => all(names, ['Succeeded', 'SucceededWithIssues']),
    succeededorfailed: (names) => all(names, ['Succeeded', 'SucceededWithIssues', 'Failed']),
  });
}

/** The status functions of a step go by the job's status alone. */
export function stepStatusFunctions(jobStatus: Result): ReadonlyMap<string, ExpressionFunction> {
  return statusFunctions({
    canceled: () => jobStatus === 'Canceled',
    failed: () => jobStatus === 'Failed',
    succeeded: () => ['Succeeded', 'SucceededWithIssues'].includes(jobStatus),
    succeededorfailed: () => jobStatus !== 'Canceled',
  });
}

function statusFunctions(
  functions: Readonly<Record<string, (names: readonly Value[]) => boolean>>,
): ReadonlyMap<string, ExpressionFunction> {
  const all: typeof functions = { always: () => true, ...functions };
  return new Map(Object.entries(all).map(([name, run]) => [name, eager(0, Infinity, (...names) => run(names))]));
}

function evaluate(
  expression: Expression,
  context: RuntimeContext,
  functions: ReadonlyMap<string, ExpressionFunction>,
): Value {
  const onSecretRead = context.onSecretRead ?? (() => undefined);
  const names = new Map<string, Value>([
    ['variables', context.variables],
    [
      'dependencies',
      new CaseInsensitiveMap(context.dependencies.map((each) => [each.name, outcomeValue(each, onSecretRead)])),
    ],
    [
      'stageDependencies',
      new CaseInsensitiveMap(context.stageDependencies.map((each) => [each.name, outcomeValue(each, onSecretRead)])),
    ],
    ['pipeline', new CaseInsensitiveMap<Value>([['startTime', DateTime.of(context.startTime)]])],
    ['resources', context.resources],
  ]);
  return evaluateExpression(expression, { names, functions: new Map([...generalFunctions, ...functions]) });
}

/** `result`, `outputs`, and for a stage its jobs by name. */
function outcomeValue({ result, outputs, jobs }: Outcome, onSecretRead: () => void): Dictionary {
  return new CaseInsensitiveMap<Value>([
    ...(jobs ?? []).map((job) => [job.name, outcomeValue(job, onSecretRead)] as const),
    ['result', result],
    ['outputs', new WatchedDictionary(Object.entries(outputs), onSecretRead)],
  ]);
}
