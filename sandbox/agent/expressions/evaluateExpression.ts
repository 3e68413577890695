import { CaseInsensitiveMap } from '../caseInsensitiveMap';
import type { ExpressionFunction } from './functions';
import type { Expression } from './parseExpression';
import { ExpressionError, StrictDictionary, describeKind, toNumber, toText, type Value } from './value';

/** What the names and functions of an expression stand for. */
export interface EvaluationContext {
  readonly names: ReadonlyMap<string, Value>;
  /** By lower-case name. */
  readonly functions: ReadonlyMap<string, ExpressionFunction>;
}

/** What `*` leaves: later keys are looked up in each of the items. */
class FilteredItems {
  constructor(readonly items: readonly Value[]) {}
}

export function evaluateExpression(expression: Expression, context: EvaluationContext): Value {
  const result = evaluate(expression, context);
  return result instanceof FilteredItems ? result.items : result;
}

function evaluate(expression: Expression, context: EvaluationContext): Value | FilteredItems {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name':
      return context.names.get(expression.name) ?? null;
    case 'call': {
      const called = context.functions.get(expression.name);
      if (!called) throw new ExpressionError(`the function '${expression.name}' is not available here`);
      return called.run(...expression.parameters.map((parameter) => () => evaluateExpression(parameter, context)));
    }
    case 'index': {
      const target = evaluate(expression.target, context);
      if (expression.key === '*') return new FilteredItems(itemsOf(target));
      const key = evaluateExpression(expression.key, context);
      if (!(target instanceof FilteredItems)) return lookUp(target, key) ?? null;
      return new FilteredItems(target.items.map((item) => lookUp(item, key)).filter((item) => item !== undefined));
    }
  }
}

function itemsOf(target: Value | FilteredItems): readonly Value[] {
  if (target instanceof FilteredItems) return target.items.flatMap(itemsOf);
  if (target instanceof CaseInsensitiveMap) return target.values();
  return Array.isArray(target) ? (target as readonly Value[]) : [];
}

/** Undefined when there is no such thing: a miss is null to the expression, but in a dictionary whose keys must exist. */
function lookUp(target: Value, key: Value): Value | undefined {
  if (target instanceof CaseInsensitiveMap) {
    const name = toText(key);
    const found = name === undefined ? undefined : target.get(name);
    if (found === undefined && target instanceof StrictDictionary)
      throw new ExpressionError(`Key not found '${name ?? describeKind(key)}'`);
    return found;
  }
  if (!Array.isArray(target)) return undefined;
  const index = toNumber(key)?.floor() ?? -1;
  return index < 0 ? undefined : (target as readonly Value[])[index];
}
