import type { RepositoryOptions, RunRequest } from '../pipelines/runRepository';

/** A pipeline that was found, in its repository. */
export interface FoundRun extends RepositoryOptions {
  readonly request: RunRequest;
  readonly tasks: string;
}
