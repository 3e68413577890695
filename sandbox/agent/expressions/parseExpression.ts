import { fold } from '../caseInsensitiveMap';
import { Decimal } from './decimal';
import { ExpressionError, Version, type Value } from './value';

/** Limits of the service: nested calls and brackets, and characters. */
const maxDepth = 50;
const maxLength = 21_000;

/** A parsed expression. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[] }
  | { readonly kind: 'index'; readonly target: Expression; readonly key: Expression | '*' };

/** How many parameters a function takes. */
export interface Arity {
  readonly min: number;
  readonly max: number;
}

/** What an expression may use where it stands. */
export interface Vocabulary {
  /** Such as `variables`; any case. */
  readonly names: readonly string[];
  /** By lower-case name. */
  readonly functions: ReadonlyMap<string, Arity>;
  /** Takes all names, and functions that it doesn't know: for the syntax alone. */
  readonly isOpen?: boolean;
}

const anyArity: Arity = { min: 0, max: Infinity };

interface Token {
  readonly kind: 'name' | 'literal' | 'symbol' | 'end';
  readonly text: string;
  readonly value: Value;
  readonly start: number;
}

const tokenPattern =
  /\s*(?:(?<string>'(?:[^']|'')*')|(?<number>-?\.?\d[\w.]*)|(?<name>[A-Za-z_]\w*)|(?<symbol>[()[\],.*]))/y;

/** Reads an expression, and throws an `ExpressionError` for anything in it that is unknown where it stands. */
export function parseExpression(text: string, vocabulary: Vocabulary): Expression {
  const parser = new Parser(text, vocabulary);
  return parser.parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(
    readonly text: string,
    readonly vocabulary: Vocabulary,
  ) {
    if (text.length > maxLength) throw new ExpressionError(`an expression is longer than ${maxLength} characters`);
    this.#tokens = tokenize(text);
  }

  parse(): Expression {
    const expression = this.#expression();
    if (this.#peek().kind !== 'end') this.#unexpected(this.#peek());
    return expression;
  }

  #expression(): Expression {
    let expression = this.#primary();
    for (;;) {
      if (this.#take('.')) {
        const token = this.#advance();
        if (token.text !== '*' && token.kind !== 'name') this.#unexpected(token);
        const key = token.text === '*' ? '*' : ({ kind: 'literal', value: token.text } as const);
        expression = { kind: 'index', target: expression, key };
      } else if (this.#take('[')) {
        this.#enter();
        const key = this.#take('*') ? '*' : this.#expression();
        this.#expect(']');
        this.#depth -= 1;
        expression = { kind: 'index', target: expression, key };
      } else {
        return expression;
      }
    }
  }

  #primary(): Expression {
    const token = this.#advance();
    if (token.kind === 'literal') return { kind: 'literal', value: token.value };
    if (token.kind !== 'name') this.#unexpected(token);
    if (this.#take('(')) return this.#call(token);
    if (/^(true|false)$/i.test(token.text)) return { kind: 'literal', value: /^true$/i.test(token.text) };
    const name = this.vocabulary.isOpen
      ? token.text
      : this.vocabulary.names.find((known) => fold(known) === fold(token.text));
    if (name === undefined) {
      throw new ExpressionError(
        `unknown value '${token.text}' in '${this.text}': expected one of ${this.vocabulary.names.join(', ')}`,
      );
    }
    return { kind: 'name', name };
  }

  #call(token: Token): Expression {
    const name = token.text.toLowerCase();
    const arity = this.vocabulary.functions.get(name) ?? (this.vocabulary.isOpen ? anyArity : undefined);
    if (!arity) throw new ExpressionError(`unknown function '${token.text}' in '${this.text}'`);
    const parameters: Expression[] = [];
    this.#enter();
    if (!this.#take(')')) {
      do parameters.push(this.#expression());
      while (this.#take(','));
      this.#expect(')');
    }
    this.#depth -= 1;
    if (parameters.length < arity.min || parameters.length > arity.max) {
      throw new ExpressionError(
        `'${token.text}' takes ${describeArity(arity)}, not ${parameters.length}, in '${this.text}'`,
      );
    }
    return { kind: 'call', name, parameters };
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth >= maxDepth)
      throw new ExpressionError(`'${this.text}' is nested ${maxDepth} deep, and the limit is ${maxDepth - 1}`);
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', value: null, start: this.text.length };
  }

  #advance(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  #take(symbol: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'symbol' || token.text !== symbol) return false;
    this.#next += 1;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#take(symbol)) this.#unexpected(this.#peek());
  }

  #unexpected(token: Token): never {
    const what =
      token.kind === 'end' ? 'is incomplete' : `has an unexpected '${token.text}' at position ${token.start + 1}`;
    throw new ExpressionError(`'${this.text}' ${what}`);
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (text.slice(tokenPattern.lastIndex).trim() !== '') {
    const position = tokenPattern.lastIndex;
    const match = tokenPattern.exec(text);
    const groups = match?.groups;
    if (!match || !groups) throw new ExpressionError(`'${text}' can't be parsed from position ${position + 1} on`);
    const raw = match[0].trimStart();
    const token = { text: raw, value: null, start: tokenPattern.lastIndex - raw.length };
    if (groups['string'] !== undefined) {
      tokens.push({ ...token, kind: 'literal', value: raw.slice(1, -1).replaceAll("''", "'") });
    } else if (groups['number'] !== undefined) {
      tokens.push({ ...token, kind: 'literal', value: numberOrVersion(raw, text) });
    } else {
      tokens.push({ ...token, kind: groups['name'] === undefined ? 'symbol' : 'name' });
    }
  }
  return tokens;
}

function numberOrVersion(raw: string, text: string): Value {
  const value = raw.split('.').length > 2 ? Version.parse(raw) : Decimal.parse(raw);
  if (value) return value;
  throw new ExpressionError(`'${raw}' in '${text}' is neither a number nor a version`);
}

function describeArity({ min, max }: Arity): string {
  if (min === max) return `${min} parameter${min === 1 ? '' : 's'}`;
  return max === Infinity ? `at least ${min} parameter${min === 1 ? '' : 's'}` : `${min} to ${max} parameters`;
}
