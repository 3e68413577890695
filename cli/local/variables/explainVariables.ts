import { originText } from '../../../shared/variables/origin';
import { textOf } from '../../../shared/variables/tree';
import type { ResolvedVariable } from '../../../shared/variables/resolveVariables';
import type { LocalRun } from '../localCommand';
import { named } from './getVariables';
import { resolvedVariables } from './modelFiles';

/** Prints for each variable its value, the file and the line that it comes from, and where it has values that are not used. */
export const run: LocalRun = async (call, surroundings) => {
  const variables = named(await resolvedVariables(call, surroundings), call.arguments);
  return {
    result: 'Succeeded',
    message: variables.length === 1 ? '1 variable.' : `${variables.length} variables.`,
    text: variables.map((each) => `${line(each)}\n`).join(''),
    outputs: {},
    details: {
      variables: variables.map((each) => ({
        name: each.path.join('.'),
        value: each.value === null ? null : textOf(each),
        source: originText(each.origin),
        overridden: each.overridden.map(originText),
      })),
    },
  };
};

function line(variable: ResolvedVariable): string {
  const { path, value, origin, overridden } = variable;
  const text = value === null ? '(unset)' : textOf(variable).replaceAll('\n', ' ↵ ');
  const instead = overridden.length === 0 ? '' : `, instead of ${overridden.map(originText).join(', ')}`;
  return `${path.join('.')} = ${text}  (${originText(origin)}${instead})`;
}
