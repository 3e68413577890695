import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

export interface TaskInput {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly defaultValue?: string | boolean;
  readonly required?: boolean;
  readonly helpMarkDown?: string;
  readonly groupName?: string;
  readonly visibleRule?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, string>>;
}

/** A `task.json`: the form that people fill in. */
export interface TaskManifest {
  readonly id: string;
  readonly name: string;
  readonly friendlyName: string;
  readonly description: string;
  readonly author: string;
  readonly helpMarkDown?: string;
  readonly minimumAgentVersion: string;
  readonly version: { readonly Major: number; readonly Minor: number; readonly Patch: number };
  readonly inputs: readonly TaskInput[];
  readonly outputVariables?: readonly { readonly name: string; readonly description: string }[];
  readonly restrictions: { readonly settableVariables: { readonly allowed: readonly string[] } };
  readonly execution: Readonly<Record<string, { readonly target: string }>>;
}

export interface Contribution {
  readonly id: string;
  readonly type: string;
  readonly targets: readonly string[];
  readonly properties: { readonly name: string; readonly displayName?: string; readonly icon?: string };
}

/** The `vss-extension.json`. */
export interface ExtensionManifest {
  readonly id: string;
  readonly publisher: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly categories: readonly string[];
  readonly tags: readonly string[];
  readonly icons: { readonly default: string };
  readonly content: Readonly<Record<string, { readonly path: string }>>;
  readonly files: readonly { readonly path: string; readonly addressable?: boolean }[];
  readonly contributions: readonly Contribution[];
}

export const taskContribution = 'ms.vss-distributed-task.task';
export const endpointContribution = 'ms.vss-endpoint.service-endpoint-type';

export interface TaskFolder {
  /** The name of the folder in `tasks/`. */
  readonly folder: string;
  readonly manifest: TaskManifest;
}

export async function readExtensionManifest(root: string): Promise<ExtensionManifest> {
  return (await readJson(path.join(root, 'vss-extension.json'))) as ExtensionManifest;
}

/** Every task of the project, by folder name. */
export async function readTasks(root: string): Promise<readonly TaskFolder[]> {
  const entries = await readdir(path.join(root, 'tasks'), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    folders.sort().map(async (folder) => ({
      folder,
      manifest: (await readJson(path.join(root, 'tasks', folder, 'task.json'))) as TaskManifest,
    })),
  );
}

/** The version of package.json: the only place that has it. */
export async function readVersion(root: string): Promise<string> {
  const { version } = (await readJson(path.join(root, 'package.json'))) as { readonly version: string };
  return version;
}

export async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
