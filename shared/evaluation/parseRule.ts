/** An expression of metrics and numbers. `baseline` is a metric of the champion; without a name, the one that the rule names. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'metric' | 'baseline'; readonly name: string }
  | { readonly kind: 'negative'; readonly of: Expression }
  | {
      readonly kind: 'operation';
      readonly operator: '+' | '-' | '*' | '/';
      readonly left: Expression;
      readonly right: Expression;
    };

export const comparisons = ['>=', '<=', '==', '!=', '>', '<'] as const;
export type Comparison = (typeof comparisons)[number];

/** A comparison that a model must satisfy. */
export interface Rule {
  readonly text: string;
  readonly left: Expression;
  readonly comparison: Comparison;
  readonly right: Expression;
}

/** Why a text is not a rule; the column is counted from 1. */
export class RuleProblem extends Error {
  constructor(
    message: string,
    readonly column: number,
  ) {
    super(message);
  }
}

interface Token {
  readonly kind: 'number' | 'name' | 'quoted' | 'symbol' | 'end';
  readonly text: string;
  readonly column: number;
}

const longestRule = 1000;
const mostNesting = 50;
const tokenPattern =
  /\s*(?:(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)|(?<name>[A-Za-z_][\w]*(?:\.[\w]+)*)|"(?<quoted>[^"]+)"|(?<symbol>>=|<=|==|!=|[><()+\-*/.]))/iy;

/**
 * Reads one rule: `sum comparison sum`, where a sum consists of numbers, metrics, `baseline`, `+ - * /` and brackets.
 * A metric whose name has characters other than letters, digits, `_` and `.` must be in double quotes. `baseline` is the
 * champion's value of the one metric that the rule names; `baseline.rmse` and `baseline."val/rmse"` name another. What
 * follows a `#` is a comment.
 * Throws a RuleProblem for any other text.
 */
export function parseRule(text: string): Rule {
  // Failed rules become an output variable, which a later step may print.
  const command = text.search(/##(vso)?\[/i);
  if (command >= 0) throw new RuleProblem('contains a logging command (##)', command + 1);
  if (text.length > longestRule) throw new RuleProblem(`is longer than ${longestRule} characters`, longestRule + 1);
  const rule = withoutComment(text);
  const tokens = tokensOf(rule);
  let next = 0;
  let depth = 0;

  const peek = (): Token => tokens[Math.min(next, tokens.length - 1)] as Token;
  const isSymbol = (...symbols: readonly string[]): boolean =>
    peek().kind === 'symbol' && symbols.includes(peek().text);
  const unexpected = (wanted: string): RuleProblem => {
    const { kind, column } = peek();
    return new RuleProblem(`${wanted} is expected${kind === 'end' ? ', but the rule ends' : ''}`, column);
  };

  function sum(): Expression {
    let left = product();
    while (isSymbol('+', '-')) left = operation(left, product);
    return left;
  }

  function product(): Expression {
    let left = factor();
    while (isSymbol('*', '/')) left = operation(left, factor);
    return left;
  }

  function operation(left: Expression, operand: () => Expression): Expression {
    const operator = tokens[next++]?.text as '+' | '-' | '*' | '/';
    return { kind: 'operation', operator, left, right: operand() };
  }

  function factor(): Expression {
    if (++depth > mostNesting) throw new RuleProblem(`is nested more than ${mostNesting} levels deep`, peek().column);
    const found = oneFactor();
    depth--;
    return found;
  }

  function oneFactor(): Expression {
    const token = peek();
    if (isSymbol('-')) {
      next++;
      return { kind: 'negative', of: factor() };
    }
    if (isSymbol('(')) {
      next++;
      const inner = sum();
      if (!isSymbol(')')) throw unexpected("')'");
      next++;
      return inner;
    }
    if (token.kind === 'symbol' || token.kind === 'end') throw unexpected('a metric or a number');
    next++;
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'quoted') return { kind: 'metric', name: token.text };
    return named(token.text);
  }

  function named(name: string): Expression {
    if (name !== 'baseline')
      return name.startsWith('baseline.')
        ? { kind: 'baseline', name: name.slice('baseline.'.length) }
        : { kind: 'metric', name };
    if (!isSymbol('.')) return { kind: 'baseline', name: '' };
    next++;
    if (peek().kind !== 'quoted') throw unexpected('the name of a metric');
    return { kind: 'baseline', name: tokens[next++]?.text ?? '' };
  }

  const left = sum();
  const comparison = comparisons.find((one) => isSymbol(one));
  if (!comparison) throw unexpected(`one of ${comparisons.join(' ')}`);
  next++;
  const right = sum();
  if (comparisons.some((one) => isSymbol(one)))
    throw new RuleProblem('has a second comparison: write two rules', peek().column);
  if (peek().kind !== 'end') throw unexpected('an operator');
  return withOwnBaseline({ text: rule.trim(), left, comparison, right });
}

function withoutComment(text: string): string {
  const [, rule] = /^((?:[^"#]|"[^"]*")*)#/.exec(text) ?? [];
  return rule ?? text;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  for (let at = 0; at < end;) {
    tokenPattern.lastIndex = at;
    const found = tokenPattern.exec(text);
    const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
    if (!found) throw new RuleProblem(badCharacter(text[start] ?? ''), start + 1);
    const groups: Readonly<Record<string, string | undefined>> = found.groups ?? {};
    const [kind = 'end', token = ''] = Object.entries(groups).find(([, part]) => part !== undefined) ?? [];
    if (kind === 'number' && /\w/.test(text[tokenPattern.lastIndex] ?? ''))
      throw new RuleProblem('is neither a number nor a name', start + 1);
    tokens.push({ kind: kind as Token['kind'], text: token, column: start + 1 });
    at = tokenPattern.lastIndex;
  }
  return [...tokens, { kind: 'end', text: '', column: end + 1 }];
}

function badCharacter(character: string): string {
  if (character === '"') return 'has an unmatched quotation mark';
  if (character === '=') return "has a single '=': use == to compare";
  return 'has an unexpected character: put a name with characters other than letters, digits, _ and . in double quotes';
}

/** Gives each `baseline` without a name the name of the one metric in the rule. */
function withOwnBaseline(rule: Rule): Rule {
  const [own, ...others] = new Set(namesIn(rule, 'metric'));
  const baselines = namesIn(rule, 'baseline');
  if (own === undefined && baselines.length === 0) throw new RuleProblem('names no metric', 1);
  if (own === undefined) throw new RuleProblem("names only the champion's metrics", 1);
  if (baselines.includes('') && others.length > 0)
    throw new RuleProblem('names several metrics: write which one is compared, such as baseline.rmse', 1);
  const name = (part: Expression): Expression => {
    if (part.kind === 'baseline') return part.name === '' ? { ...part, name: own } : part;
    if (part.kind === 'negative') return { ...part, of: name(part.of) };
    return part.kind === 'operation' ? { ...part, left: name(part.left), right: name(part.right) } : part;
  };
  return { ...rule, left: name(rule.left), right: name(rule.right) };
}

/** The metrics that a rule names, of the model itself or of the champion, in order. */
export function namesIn({ left, right }: Pick<Rule, 'left' | 'right'>, kind: 'metric' | 'baseline'): readonly string[] {
  const names = (part: Expression): readonly string[] => {
    if (part.kind === 'negative') return names(part.of);
    if (part.kind === 'operation') return namesIn(part, kind);
    return part.kind === kind ? [part.name] : [];
  };
  return [...names(left), ...names(right)];
}
