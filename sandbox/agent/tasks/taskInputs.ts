import path from 'node:path';
import type { TaskInputPlan } from '../plan/plan';
import type { Variables } from '../variables/variables';
import { environmentName } from '../variables/variables';
import type { TaskDefinition, TaskInput } from './taskDefinitions';

/** Inputs by name, as the task is given them: defaults merged, aliases resolved, variables replaced, trimmed. */
export function resolveInputs(
  task: TaskDefinition,
  given: readonly TaskInputPlan[],
  variables: Variables,
  sources: string,
): Map<string, string> {
  const values = new Map(task.inputs.map((input) => [input.name, input.defaultValue]));
  for (const { name, value } of given) values.set(findInput(task, name)?.name ?? name, value);
  return new Map(
    [...values].map(([name, value]) => [name, resolveInput(findInput(task, name), value, variables, sources)]),
  );
}

/** An input by its name or one of its aliases. */
export function findInput(task: TaskDefinition, name: string): TaskInput | undefined {
  const wanted = name.toLowerCase();
  return task.inputs.find((input) => [input.name, ...input.aliases].some((known) => known.toLowerCase() === wanted));
}

export function isConnection({ type }: TaskInput): boolean {
  return type.toLowerCase().startsWith('connectedservice:');
}

/** The environment variables through which a task reads its inputs. */
export function inputEnvironment(inputs: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...inputs].map(([name, value]) => [`INPUT_${environmentName(name)}`, value]));
}

/** A file path is made absolute even when it is empty: then it is the sources folder, as with the real agent. */
function resolveInput(input: TaskInput | undefined, value: string, variables: Variables, sources: string): string {
  const text = variables.expand(value).trim();
  return input?.type.toLowerCase() === 'filepath' ? path.resolve(sources, text) : text;
}
