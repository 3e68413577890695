import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Restrictions } from '../plan/plan';

/** What the agent needs to know of a task: parts of its `task.json`. */
export interface TaskDefinition {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly majorVersion: number;
  readonly inputs: readonly TaskInput[];
  /** These become outputs even when the task doesn't say so. */
  readonly outputVariables: readonly string[];
  readonly restrictions: Restrictions;
  /** The script to run; undefined when the task has no handler that runs on Node 20 or 24. */
  readonly script: string | undefined;
  /** It has a part that runs before or after the job's other steps. */
  readonly hasJobHandlers: boolean;
  readonly folder: string;
}

export interface TaskInput {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: string;
  readonly defaultValue: string;
}

interface TaskJson {
  readonly id: string;
  readonly name: string;
  readonly version: Readonly<Record<'Major' | 'Minor' | 'Patch', number | string>>;
  readonly inputs?: readonly {
    name: string;
    aliases?: string[];
    type?: string;
    defaultValue?: string | boolean | number;
  }[];
  readonly outputVariables?: readonly { name: string }[];
  readonly restrictions?: { commands?: { mode?: string }; settableVariables?: { allowed?: string[] } };
  readonly execution?: Readonly<Record<string, { target?: string }>>;
  readonly prejobexecution?: unknown;
  readonly postjobexecution?: unknown;
}

/** Handlers that this machine's Node stands in for, in the order in which the agent prefers them. */
const handlers = ['Node24', 'Node20_1'];

/** Reads all tasks of a folder that holds one folder per task. */
export function readTasks(folder: string): TaskDefinition[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, 'task.json')))
    .map((entry) => readTask(path.join(folder, entry.name)));
}

/** The task that a step means: by name, by id, or by a name that ends with `.Name`, as in `publisher.extension.Name`. */
export function findTask(
  tasks: readonly TaskDefinition[],
  reference: string,
  majorVersion: number,
): TaskDefinition | undefined {
  const wanted = reference.toLowerCase();
  return tasks.find(
    ({ id, name, majorVersion: major }) =>
      major === majorVersion &&
      [id.toLowerCase(), name.toLowerCase()].some((known) => wanted === known || wanted.endsWith(`.${known}`)),
  );
}

function readTask(folder: string): TaskDefinition {
  const json = JSON.parse(readFileSync(path.join(folder, 'task.json'), 'utf8')) as TaskJson;
  const { Major, Minor, Patch } = json.version;
  const handler = handlers.find((name) => json.execution?.[name]);
  const target = handler && json.execution?.[handler]?.target;
  return {
    id: json.id,
    name: json.name,
    version: `${Major}.${Minor}.${Patch}`,
    majorVersion: Number(Major),
    inputs: (json.inputs ?? []).map(({ name, aliases, type, defaultValue }) => ({
      name,
      aliases: aliases ?? [],
      type: type ?? 'string',
      defaultValue: String(defaultValue ?? ''),
    })),
    outputVariables: (json.outputVariables ?? []).map(({ name }) => name),
    restrictions: {
      areCommandsRestricted: json.restrictions?.commands?.mode === 'restricted',
      settableVariables: json.restrictions?.settableVariables?.allowed,
    },
    script: target === undefined ? undefined : path.join(folder, target),
    hasJobHandlers: json.prejobexecution !== undefined || json.postjobexecution !== undefined,
    folder,
  };
}
