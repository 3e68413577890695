import type { Context } from '../agent/context';
import type { InputProblem } from '../errors';
import type { Input } from './inputs';
import type { Relation } from './relations';

export type Inputs = Readonly<Record<string, Input<unknown>>>;
export type Values<I extends Inputs> = {
  readonly [Name in keyof I]: I[Name] extends Input<infer Value> ? Value : never;
};

export interface TaskContext<I extends Inputs, Output extends string> extends Context {
  readonly inputs: Values<I>;
  /** The same agent, time and signal as one object, to hand on whole: it carries no inputs, so no secrets. */
  readonly context: Context;
  /** Sets an output variable at once, so that it is there also when the task fails later. */
  readonly setOutput: (name: Output, value: string) => void;
}

/** A success that people should look at: the step succeeds with issues. */
export interface WithIssues {
  readonly message: string;
  readonly withIssues: true;
}

export interface Task<I extends Inputs = Inputs, Output extends string = string> {
  readonly inputs: I;
  /** The names of its output variables; `*` is for those that only a run can name. */
  readonly outputs: readonly Output[];
  /** Which inputs must, and which can't, be given together. */
  readonly relations?: readonly Relation[];
  /** Other rules between inputs. An input that is bad already is undefined here, and in `bad`; what is said of it is dropped. */
  check?(inputs: Partial<Values<I>>, bad: ReadonlySet<string>): readonly InputProblem[];
  /** Does the work: returns the line to show on success, throws to fail. */
  run(context: TaskContext<I, Output>): Promise<string | WithIssues>;
}

/** Declares a task: its inputs, once and typed, its outputs, and its work. */
export function defineTask<const I extends Inputs, const Output extends string>(
  task: Task<I, Output> & { readonly relations?: readonly Relation<NoInfer<keyof I & string>>[] },
): Task<I, Output> {
  return task;
}
