import type { Position } from '../pipelineError';

/** What `resources` of a pipeline and of the templates that it extends declare. */
export interface Resources {
  readonly repositories: readonly RepositoryResource[];
  /** Runs of other pipelines and of other build systems, whose artifacts can be downloaded. */
  readonly runs: readonly RunResource[];
  readonly containers: readonly ContainerResource[];
  /** Those that only start runs, or that no step can get here, as in "the webhook 'x'". */
  readonly withoutEffect: readonly string[];
}

interface Resource {
  readonly alias: string;
  readonly at: Position;
}

export interface RepositoryResource extends Resource {
  /** Such as `git` or `github`. */
  readonly type: string;
  /** With the project or owner where one is given: `Project/repository`. */
  readonly name: string;
  readonly ref: string;
}

export interface RunResource extends Resource {
  readonly kind: 'pipeline' | 'build';
  /** The name of the pipeline that ran. */
  readonly source: string;
  readonly project: string | undefined;
}

export interface ContainerResource extends Resource {
  readonly image: string;
}

export const noResources: Resources = { repositories: [], runs: [], containers: [], withoutEffect: [] };

/** The folder that a clone of a repository is put into: `tools` for `Project/tools` and `https://host/Project/tools.git`. */
export function cloneFolder(name: string): string {
  const parts = name.replace(/\/+$/, '').split('/');
  return (parts.at(-1) ?? name).replace(/\.git$/, '') || name;
}
