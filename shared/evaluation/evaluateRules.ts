import { formatCompared, type Metrics } from './metrics';
import { namesIn, type Comparison, type Expression, type Rule } from './parseRule';

/** The result of one rule. */
export interface RuleResult {
  readonly rule: string;
  readonly outcome: 'passed' | 'failed' | 'not compared';
  /** Both sides as numbers; undefined where they could not be calculated. */
  readonly actual: number | undefined;
  readonly required: number | undefined;
  readonly comparison: Comparison;
  /** An explanation, such as why a side could not be calculated; may be empty. */
  readonly note: string;
  /** The model's metrics that it names. */
  readonly metrics: readonly string[];
}

export interface EvaluatedModel {
  readonly metrics: Metrics;
  /** Undefined where there is no champion yet. */
  readonly champion: Metrics | undefined;
  /** Whether the model is itself the champion: rules that compare the two pass, even if they require an improvement. */
  readonly isChampion: boolean;
  /** Whether rules that name the champion pass where there is none. */
  readonly passWithoutChampion: boolean;
}

class NoNumber extends Error {}

/** Checks a model against rules. A metric that is missing or not a finite number fails the rules that name it. */
export function evaluateRules(rules: readonly Rule[], model: EvaluatedModel): readonly RuleResult[] {
  return rules.map((rule) => evaluateRule(rule, model));
}

function evaluateRule(rule: Rule, { metrics, champion, isChampion, passWithoutChampion }: EvaluatedModel): RuleResult {
  const notes: string[] = [];
  const namesChampion = namesIn(rule, 'baseline').length > 0;
  const known = (side: Expression): number | undefined => {
    if (!champion && namesIn({ left: side, right: zero }, 'baseline').length > 0) return undefined;
    try {
      return finite(valueOf(side, metrics, champion), 'the result');
    } catch (error) {
      if (!(error instanceof NoNumber)) throw error;
      notes.push(error.message);
      return undefined;
    }
  };
  const [actual, required] = [known(rule.left), known(rule.right)];
  for (const name of namesIn(rule, 'metric')) {
    const problem = problemOf(metrics, name, 'metric');
    if (problem !== undefined && !notes.includes(problem)) notes.push(problem);
  }
  const facts = { rule: rule.text, actual, required, comparison: rule.comparison, metrics: namesIn(rule, 'metric') };
  // Even without a champion, a model must have the metrics that it is compared by.
  if (notes.length > 0) return { ...facts, outcome: 'failed', note: notes.join('; ') };
  if (namesChampion && !champion)
    return passWithoutChampion
      ? { ...facts, outcome: 'not compared', note: 'there is no champion yet: passed' }
      : { ...facts, outcome: 'failed', note: 'there is no champion yet' };
  if (namesChampion && isChampion)
    return { ...facts, outcome: 'not compared', note: 'the model already is the champion: passed' };
  const passed = actual !== undefined && required !== undefined && compares[rule.comparison](actual, required);
  return { ...facts, outcome: passed ? 'passed' : 'failed', note: '' };
}

const zero: Expression = { kind: 'number', value: 0 };

const compares: Readonly<Record<Comparison, (left: number, right: number) => boolean>> = {
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
};

function valueOf(part: Expression, metrics: Metrics, champion: Metrics | undefined): number {
  switch (part.kind) {
    case 'number':
      return part.value;
    case 'metric':
      return metricOf(metrics, part.name, 'metric');
    case 'baseline':
      return metricOf(champion ?? new Map(), part.name, "champion's metric");
    case 'negative':
      return -valueOf(part.of, metrics, champion);
    case 'operation': {
      const [left, right] = [valueOf(part.left, metrics, champion), valueOf(part.right, metrics, champion)];
      if (part.operator === '+') return left + right;
      if (part.operator === '-') return left - right;
      if (part.operator === '*') return left * right;
      if (right === 0) throw new NoNumber('division by zero');
      return left / right;
    }
  }
}

function metricOf(metrics: Metrics, name: string, what: string): number {
  const problem = problemOf(metrics, name, what);
  if (problem !== undefined) throw new NoNumber(problem);
  return Number(metrics.get(name));
}

function problemOf(metrics: Metrics, name: string, what: string): string | undefined {
  const value = metrics.get(name);
  if (value === undefined) return `the ${what} '${name}' is missing${similar(metrics, name)}`;
  const isNumber = typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value));
  if (isNumber) return undefined;
  const shown = typeof value === 'object' ? 'a list or null' : String(value).slice(0, 40);
  return `the ${what} '${name}' is not a number: ${shown}`;
}

/** Where only the level or the case of a name is wrong. */
function similar(metrics: Metrics, name: string): string {
  const lower = name.toLowerCase();
  const names = [...metrics.keys()].filter((each) => `.${each.toLowerCase()}`.endsWith(`.${lower}`));
  return names.length === 0 || names.length > 3 ? '' : ` (there is ${names.map((each) => `'${each}'`).join(', ')})`;
}

function finite(value: number, what: string): number {
  if (!Number.isFinite(value)) throw new NoNumber(`${what} is too large for a number`);
  return value;
}

/** One result as text: `accuracy >= 0.9: 0.85 is not >= 0.9`. */
export function resultLine({ rule, outcome, actual, required, comparison, note }: RuleResult): string {
  if (note !== '') return `${rule}: ${note}`;
  const [left, right] = formatCompared(actual, required);
  return `${rule}: ${left} ${outcome === 'passed' ? 'is' : 'is not'} ${comparison} ${right}`;
}

/** As in `1 rule`, `3 rules`. */
export function ruleCount(count: number): string {
  return count === 1 ? '1 rule' : `${count} rules`;
}
