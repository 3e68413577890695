import { createContext, Script } from 'node:vm';

const mostMilliseconds = 1000;
const script = new Script('pattern.test(text)');

/**
 * Matches texts with the patterns of a team's schema, in one second in all: a pattern such as `(a+)+$` may need years for
 * a text of 40 characters. Node.js stops a pattern only in a script with a timeout (https://nodejs.org/api/vm.html).
 */
export class TimedPatterns {
  readonly #given: { pattern?: RegExp; text?: string } = {};
  #context: object | undefined;
  #millisecondsLeft = mostMilliseconds;

  /** Undefined where the time is not sufficient, or where the pattern is too large for JavaScript. */
  matches(pattern: string, text: string): boolean | undefined {
    if (this.#millisecondsLeft < 1) return undefined;
    Object.assign(this.#given, { pattern: new RegExp(pattern, 'u'), text });
    const startedAt = performance.now();
    try {
      this.#context ??= createContext(this.#given);
      return script.runInContext(this.#context, { timeout: Math.ceil(this.#millisecondsLeft) }) === true;
    } catch {
      return undefined; // The caller reports the pattern.
    } finally {
      this.#millisecondsLeft -= performance.now() - startedAt;
    }
  }
}
