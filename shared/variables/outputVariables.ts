import type { Report } from './origin';
import { pathText } from './pathText';
import { isSystemVariable } from './refusals';
import type { ResolvedVariable } from './resolveVariables';
import { textOf } from './tree';

export interface OutputVariable {
  readonly name: string;
  readonly value: string;
}

/** Variables that are always set under these names too, whatever the prefix. */
const alwaysSet = ['modelName', 'modelVersion'];

/**
 * The output variables for model variables: `training.epochs` becomes `training_epochs` after the prefix, a list becomes
 * its JSON. Reports names that are reserved by the system, and names that two variables share, ignoring case. `taken` are
 * other outputs of the step.
 */
export function outputVariables(
  variables: readonly ResolvedVariable[],
  { prefix = '', taken = [] }: { readonly prefix?: string | undefined; readonly taken?: readonly string[] },
  report: Report,
): readonly OutputVariable[] {
  const outputs = new Map<string, OutputVariable>();
  const owners = new Map(taken.map((name) => [name.toLowerCase(), `${name} of this step`]));
  for (const name of alwaysSet) owners.set(name.toLowerCase(), name);

  for (const variable of variables) {
    const { path, value, origin } = variable;
    if (value === null) continue;
    const text = textOf(variable);
    const own = pathText(path);
    const name = prefix + path.join('_');
    const owner = owners.get(name.toLowerCase()) ?? own;
    if (isSystemVariable(name))
      report(origin, `${own} would set the variable ${name}, which is reserved for the system.`);
    if (owner !== own) report(origin, `${own} would set the variable ${name}, which is already used by ${owner}.`);
    owners.set(name.toLowerCase(), owner);
    outputs.set(name, { name, value: text });
    if (alwaysSet.includes(own)) outputs.set(own, { name: own, value: text });
  }
  return [...outputs.values()];
}
