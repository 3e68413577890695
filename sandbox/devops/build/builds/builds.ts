import type { OrganizationState } from '../../organizationState';
import type { Build } from './build';

type NewBuild = Omit<
  Build,
  | 'id'
  | 'buildNumber'
  | 'buildNumberRevision'
  | 'status'
  | 'result'
  | 'queueTime'
  | 'startTime'
  | 'finishTime'
  | 'lastChangedOn'
  | 'lastChangedById'
  | 'planId'
  | 'tags'
  | 'records'
  | 'log'
  | 'artifacts'
  | 'keepForever'
  | 'cancellation'
>;

/** The runs of all pipelines. */
export class Builds {
  readonly #builds = new Map<number, Build>();

  constructor(private readonly state: OrganizationState) {
    state.hooks.projectDeleted.add(({ id }) => {
      for (const build of this.ofProject(id)) this.remove(build);
    });
  }

  all(): readonly Build[] {
    return [...this.#builds.values()];
  }

  ofProject(projectId: string): readonly Build[] {
    return this.all().filter((build) => build.projectId === projectId);
  }

  byId(projectId: string, id: number): Build | undefined {
    const build = this.#builds.get(id);
    return build?.projectId === projectId ? build : undefined;
  }

  /** Its number is that of the day until its pipeline says another one. */
  add(content: NewBuild): Build {
    const { state } = this;
    const now = state.clock.now();
    const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
    const revision = state.nextNumber(`build of ${content.definition.id} on ${day}`);
    const build: Build = {
      ...content,
      id: state.nextNumber('build'),
      buildNumber: `${day}.${revision}`,
      buildNumberRevision: revision,
      status: 'notStarted',
      result: undefined,
      queueTime: now,
      startTime: undefined,
      finishTime: undefined,
      lastChangedOn: now,
      lastChangedById: content.requestedById,
      planId: state.newId(),
      tags: new Set(),
      records: [],
      log: [],
      artifacts: [],
      keepForever: false,
      cancellation: new AbortController(),
    };
    this.#builds.set(build.id, build);
    return build;
  }

  remove(build: Build): void {
    build.cancellation.abort();
    this.#builds.delete(build.id);
  }
}
