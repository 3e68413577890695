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

/** Where the list of a picker comes from: a data source of a connection's type, or an address of the connection's service. */
export interface DataSourceBinding {
  /** The name of the input. */
  readonly target: string;
  /** `$(input)`: the input that names the connection. */
  readonly endpointId: string;
  readonly dataSourceName?: string;
  readonly endpointUrl?: string;
  readonly resultSelector?: string;
  /** Makes a result a JSON object with `Value` and `DisplayValue`. */
  readonly resultTemplate: string;
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
  readonly dataSourceBindings?: readonly DataSourceBinding[];
  readonly outputVariables?: readonly { readonly name: string; readonly description: string }[];
  readonly restrictions: { readonly settableVariables: { readonly allowed: readonly string[] } };
  readonly execution: Readonly<Record<string, { readonly target: string }>>;
}

export interface Contribution {
  readonly id: string;
  readonly type: string;
  readonly targets: readonly string[];
  readonly properties: ContributionProperties;
}

export interface ContributionProperties {
  readonly name: string;
  readonly displayName?: string;
  readonly icon?: string;
  /** The page of a hub or a tab. */
  readonly uri?: string;
  readonly inputDescriptors?: readonly InputDescriptor[];
  readonly dataSources?: readonly DataSource[];
  readonly authenticationSchemes?: readonly AuthenticationScheme[];
  readonly helpMarkDown?: string;
  /** The ids of tasks: a tab of a run is shown when the run has one of them. */
  readonly supportsTasks?: readonly string[];
}

/** A field of the form of a connection. */
export interface InputDescriptor {
  readonly id: string;
  readonly description: string;
  readonly isConfidential: boolean;
  readonly values?: { readonly isDisabled?: boolean };
}

/** A request that Azure DevOps makes with a connection; its texts are Mustache templates. */
export interface DataSource {
  readonly name: string;
  readonly endpointUrl: string;
  readonly resultSelector: string;
  readonly initialContextTemplate?: string;
  readonly callbackContextTemplate?: string;
  readonly callbackRequiredTemplate?: string;
}

/** A way to sign in that a connection type offers. */
export interface AuthenticationScheme {
  readonly type: string;
  readonly displayName: string;
  readonly headers?: readonly { readonly name: string; readonly value: string }[];
  readonly inputDescriptors?: readonly InputDescriptor[];
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
  /** What the pages may do on behalf of the person who is signed in. */
  readonly scopes?: readonly string[];
  readonly contributions: readonly Contribution[];
}

export const taskContribution = 'ms.vss-distributed-task.task';
export const hubContribution = 'ms.vss-web.hub';
export const endpointContribution = 'ms.vss-endpoint.service-endpoint-type';

export interface TaskFolder {
  /** The name of the folder in `tasks/`. */
  readonly folder: string;
  readonly manifest: TaskManifest;
}

/** Whether the form offers a list in which the text need not be. */
export function isEditable({ properties }: TaskInput): boolean {
  return properties?.['EditableOptions'] === 'True';
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
