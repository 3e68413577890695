import { InputError, type InputProblem } from '../errors';
import type { InputSource } from './inputs';
import { InvalidInput } from './invalidInput';
import { relationProblem } from './relations';
import type { Inputs, Task, Values } from './task';

/** Reads all inputs of a task; throws one InputError that lists everything that is wrong with them. */
export function readInputs<I extends Inputs, Output extends string>(
  task: Task<I, Output>,
  source: InputSource,
): Values<I> {
  const read = readEach(task.inputs, source);
  const { values, problems, bad } = read;

  for (const relation of task.relations ?? []) {
    const problem = relationProblem(relation, read);
    if (!problem) continue;
    problems.push(problem);
    // Each of them can be used by itself: more may be wrong with it.
    if (relation.kind === 'distinctNames') continue;
    for (const name of relation.inputs) {
      bad.add(name);
      values.delete(name);
    }
  }

  const usable = Object.fromEntries(values);
  const between = task.check?.(usable as Partial<Values<I>>, bad) ?? [];
  problems.push(...between.filter(({ input }) => !bad.has(input)));
  if (problems.length > 0) throw new InputError(problems);
  return usable as Values<I>;
}

interface ReadInputs {
  readonly values: Map<string, unknown>;
  readonly problems: InputProblem[];
  /** The inputs whose value can't be used. */
  readonly bad: Set<string>;
  /** The inputs whose `when` holds. */
  readonly applicable: ReadonlySet<string>;
  /** Those of them that were not left empty. */
  readonly given: ReadonlySet<string>;
}

/** A surrogate without the other one of its pair. */
const halfCharacter = /\p{Surrogate}/u;

function readEach(inputs: Inputs, source: InputSource): ReadInputs {
  const values = new Map<string, unknown>();
  const problems: InputProblem[] = [];
  const applicable = new Set<string>();
  const given = new Set<string>();
  for (const [name, input] of Object.entries(inputs)) {
    const { required, defaultValue, when = {} } = input.manifest;
    const unmet = Object.entries(when).find(([other, value]) => !isSetTo(value, other, inputs, source));
    try {
      let text = input.given(name, source);
      if (!unmet) applicable.add(name);
      if (!unmet && text !== undefined) given.add(name);
      if (unmet) {
        // The form hides it, but a YAML pipeline passes it: to ignore it would be to do something else than it says.
        if (text !== undefined && defaultValue === undefined)
          throw new InvalidInput(`applies only when '${unmet[0]}' is '${unmet[1]}'. Change that, or leave this empty.`);
        text = undefined;
      }
      if (text !== undefined && halfCharacter.test(text))
        throw new InvalidInput('contains half of a character, which no request can carry: enter it again.');
      text ??= defaultValue;
      if (text !== undefined) values.set(name, input.parse(text, source));
      else if (required && !unmet) throw new InvalidInput('is required.');
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      problems.push({ input: name, problem: error.message });
    }
  }
  return { values, problems, bad: new Set(problems.map(({ input }) => input)), applicable, given };
}

function isSetTo(value: string, name: string, inputs: Inputs, source: InputSource): boolean {
  const given = source.input(name) ?? inputs[name]?.manifest.defaultValue;
  return given?.toLowerCase() === value.toLowerCase();
}
