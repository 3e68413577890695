import type { VariablePlan } from '../plan/plan';
import { Variables } from '../variables/variables';
import { evaluateVariable, type RuntimeContext } from './evaluateCondition';
import type { RunState } from './runState';

/** Variables of one level of the pipeline. */
export interface VariableLayer {
  readonly variables: readonly VariablePlan[];
  /** Off for a unit's own variables while its condition is evaluated: they are not worked out yet. */
  readonly hasRuntimeValues: boolean;
}

/**
 * The variables that hold somewhere in a run, the nearest level last: predefined ones, those of the queue, then the root's,
 * the stage's and the job's. A `$[ ]` sees those before it; one that reads a secret gives a secret.
 */
export function makeVariables(
  run: RunState,
  predefined: Readonly<Record<string, string>>,
  layers: readonly VariableLayer[],
  context: Omit<RuntimeContext, 'variables'>,
): Variables {
  const variables = new Variables([], (secret) => run.masker.add(secret));
  for (const [name, value] of Object.entries(run.queueVariables)) variables.define(name, { value });
  for (const [name, value] of Object.entries(run.secrets)) variables.define(name, { value, isSecret: true });
  for (const [name, value] of [...run.predefined, ...Object.entries(predefined)])
    variables.define(name, { value, isReadonly: true });
  variables.define('Build.BuildNumber', { value: run.buildNumber, isReadonly: true });
  for (const layer of layers) {
    for (const { name, value, isReadonly, isSecret } of layer.variables) {
      if (typeof value !== 'string' && !layer.hasRuntimeValues) continue;
      const read = { isSecret };
      const onSecretRead = (): void => void (read.isSecret = true);
      const text =
        typeof value === 'string'
          ? value
          : evaluateVariable(value, { ...context, variables: variables.toDictionary(onSecretRead), onSecretRead });
      variables.define(name, { value: text, isReadonly, isSecret: read.isSecret });
    }
  }
  return variables;
}
