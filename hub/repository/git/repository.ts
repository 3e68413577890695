import type { RepositoryLink } from '../../../shared/variables/registry/revision';

export interface Repository {
  readonly id: string;
  readonly name: string;
  /** Without `refs/heads/`; undefined in an empty repository. */
  readonly defaultBranch: string | undefined;
  /** The page of the repository. */
  readonly webUrl: string;
}

/** The page of a file in its repository. */
export function filePage({ webUrl }: Repository, { path, branch }: RepositoryLink): string {
  return `${webUrl}?path=${encodeURIComponent(path)}&version=GB${encodeURIComponent(branch)}`;
}
