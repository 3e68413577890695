import type { OrganizationState } from '../../organizationState';
import type { PullRequest } from '../pullRequests/pullRequest';
import { Repository } from './repository';

export interface DeletedRepository {
  readonly repository: Repository;
  readonly deletedById: string;
  /** Milliseconds since 1970. */
  readonly deletedDate: number;
}

/** All repositories of the organisation, with what has a number of its own across them. */
export class GitStore {
  readonly pullRequests = new Map<number, PullRequest>();
  readonly recycleBin = new Map<string, DeletedRepository>();
  /** Repositories at other places that can be imported, by the URL; all others must be on the loopback address. */
  readonly importable = new Map<string, Repository>();
  readonly #repositories = new Map<string, Repository>();
  readonly #numbers = { push: 0, pullRequest: 0, importRequest: 0 };

  constructor(private readonly organization: OrganizationState) {}

  /** @param id a new one by default */
  create(name: string, projectId: string, id = this.organization.newId()): Repository {
    const { organization } = this;
    const repository = new Repository(id, name, projectId, organization.clock.now());
    this.#repositories.set(repository.id, repository);
    return repository;
  }

  /** By the id or, in a project, the name; disabled ones too. */
  find(projectId: string | undefined, nameOrId: string): Repository | undefined {
    const wanted = nameOrId.toLowerCase();
    const byId = this.#repositories.get(wanted);
    if (byId) return projectId === undefined || byId.projectId === projectId ? byId : undefined;
    return this.list(projectId).find(({ name }) => projectId !== undefined && name.toLowerCase() === wanted);
  }

  /** Of a project, or all; sorted by name. */
  list(projectId?: string): Repository[] {
    return [...this.#repositories.values()]
      .filter((each) => projectId === undefined || each.projectId === projectId)
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Whether a repository, also one in the recycle bin, has the name already. */
  isTaken(projectId: string, name: string): boolean {
    const deleted = [...this.recycleBin.values()].map(({ repository }) => repository);
    return [...this.list(projectId), ...deleted.filter((each) => each.projectId === projectId)].some(
      (each) => each.name.toLowerCase() === name.toLowerCase(),
    );
  }

  /** Moves it to the recycle bin. */
  delete(repository: Repository, deletedById: string, deletedDate: number): void {
    this.#repositories.delete(repository.id);
    this.recycleBin.set(repository.id, { repository, deletedById, deletedDate });
  }

  restore(repository: Repository): void {
    this.recycleBin.delete(repository.id);
    this.#repositories.set(repository.id, repository);
  }

  /** Of a project that was deleted. */
  forget(projectId: string): void {
    for (const { id } of this.list(projectId)) this.#repositories.delete(id);
    for (const [id, { repository }] of this.recycleBin)
      if (repository.projectId === projectId) this.recycleBin.delete(id);
    for (const [id, { repository }] of this.pullRequests)
      if (repository.projectId === projectId) this.pullRequests.delete(id);
  }

  nextNumber(of: 'push' | 'pullRequest' | 'importRequest'): number {
    return ++this.#numbers[of];
  }
}
