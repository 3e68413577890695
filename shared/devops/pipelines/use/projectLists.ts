import type { DefinitionReference } from '../../api/pipelines/build';
import type { ProtectedResource } from '../../api/pipelines/checks';
import { repositoryResource, type PipelinePermissions } from '../../api/pipelines/pipelinePermissions';
import type { Repository } from '../../api/git';
import { isAbsentOrNotPermitted } from '../../api/refusal';
import type { Devops } from '../../devops';
import type { PlannedObjects } from '../../plannedObjects';
import { keyOf } from '../../variableGroups/document';
import { normalizedPath, pathKey } from '../document';
import { kindWords, type NamedResource } from './namedResources';

/** A resource that pipelines need permission for. */
export interface FoundResource {
  readonly resource: ProtectedResource;
  /** As in a sentence: `variable group 'churn-dev'`. */
  readonly label: string;
}

/**
 * What a name stands for: a resource, something that needs no permission, something that is going to be created, or
 * nothing that this identity sees.
 */
export type Resolution =
  | { readonly kind: 'found'; readonly found: FoundResource }
  | { readonly kind: 'free' | 'planned' }
  | { readonly kind: 'missing'; readonly label: string };

interface Listed {
  readonly id: string | number;
  readonly name: string;
}

type ListedKind = 'environment' | 'variablegroup' | 'endpoint' | 'queue';

/** What a project has, each list read once and only when something of its kind is named. */
export class ProjectLists {
  /** The agent pools that this identity sees. */
  readonly queues: () => ReturnType<Devops['taskAgent']['queues']>;
  readonly #lists: Readonly<Record<ListedKind, () => Promise<readonly Listed[]>>>;
  readonly #repositories = new Map<string, () => Promise<readonly Repository[]>>();
  readonly #permissions = new Map<string, () => Promise<PipelinePermissions>>();

  constructor(
    private readonly devops: Devops,
    private readonly project: { readonly id: string; readonly name: string },
    /** The pipelines of the project. */
    private readonly pipelines: readonly DefinitionReference[],
    private readonly planned: PlannedObjects,
  ) {
    const { taskAgent, endpoints } = devops;
    this.queues = once(() => taskAgent.queues(project.id));
    this.#lists = {
      environment: once(() => taskAgent.environments(project.id)),
      variablegroup: once(() => taskAgent.variableGroups(project.id)),
      endpoint: once(() => endpoints.endpoints(project.id)),
      queue: this.queues,
    };
  }

  /** `own` is the repository of the pipeline, which needs no permission. */
  async resolve({ kind, name, isGuess }: NamedResource, own: string): Promise<Resolution> {
    if (kind === 'pipeline') return this.#pipeline(name);
    if (kind === 'repository') return this.#repository(name, own);
    const found = (await this.#lists[kind]()).find(
      (each) => keyOf(each.name) === keyOf(name) || (kind === 'endpoint' && keyOf(String(each.id)) === keyOf(name)),
    );
    if (found) {
      const label = `${kindWords[kind]} '${found.name}'`;
      return { kind: 'found', found: { resource: { type: kind, id: String(found.id) }, label } };
    }
    if (isGuess) return { kind: 'free' };
    const isPlanned = this.#plannedNames(kind).some((each) => keyOf(each) === keyOf(name));
    return isPlanned ? { kind: 'planned' } : { kind: 'missing', label: `${kindWords[kind]} '${name}'` };
  }

  /** Which pipelines may use a resource, before anything is changed. */
  permissionsOf({ resource }: FoundResource): Promise<PipelinePermissions> {
    const key = `${resource.type} ${resource.id}`;
    const { devops, project } = this;
    const read = this.#permissions.get(key) ?? once(() => devops.pipelinePermissions.permissions(project.id, resource));
    this.#permissions.set(key, read);
    return read();
  }

  #plannedNames(kind: ListedKind): readonly string[] {
    const { environments = [], variableGroups = [] } = this.planned;
    return kind === 'environment' ? environments : kind === 'variablegroup' ? variableGroups : [];
  }

  /** A name in any folder, or a path. */
  #pipeline(source: string): Resolution {
    const wanted = normalizedPath(source).toLowerCase();
    const keys = [
      ...this.pipelines.map(({ path, name }) => pathKey(path, name)),
      ...(this.planned.pipelines ?? []).map(({ folder, name }) => pathKey(folder, name)),
    ];
    const isThere = keys.some((key) => key.endsWith(wanted));
    return isThere ? { kind: 'free' } : { kind: 'missing', label: `pipeline '${source}'` };
  }

  /** `repository`, or `project/repository`. */
  async #repository(given: string, own: string): Promise<Resolution> {
    const [first = '', second] = given.split('/');
    const [project, name] = second === undefined ? [this.project.id, first] : [first, second];
    const all = await this.#repositoriesOf(project);
    const found = all.find((each) => keyOf(each.name) === keyOf(name) || keyOf(each.id) === keyOf(name));
    if (!found) {
      const isPlanned = second === undefined && keyOf(this.planned.repository?.name ?? '') === keyOf(name);
      return isPlanned ? { kind: 'free' } : { kind: 'missing', label: `repository '${given}'` };
    }
    if (keyOf(found.id) === keyOf(own)) return { kind: 'free' };
    const label = `repository '${found.project.name}/${found.name}'`;
    return { kind: 'found', found: { resource: repositoryResource(found.project.id, found.id), label } };
  }

  async #repositoriesOf(project: string): Promise<readonly Repository[]> {
    const read = this.#repositories.get(keyOf(project)) ?? once(() => this.devops.git.repositories(project));
    this.#repositories.set(keyOf(project), read);
    try {
      return await read();
    } catch (error) {
      if (isAbsentOrNotPermitted(error)) return [];
      throw error;
    }
  }
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read());
}
