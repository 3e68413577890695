import { parse } from 'yaml';
import { describePipeline, type DescriptionOptions } from '../../sandbox/agent/describe/describePipeline';
import { findTask, readTasks, type TaskDefinition } from '../../sandbox/agent/tasks/taskDefinitions';
import { findInput } from '../../sandbox/agent/tasks/taskInputs';
import { expandMacros } from '../../sandbox/agent/variables/expandMacros';

/** A step that runs a task, as the pipeline writes it when templates and expressions are replaced. */
export interface NamedStep {
  /** As in `RunJob@1`. */
  readonly task: string;
  readonly displayName: string;
  /** The stage that it is in; empty for a pipeline without stages. */
  readonly stage: string;
  /** The environment of its deployment job. */
  readonly environment: string | undefined;
  /** By the name that the task has for them. Variables that are known before the run are replaced. */
  readonly inputs: ReadonlyMap<string, string>;
  /** What the tasks of this extension say of it; undefined for a task that is not among them. */
  readonly definition: TaskDefinition | undefined;
}

export interface NamedConnection {
  readonly name: string;
  /** As inputs of tasks name it: `databricksworkspace`, `AzureRM`. */
  readonly type: string;
}

type Options = Omit<DescriptionOptions, 'collectionUri' | 'startTime'>;
type YamlMap = Readonly<Record<string, unknown>>;

/** All steps that run tasks, of all stages. @throws PipelineError for a pipeline that cannot be run as it is written */
export function namedSteps(options: Options): readonly NamedStep[] {
  const description = describePipeline({ ...options, collectionUri: 'http://localhost/', startTime: new Date() });
  const root = mappingOf(parse(description.finalYaml));
  const tasks = readTasks(options.tasks);
  const predefined = Object.entries(options.predefined ?? {});
  const steps: NamedStep[] = [];
  const visit = (value: unknown, place: Place): void => {
    if (Array.isArray(value)) for (const item of value as unknown[]) visit(item, place);
    if (Array.isArray(value) || typeof value !== 'object' || value === null) return;
    const map = value as YamlMap;
    if (typeof map['task'] === 'string') {
      if (map['enabled'] !== false) steps.push(readStep(map['task'], map, place, tasks));
      return;
    }
    const { stage, environment } = map;
    const inside: Place = {
      stage: typeof stage === 'string' ? stage : place.stage,
      environment: environmentName(environment) ?? place.environment,
      variables: new Map([...place.variables, ...variablesOf(map['variables'])]),
    };
    for (const [key, inner] of Object.entries(map)) if (key !== 'variables') visit(inner, inside);
  };
  visit(root, { stage: '', environment: undefined, variables: new Map(predefined.map(lowerName)) });
  return steps;
}

interface Place {
  readonly stage: string;
  readonly environment: string | undefined;
  /** By their names in lower case. */
  readonly variables: ReadonlyMap<string, string>;
}

function readStep(task: string, step: YamlMap, place: Place, tasks: readonly TaskDefinition[]): NamedStep {
  const [name = '', version = ''] = task.split('@');
  const definition = findTask(tasks, name, Number(version.split('.')[0]));
  const lookUp = (variable: string): string | undefined => place.variables.get(variable.toLowerCase());
  // A variable may be made of others.
  const expand = (text: string): string => expandMacros(expandMacros(text, lookUp), lookUp).trim();
  const inputs = Object.entries(mappingOf(step['inputs'])).map(([key, value]): [string, string] => {
    const known = definition && findInput(definition, key);
    return [known?.name ?? key, expand(textOf(value) ?? '')];
  });
  return {
    task,
    definition,
    displayName: textOf(step['displayName']) ?? task,
    stage: place.stage,
    environment: place.environment,
    inputs: new Map(inputs),
  };
}

/** The service connections that steps name, each once by its type. */
export function namedConnections(steps: readonly NamedStep[]): readonly NamedConnection[] {
  const found = new Map<string, NamedConnection>();
  for (const { inputs, definition } of steps)
    for (const { name: input, type: written } of definition?.inputs ?? []) {
      const type = /^connectedService:(.*)$/i.exec(written)?.[1];
      const names = type === undefined ? [] : (inputs.get(input) ?? '').split(',').map((name) => name.trim());
      for (const name of names)
        if (type !== undefined && name !== '' && !name.includes('$(')) found.set(`${type} ${name}`, { name, type });
    }
  return [...found.values()];
}

/** The values that steps of some tasks give an input, each once; without those that only the run knows. */
export function namedValues(steps: readonly NamedStep[], input: string): readonly string[] {
  const values = steps.flatMap(({ definition, inputs }) => (definition ? [inputs.get(input) ?? ''] : []));
  return [...new Set(values)].filter((value) => value !== '' && !value.includes('$('));
}

/** What steps name in a resource group, such as clusters by `clusterName`, each once. */
export function namedInGroups(
  steps: readonly NamedStep[],
  input: string,
): readonly { readonly resourceGroup: string; readonly name: string }[] {
  const found = steps.flatMap((step) => {
    const [resourceGroup] = namedValues([step], 'resourceGroup');
    const [name] = namedValues([step], input);
    return resourceGroup === undefined || name === undefined ? [] : [{ resourceGroup, name }];
  });
  return [...new Map(found.map((each) => [`${each.resourceGroup}/${each.name}`.toLowerCase(), each])).values()];
}

function environmentName(environment: unknown): string | undefined {
  const name = typeof environment === 'string' ? environment : textOf(mappingOf(environment)['name']);
  return name?.split('.')[0];
}

function variablesOf(variables: unknown): readonly (readonly [name: string, value: string])[] {
  const pairs = Array.isArray(variables)
    ? (variables as unknown[]).map(mappingOf).map(({ name, value }) => [textOf(name), textOf(value)] as const)
    : Object.entries(mappingOf(variables)).map(([name, value]) => [name, textOf(value)] as const);
  return pairs.flatMap(([name, value]) =>
    name === undefined || value === undefined ? [] : [lowerName([name, value])],
  );
}

function lowerName([name, value]: readonly [string, string]): readonly [string, string] {
  return [name.toLowerCase(), value];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

function mappingOf(value: unknown): YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as YamlMap) : {};
}
