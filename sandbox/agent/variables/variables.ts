import { CaseInsensitiveMap, fold } from '../caseInsensitiveMap';
import type { Dictionary, Value } from '../expressions/value';
import { expandMacros } from './expandMacros';

export interface Variable {
  readonly value: string;
  readonly isSecret?: boolean;
  /** Can't be set by a logging command: predefined, or declared `readonly`. */
  readonly isReadonly?: boolean;
}

/** The variables of one job. A value may hold `$(other)`, which is looked up when the value is asked for. */
export class Variables {
  readonly #variables: CaseInsensitiveMap<Variable>;

  constructor(entries: Iterable<readonly [string, Variable]> = []) {
    this.#variables = new CaseInsensitiveMap(entries);
  }

  set(name: string, variable: Variable): void {
    this.#variables.set(name, variable);
  }

  isReadonly(name: string): boolean {
    return this.#variables.get(name)?.isReadonly ?? false;
  }

  /** As it is to whoever reads it; undefined when there is none. A macro that leads back to itself stays as it is. */
  get(name: string): string | undefined {
    return this.#resolve(name, []);
  }

  /** Replaces the `$(name)` of a text. */
  expand(text: string): string {
    return expandMacros(text, (name) => this.get(name));
  }

  names(kind: 'public' | 'secret'): string[] {
    return [...this.#variables]
      .filter(([, { isSecret }]) => (isSecret ?? false) === (kind === 'secret'))
      .map(([name]) => name);
  }

  /** As the `variables` of a runtime expression. */
  toDictionary(): Dictionary {
    return new CaseInsensitiveMap<Value>(this.#variables.keys().map((name) => [name, this.get(name) ?? '']));
  }

  #resolve(name: string, path: readonly string[]): string | undefined {
    const variable = this.#variables.get(name);
    if (!variable || path.includes(fold(name))) return undefined;
    return expandMacros(variable.value, (inner) => this.#resolve(inner, [...path, fold(name)]));
  }
}

/** The name of the environment variable that a variable becomes. */
export function environmentName(name: string): string {
  return name.replaceAll(/[. ]/g, '_').toUpperCase();
}
