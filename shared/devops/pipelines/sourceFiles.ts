import { isAbsentOrNotPermitted } from '../api/refusal';
import type { Repository } from '../api/git';
import type { Devops } from '../devops';
import type { PlannedRepository } from '../plannedObjects';

/** The repository of the pipelines, or the one that is going to be. */
export type SourceRepository =
  | { readonly kind: 'found'; readonly repository: Repository }
  | { readonly kind: 'planned'; readonly planned: PlannedRepository };

/** The files of the repository of pipelines, each read once. */
export class SourceFiles {
  readonly #read = new Map<string, Promise<Uint8Array | undefined>>();

  constructor(
    private readonly devops: Devops,
    private readonly source: SourceRepository,
  ) {}

  /** A file of a branch (`refs/heads/main`), by its path without a slash at the beginning; undefined if it is not there. */
  read(branch: string, path: string): Promise<Uint8Array | undefined> {
    const key = `${branch} ${path}`;
    const reading = this.#read.get(key) ?? this.#readFile(branch, path);
    this.#read.set(key, reading);
    return reading;
  }

  async #readFile(branch: string, path: string): Promise<Uint8Array | undefined> {
    const { devops, source } = this;
    if (source.kind === 'planned') return source.planned.files.get(path);
    const { id, project } = source.repository;
    try {
      return await devops.git.file(project.id, id, { branch }, `/${path}`);
    } catch (error) {
      if (isAbsentOrNotPermitted(error)) return undefined;
      throw error;
    }
  }
}
