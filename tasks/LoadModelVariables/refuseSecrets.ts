import type { TaskAgent } from '../../shared/task/task';
import { overridesOrigin } from '../../shared/variables/overrides';
import type { Report } from '../../shared/variables/origin';
import { pathText } from '../../shared/variables/pathText';

const problem =
  'holds the value of a secret variable, which everybody could read from here on: have the step that needs it take the secret variable itself.';

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

function textsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([name, below]) => [name, ...textsIn(below)]);
}
