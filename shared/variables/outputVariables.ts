import type { Report } from './origin';
import { pathText } from './pathText';
import { isSystemVariable } from './refusals';
import type { ResolvedVariable } from './resolveVariables';
import { isList } from './tree';

export interface OutputVariable {
  readonly name: string;
  readonly value: string;
}

/** Variables that every later step may count on under these very names, whatever the prefix. */
const alwaysThere = ['modelName', 'modelVersion'];

/**
 * The pipeline variables that stand for variables: `training.epochs` is `training_epochs` behind the prefix, a list is
 * its JSON. Reports names that are the system's, and names that two share; case does not count. `taken` are names that
 * the step has for something else.
 */
export function outputVariables(
  variables: readonly ResolvedVariable[],
  { prefix = '', taken = [] }: { readonly prefix?: string | undefined; readonly taken?: readonly string[] },
  report: Report,
): readonly OutputVariable[] {
  const outputs = new Map<string, OutputVariable>();
  const owners = new Map(taken.map((name) => [name.toLowerCase(), `${name} of this step`]));
  for (const name of alwaysThere) owners.set(name.toLowerCase(), name);

  for (const { path, value, origin } of variables) {
    if (value === null) continue;
    const text = isList(value) ? JSON.stringify(value) : String(value);
    const own = pathText(path);
    const name = prefix + path.join('_');
    const owner = owners.get(name.toLowerCase()) ?? own;
    if (isSystemVariable(name)) report(origin, `${own} would be the variable ${name}, which belongs to the system.`);
    if (owner !== own) report(origin, `${own} would be the variable ${name}, which is that of ${owner}.`);
    owners.set(name.toLowerCase(), owner);
    outputs.set(name, { name, value: text });
    if (alwaysThere.includes(own)) outputs.set(own, { name: own, value: text });
  }
  return [...outputs.values()];
}
