/**
 * A failure that a person can act on: the message says what was being done, what came back and what to do next.
 * Any other error that is thrown is an internal error.
 */
export class TaskError extends Error {
  override readonly name: string = 'TaskError';
}

/** One thing wrong with one input, as the words that follow `Input 'name'`. */
export interface InputProblem {
  readonly input: string;
  readonly problem: string;
}

/** Everything that is wrong with the inputs, found before any remote call, in one error. Values are never repeated: one may be a secret. */
export class InputError extends TaskError {
  override readonly name = 'InputError';

  constructor(readonly problems: readonly InputProblem[]) {
    super(
      problems.length === 1
        ? problems.map(sentence).join('')
        : `${problems.length} inputs need attention:\n${problems.map((problem) => `  - ${sentence(problem)}`).join('\n')}`,
    );
  }
}

function sentence({ input, problem }: InputProblem): string {
  return `Input '${input}' ${problem}`;
}

/** The work was given up because somebody cancelled it. */
export class CancelledError extends TaskError {
  override readonly name = 'CancelledError';

  constructor(message = 'Cancelled.', options?: ErrorOptions) {
    super(message, options);
  }
}

/** What is there differs from what was compared with it, and the step was to fail then. */
export class DriftError extends TaskError {
  override readonly name = 'DriftError';
}

/** A run that was started at a service, and watched to its end, did not succeed there. */
export class RemoteRunError extends TaskError {
  override readonly name = 'RemoteRunError';
}

/** What an operation may be given and can't use, in the words with which a sentence begins. */
export type Subject =
  | 'The Databricks connection'
  | 'The Azure connection'
  | 'The Kubernetes connection'
  | 'The Azure DevOps connection'
  | 'The address of the workspace'
  | 'The URL of the organization';

/** An operation can't use what it was given. Which input that came from is known to the task alone (shared/task/nameInput.ts). */
export class UnusableError extends TaskError {
  override readonly name = 'UnusableError';

  constructor(
    readonly subject: Subject,
    /** The words that follow the subject, or the name of its input. */
    readonly problem: string,
  ) {
    super(`${subject} ${problem}`);
  }
}

/** What went wrong in one line of text, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
