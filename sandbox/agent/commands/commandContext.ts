import type { JobState } from '../run/runState';
import type { StepRecord } from '../run/stepRecord';
import type { Restrictions } from '../plan/plan';

/** What a logging command can act on: the step that said it, and its job. */
export interface CommandContext {
  readonly job: JobState;
  readonly record: StepRecord;
  /** The step's name in the YAML file, or one made up for it: what its outputs are called by. */
  readonly stepName: string;
  readonly restrictions: readonly Restrictions[];
  /** Variables that are outputs even when the task doesn't say so. */
  readonly declaredOutputs: readonly string[];
  /** Called for a `task.complete` with `done=true`. */
  readonly onDone: () => void;
}

/** A logging command that can't be carried out; the step fails. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
