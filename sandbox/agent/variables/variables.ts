import { CaseInsensitiveMap, fold } from '../caseInsensitiveMap';
import type { Dictionary } from '../expressions/value';
import { WatchedDictionary } from '../expressions/watchedDictionary';
import { expandMacros } from './expandMacros';

export interface Variable {
  readonly value: string;
  readonly isSecret?: boolean;
  /** Can't be set by a logging command: predefined, or declared `readonly`. */
  readonly isReadonly?: boolean;
}

/** The agent's limit for variables that refer to variables. */
const maxDepth = 50;

/**
 * The variables of one job. A value may hold `$(other)`. As in the agent, values are expanded before each step, a variable
 * that can't be expanded stays as it is written, and what refers to a secret is a secret itself.
 */
export class Variables {
  readonly #defined: CaseInsensitiveMap<Variable>;
  #expanded: CaseInsensitiveMap<Variable> | undefined;
  #warnings: string[] = [];

  /** `hide` is called with every secret value, possibly more than once. */
  constructor(
    entries: Iterable<readonly [string, Variable]> = [],
    readonly hide: (secret: string) => void = () => undefined,
  ) {
    this.#defined = new CaseInsensitiveMap(entries);
  }

  /** Takes the place of what was defined before, at a farther level of the pipeline. */
  define(name: string, variable: Variable): void {
    this.#defined.set(name, variable);
    this.#expanded = undefined;
  }

  /** For a variable that is set while the job runs: once secret or read-only it stays so. True when it is a secret. */
  set(name: string, { value, isSecret, isReadonly }: Variable): boolean {
    const before = this.#current().get(name);
    const variable = {
      value,
      isSecret: (isSecret ?? false) || (before?.isSecret ?? false),
      isReadonly: (isReadonly ?? false) || (before?.isReadonly ?? false),
    };
    if (variable.isSecret && value !== '') this.hide(value);
    this.#defined.set(name, variable);
    this.#current().set(name, variable);
    return variable.isSecret;
  }

  /** Expands all values again; returns a warning for each that can't be expanded. */
  expandAll(): readonly string[] {
    this.#expanded = undefined;
    this.#current();
    return this.#warnings;
  }

  isReadonly(name: string): boolean {
    return this.#current().get(name)?.isReadonly ?? false;
  }

  /** As it is to whoever reads it; undefined when there is none. */
  get(name: string): string | undefined {
    return this.#current().get(name)?.value;
  }

  /** Replaces the `$(name)` of a text. */
  expand(text: string): string {
    return expandMacros(text, (name) => this.get(name));
  }

  names(kind: 'public' | 'secret'): string[] {
    return [...this.#current()]
      .filter(([, { isSecret }]) => (isSecret ?? false) === (kind === 'secret'))
      .map(([name]) => name);
  }

  /** As the `variables` of a runtime expression. */
  toDictionary(onSecretRead: () => void = () => undefined): Dictionary {
    return new WatchedDictionary(this.#current(), onSecretRead);
  }

  #current(): CaseInsensitiveMap<Variable> {
    if (this.#expanded) return this.#expanded;
    this.#warnings = [];
    const entries = [...this.#defined].map(([name, variable]) => [name, this.#expandOne(name, variable)] as const);
    for (const [, { value, isSecret }] of entries) if (isSecret && value !== '') this.hide(value);
    return (this.#expanded = new CaseInsensitiveMap(entries));
  }

  #expandOne(name: string, variable: Variable): Variable {
    const found = { isSecret: variable.isSecret ?? false };
    try {
      const value = this.#resolve(variable.value, [fold(name)], found);
      return { ...variable, value, isSecret: found.isSecret };
    } catch (error) {
      if (!(error instanceof ExpansionError)) throw error;
      this.#warnings.push(`Unable to expand variable '${name}'. ${error.message}`);
      return variable;
    }
  }

  /** `path` has the variables that led here, the one whose value this is included. */
  #resolve(text: string, path: readonly string[], found: { isSecret: boolean }): string {
    return expandMacros(text, (name) => {
      const inner = this.#defined.get(name);
      if (!inner) return undefined;
      if (path.length === maxDepth) throw new ExpansionError(`The max expansion depth (${maxDepth}) was exceeded.`);
      if (path.includes(fold(name))) throw new ExpansionError('A cyclical reference was detected.');
      found.isSecret ||= inner.isSecret ?? false;
      return this.#resolve(inner.value, [...path, fold(name)], found);
    });
  }
}

class ExpansionError extends Error {
  override readonly name = 'ExpansionError';
}

/** The name of the environment variable that a variable becomes. */
export function environmentName(name: string): string {
  return name.replaceAll(/[. ]/g, '_').toUpperCase();
}
