import type { TaskAgent } from '../../shared/agent/agent';
import type { Report } from '../../shared/variables/origin';
import type { Overrides } from '../../shared/variables/overrides';
import { pathText } from '../../shared/variables/pathText';
import type { ResolvedVariable } from '../../shared/variables/resolveVariables';
import { mapLeaves, textOf } from '../../shared/variables/tree';
import type { Section, VariableFile } from '../../shared/variables/variableFile';

const problem =
  'contains the value of a secret variable, which anyone could read from here on: use the secret variable itself in the step that needs it.';

const problemInFile =
  'contains the value of a secret variable, which anyone who can read the file can read: remove it, rotate the secret, and use the secret variable itself in the step that needs it.';
const shortestInFile = 6;

/** Reports the overrides that contain the value of a secret variable, and returns the others. */
export function refuseSecrets(
  { values, origin }: Overrides,
  agent: Pick<TaskAgent, 'holdsSecret'>,
  report: Report,
): Overrides {
  // The agent inserts a secret into a JSON document without escaping, so a backslash in it may have been read as an escape.
  const isSecret = (text: string): boolean =>
    agent.holdsSecret(text) || agent.holdsSecret(JSON.stringify(text).slice(1, -1));
  const accepted = Object.entries(values).filter(([name, value]) => {
    if (isSecret(name)) report(origin, `a name ${problem}`);
    else if (textsIn(value).some(isSecret)) report(origin, `${pathText(name.split('.'))} ${problem}`);
    else return true;
    return false;
  });
  return { values: Object.fromEntries(accepted), origin };
}

/**
 * Reports the variables of a file that contain the value of a secret variable, and returns the file with their values
 * unknown. Texts of less than 6 characters are not checked: they would often match a short secret by chance.
 */
export function refuseSecretsInFile(
  file: VariableFile | undefined,
  agent: Pick<TaskAgent, 'holdsSecret'>,
  report: Report,
): VariableFile | undefined {
  const isSecret = (text: string): boolean => text.length >= shortestInFile && agent.holdsSecret(text);
  const check = (section: Section): Section => {
    const tree = mapLeaves(section.tree, (leaf, path) => {
      if (![...textsIn(leaf.value), leaf.text ?? ''].some(isSecret)) return leaf;
      report(leaf.origin, `${pathText(path)} ${problemInFile}`);
      return { ...leaf, value: '', isUnknown: true };
    });
    return { ...section, tree };
  };
  if (!file) return undefined;
  const environments = [...file.environments].map(([name, section]) => [name, check(section)] as const);
  return { variables: check(file.variables), environments: new Map(environments) };
}

/**
 * Reports the variables whose whole value contains a secret although none of its parts does, such as `{{first}}{{second}}`.
 * Texts of less than 6 characters are not checked, either.
 */
export function refuseAssembledSecrets(
  variables: readonly ResolvedVariable[],
  agent: Pick<TaskAgent, 'holdsSecret'>,
  report: Report,
): void {
  for (const variable of variables) {
    const texts = [...textsIn(variable.value), textOf(variable)];
    if (texts.some((text) => text.length >= shortestInFile && agent.holdsSecret(text)))
      report(variable.origin, `${pathText(variable.path)} with its references ${problem}`);
  }
}

function textsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([name, below]) => [name, ...textsIn(below)]);
}
