import { CaseInsensitiveMap } from '../caseInsensitiveMap';
import { DateTime } from '../expressions/dateTime';
import { evaluateExpression } from '../expressions/evaluateExpression';
import { generalFunctions } from '../expressions/functions';
import { parseExpression } from '../expressions/parseExpression';
import { ExpressionError, toText, type Dictionary, type Value } from '../expressions/value';
import { fail, type Position, type Problems } from '../pipelineError';

/** What a `${{ }}` expression sees where it stands. */
export interface Scope {
  readonly parameters: Dictionary;
  /** Those written in the files so far, and the predefined ones that are known before a run. */
  readonly variables: Dictionary;
  /** The items of the `each` around it. */
  readonly loops: ReadonlyMap<string, Value>;
  readonly startTime: Date;
  /** Gathers expressions that have no value, so that all of them are said at once. */
  readonly problems: Problems;
  /** The file whose folder the paths of templates start from. */
  readonly file: string;
}

export function withLoop(scope: Scope, name: string, value: Value): Scope {
  return { ...scope, loops: new Map([...scope.loops, [name, value]]) };
}

/** The value of a `${{ }}` expression; null when it has none, which is a problem of the scope. */
export function evaluateTemplate(expression: string, scope: Scope, at: Position): Value {
  const names = new Map<string, Value>([
    ['parameters', scope.parameters],
    ['variables', scope.variables],
    ['pipeline', new CaseInsensitiveMap<Value>([['startTime', DateTime.of(scope.startTime)]])],
    ...scope.loops,
  ]);
  try {
    const parsed = parseExpression(expression, { names: [...names.keys()], functions: generalFunctions });
    return evaluateExpression(parsed, { names, functions: generalFunctions });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    scope.problems.add(error.message, at);
    return null;
  }
}

/** The same, as a text. */
export function evaluateTemplateText(expression: string, scope: Scope, at: Position): string {
  const text = toText(evaluateTemplate(expression, scope, at));
  return text ?? fail(`'${expression}' is a list or a mapping; text is expected`, at);
}
