import type { TaskAgent } from '../../shared/agent/agent';
import { overridesOrigin } from '../../shared/variables/overrides';
import type { Report } from '../../shared/variables/origin';
import { pathText } from '../../shared/variables/pathText';
import { mapLeaves } from '../../shared/variables/tree';
import type { Section, VariableFile } from '../../shared/variables/variableFile';

const problem =
  'holds the value of a secret variable, which everybody could read from here on: have the step that needs it take the secret variable itself.';

const problemInFile =
  'holds the value of a secret variable, which everybody can read who can read the file: take it out, renew the secret, and have the step that needs it take the secret variable itself.';
const shortestInFile = 6;

/** Reports the overrides that hold what a secret variable stands for, and returns the others. */
export function refuseSecrets(
  overrides: Readonly<Record<string, unknown>>,
  agent: Pick<TaskAgent, 'holdsSecret'>,
  report: Report,
): Readonly<Record<string, unknown>> {
  // Within a JSON document the agent put the value as it is, so that an escape in it may have been read as one.
  const isSecret = (text: string): boolean =>
    agent.holdsSecret(text) || agent.holdsSecret(JSON.stringify(text).slice(1, -1));
  return Object.fromEntries(
    Object.entries(overrides).filter(([name, value]) => {
      if (isSecret(name)) report(overridesOrigin, `a name ${problem}`);
      else if (textsIn(value).some(isSecret)) report(overridesOrigin, `${pathText(name.split('.'))} ${problem}`);
      else return true;
      return false;
    }),
  );
}

/**
 * Reports the variables of a file that hold what a secret variable stands for, as in a file everybody could read it
 * already, and returns the file with those unknown. Texts of less than 6 characters are let pass: so short a secret is
 * there by chance, rather than by carelessness.
 */
export function refuseSecretsInFile(
  file: VariableFile | undefined,
  agent: Pick<TaskAgent, 'holdsSecret'>,
  report: Report,
): VariableFile | undefined {
  const isSecret = (text: string): boolean => text.length >= shortestInFile && agent.holdsSecret(text);
  const check = (section: Section): Section => {
    const tree = mapLeaves(section.tree, (leaf, path) => {
      if (!textsIn(leaf.value).some(isSecret)) return leaf;
      report(leaf.origin, `${pathText(path)} ${problemInFile}`);
      return { ...leaf, value: '', isUnknown: true };
    });
    return { ...section, tree };
  };
  if (!file) return undefined;
  const environments = [...file.environments].map(([name, section]) => [name, check(section)] as const);
  return { variables: check(file.variables), environments: new Map(environments) };
}

function textsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([name, below]) => [name, ...textsIn(below)]);
}
