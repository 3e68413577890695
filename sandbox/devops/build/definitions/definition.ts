import type { JsonObject } from '../../rest/requestBody';

/** A pipeline. */
export interface Definition {
  readonly id: number;
  readonly projectId: string;
  content: DefinitionContent;
  revision: number;
  /** Of the revision, in epoch milliseconds. */
  createdDate: number;
  authorId: string;
  /** A pipeline reacts to pushes only after its first run. */
  hasRun: boolean;
}

export interface DefinitionVariable {
  /** As it is, also of a secret. */
  readonly value: string | null;
  readonly isSecret: boolean;
  readonly allowOverride: boolean;
}

export interface DefinitionRepository {
  readonly id: string;
  /** As it was sent by the first request; every later one completes it to `refs/heads/…`. */
  readonly defaultBranch: string | undefined;
  readonly properties: JsonObject | undefined;
  readonly clean: unknown;
  readonly checkoutSubmodules: boolean;
}

export interface DefinitionContent {
  readonly name: string;
  /** Starts with a backslash. */
  readonly path: string;
  readonly description: string | undefined;
  readonly comment: string | undefined;
  readonly queueId: number | undefined;
  readonly queueStatus: 'enabled' | 'paused' | 'disabled';
  readonly repository: DefinitionRepository;
  readonly yamlFilename: string;
  /** In the order in which the service answers their keys. */
  readonly triggers: readonly JsonObject[];
  /** Undefined when none were ever sent. */
  readonly variables: ReadonlyMap<string, DefinitionVariable> | undefined;
  readonly variableGroupIds: readonly number[] | undefined;
  readonly jobAuthorizationScope: string;
  readonly tags: readonly string[];
  readonly properties: JsonObject;
}

/** The security token of a pipeline, of a folder or of a project: https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference */
export function definitionToken(projectId: string, path: string, id?: number): string {
  const folders = path.split('\\').filter((part) => part !== '');
  return [projectId, ...folders, ...(id === undefined ? [] : [String(id)])].join('/');
}

/** Bits of the namespace of pipelines. */
export const buildBits = {
  viewBuilds: 1,
  updateBuild: 512,
  queueBuilds: 128,
  stopBuilds: 512,
  viewDefinition: 1024,
  editDefinition: 2048,
  deleteDefinition: 4096,
  createDefinition: 32_768,
  editQueueConfiguration: 65_536,
} as const;

/** `main` and `refs/heads/main` are the same branch. */
export const fullBranchName = (branch: string): string =>
  branch.startsWith('refs/') ? branch : `refs/heads/${branch}`;
