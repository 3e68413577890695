/** A place in a YAML file; the file is named relative to the repository's root. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a pipeline, and where. */
export interface Problem {
  readonly message: string;
  readonly at?: Position;
}

/** The pipeline can't be run as it is written. Nothing of it has run. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(describeProblem).join('\n'));
  }
}

/** `file:line:column: message`, a form that editors and terminals link. */
export function describeProblem({ message, at }: Problem): string {
  return at ? `${at.file}:${at.line}:${at.column}: ${message}` : message;
}

export function fail(message: string, at?: Position): never {
  throw new PipelineError([at ? { message, at } : { message }]);
}

/** Gathers problems, so that they can be said all at once. */
export class Problems {
  readonly #found: Problem[] = [];

  /** The same problem at the same place counts once. */
  add(message: string, at?: Position): void {
    const problem = at ? { message, at } : { message };
    const isKnown = this.#found.some((known) => describeProblem(known) === describeProblem(problem));
    if (!isKnown) this.#found.push(problem);
  }

  /** Runs one reading; what it throws is gathered, and `undefined` comes back. */
  attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      for (const { message, at } of error.problems) this.add(message, at);
      return undefined;
    }
  }

  /** The result of a reading; throws all that was gathered in it or before. */
  finish<T>(read: () => T): T {
    const result = this.attempt(read);
    this.throwIfAny();
    // Without a problem, the reading came to its end.
    return result as T;
  }

  throwIfAny(): void {
    if (this.#found.length > 0) throw new PipelineError(this.#found);
  }
}
