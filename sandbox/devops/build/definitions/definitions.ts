import type { OrganizationState } from '../../organizationState';
import { definitionExists, definitionNotFound } from '../buildErrors';
import type { Definition, DefinitionContent } from './definition';
import { Folders } from './folders';

/** The pipelines of all projects. */
export class Definitions {
  readonly #definitions = new Map<number, Definition>();

  constructor(private readonly state: OrganizationState) {
    state.hooks.projectDeleted.add(({ id }) => {
      for (const each of this.ofProject(id)) this.#definitions.delete(each.id);
    });
  }

  ofProject(projectId: string): readonly Definition[] {
    return [...this.#definitions.values()].filter((each) => each.projectId === projectId);
  }

  all(): readonly Definition[] {
    return [...this.#definitions.values()];
  }

  byId(projectId: string, id: number): Definition | undefined {
    const found = this.#definitions.get(id);
    return found?.projectId === projectId ? found : undefined;
  }

  /** By the name that a pipeline resource gives: the folder may stand before it. */
  bySource(projectId: string, source: string): Definition | undefined {
    const wanted = source.replaceAll('/', '\\').toLowerCase();
    return this.ofProject(projectId).find(({ content: { name, path } }) => {
      const full = `${path === '\\' ? '' : path}\\${name}`.toLowerCase();
      return name.toLowerCase() === wanted || full === wanted || full === `\\${wanted}`;
    });
  }

  /** @throws OrganizationError when the folder has one of the name */
  add(projectId: string, content: DefinitionContent, authorId: string): Definition {
    this.#check(projectId, content);
    this.state.of(Folders).ensure(projectId, content.path, authorId);
    const definition: Definition = {
      id: this.state.nextNumber('build definition'),
      projectId,
      content,
      revision: 1,
      createdDate: this.state.clock.now(),
      authorId,
      hasRun: false,
    };
    this.#definitions.set(definition.id, definition);
    return definition;
  }

  /** @throws OrganizationError when `revision` is not the current one, or the name is taken */
  update(definition: Definition, content: DefinitionContent, revision: number | undefined, authorId: string): void {
    if (revision !== definition.revision) throw definitionNotFound(definition.id);
    this.#check(definition.projectId, content, definition);
    this.state.of(Folders).ensure(definition.projectId, content.path, authorId);
    Object.assign(definition, { content, authorId, createdDate: this.state.clock.now() });
    definition.revision += 1;
  }

  /** Moves it with its folder. */
  move(definition: Definition, path: string): void {
    definition.content = { ...definition.content, path };
  }

  remove({ id }: Definition): void {
    this.#definitions.delete(id);
  }

  #check(projectId: string, { name, path }: DefinitionContent, self?: Definition): void {
    const taken = this.ofProject(projectId).some(
      (each) =>
        each !== self &&
        each.content.name.toLowerCase() === name.toLowerCase() &&
        each.content.path.toLowerCase() === path.toLowerCase(),
    );
    if (taken) throw definitionExists(name, this.state.projects.find(projectId)?.name ?? projectId);
  }
}
