import path from 'node:path';
import type { StepPlan } from '../plan/plan';
import type { JobState } from '../run/runState';
import { environmentName } from '../variables/variables';

/** Prefixes that a user's variable can't have: the agent keeps them for itself. */
const reserved = /^(endpoint|input|secret|path|securefile)/i;

/** The environment of a step: the machine's, the job's public variables, and what the step maps itself. */
export function stepEnvironment(step: StepPlan, job: JobState): Record<string, string> {
  const environment: Record<string, string> = { ...job.run.baseEnvironment, TF_BUILD: 'True' };
  for (const name of job.variables.names('public')) {
    if (!reserved.test(name)) environment[environmentName(name)] = job.variables.get(name) ?? '';
  }
  const pathName = Object.keys(environment).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const paths = [...job.prependedPaths, environment[pathName]].filter((each) => each !== undefined);
  environment[pathName] = paths.join(path.delimiter);
  for (const [name, value] of step.environment) environment[name] = job.variables.expand(value);
  return environment;
}
