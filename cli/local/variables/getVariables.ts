import { TaskError } from '../../../shared/errors';
import { nearestName } from '../../../shared/databricks/specs/nearestName';
import type { ResolvedVariable } from '../../../shared/variables/resolveVariables';
import { textOf } from '../../../shared/variables/tree';
import type { LocalRun } from '../localCommand';
import { resolvedVariables } from './modelFiles';

/** Prints the values of variables as the pipelines get them from the files; the value alone where one variable is named. */
export const run: LocalRun = async (call, surroundings) => {
  const chosen = named(await resolvedVariables(call, surroundings), call.arguments).filter(
    ({ value }) => value !== null,
  );
  const outputs = Object.fromEntries(chosen.map((each) => [each.path.join('.'), textOf(each)]));
  const [only, ...others] = chosen;
  const isOne = only !== undefined && others.length === 0 && call.arguments[0] === only.path.join('.');
  return {
    result: 'Succeeded',
    message: chosen.length === 1 ? '1 variable.' : `${chosen.length} variables.`,
    outputs,
    ...(isOne && { text: `${textOf(only)}\n` }),
  };
};

/** The variables with these names, or below them; all without a name. Throws a TaskError that lists the names that do not exist. */
export function named(variables: readonly ResolvedVariable[], names: readonly string[]): readonly ResolvedVariable[] {
  const isIn = ({ path }: ResolvedVariable, name: string): boolean => `${path.join('.')}.`.startsWith(`${name}.`);
  const known = variables.map(({ path }) => path.join('.'));
  const problems = names
    .filter((name) => !variables.some((variable) => isIn(variable, name)))
    .map((name) => {
      const nearest = nearestName(name, known);
      return `There is no variable ${name}.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`;
    });
  if (problems.length > 0) throw new TaskError(problems.join('\n'));
  return names.length === 0 ? variables : variables.filter((each) => names.some((name) => isIn(each, name)));
}
