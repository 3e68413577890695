import { InputError, type InputProblem } from '../errors';
import type { InputSource } from './inputs';
import { InvalidInput } from './invalidInput';
import type { Inputs, Task, Values } from './task';

/** Reads all inputs of a task; throws one InputError that lists all that is wrong with them. */
export function readInputs<I extends Inputs, Output extends string>(
  task: Task<I, Output>,
  source: InputSource,
): Values<I> {
  const problems: InputProblem[] = [];
  const values: Record<string, unknown> = {};

  for (const [name, input] of Object.entries(task.inputs)) {
    const { required, defaultValue, when = {} } = input.manifest;
    const unmet = Object.entries(when).find(([other, value]) => !isSetTo(value, other, task.inputs, source));
    try {
      let given = input.given(name, source);
      if (unmet) {
        // The form hides it, but a YAML pipeline passes it all the same: to ignore it would be to do something else than it says.
        if (given !== undefined && defaultValue === undefined)
          throw new InvalidInput(`counts only where '${unmet[0]}' is ${unmet[1]}: change that, or leave this empty.`);
        given = undefined;
      }
      given ??= defaultValue;
      if (given !== undefined) values[name] = input.parse(given, source);
      else if (required && !unmet) throw new InvalidInput('is required.');
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      problems.push({ input: name, problem: error.message });
    }
  }

  const bad = new Set(problems.map(({ input }) => input));
  const between = task.check?.(values as Partial<Values<I>>, bad) ?? [];
  problems.push(...between.filter(({ input }) => !bad.has(input)));
  if (problems.length > 0) throw new InputError(problems);
  return values as Values<I>;
}

function isSetTo(value: string, name: string, inputs: Inputs, source: InputSource): boolean {
  const given = source.input(name) ?? inputs[name]?.manifest.defaultValue;
  return given?.toLowerCase() === value.toLowerCase();
}
