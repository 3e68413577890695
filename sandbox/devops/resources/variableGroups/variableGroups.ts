import type { OrganizationState } from '../../organizationState';
import { protectionOf } from '../protection';
import { projectReferenceMissing, variableGroupEmpty, variableGroupExists } from '../resourceErrors';
import type { GroupReference, Variable, VariableGroup } from './variableGroup';

export interface GroupContent {
  readonly type: string;
  readonly providerData: unknown;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly reference: GroupReference;
}

/** The variable groups of all projects. */
export class VariableGroups {
  readonly #groups = new Map<number, VariableGroup>();

  constructor(private readonly state: OrganizationState) {
    state.hooks.projectDeleted.add(({ id }) => {
      for (const group of this.ofProject(id)) this.#groups.delete(group.id);
    });
  }

  ofProject(projectId: string): readonly VariableGroup[] {
    return [...this.#groups.values()].filter(({ reference }) => reference.projectId === projectId);
  }

  byId(id: number): VariableGroup | undefined {
    return this.#groups.get(id);
  }

  /** Without regard to case. */
  byName(projectId: string, name: string): VariableGroup | undefined {
    return this.ofProject(projectId).find(({ reference }) => reference.name.toLowerCase() === name.toLowerCase());
  }

  /** @throws OrganizationError when its name is taken, or it has no variables */
  add(content: GroupContent, creatorId: string): VariableGroup {
    this.#check(content);
    const now = this.state.clock.now();
    const group: VariableGroup = {
      id: this.state.nextNumber('variable group'),
      ...content,
      createdById: creatorId,
      createdOn: now,
      modifiedById: creatorId,
      modifiedOn: now,
    };
    this.#groups.set(group.id, group);
    return group;
  }

  /** The whole group, by what was sent last. @throws OrganizationError as `add` */
  replace(group: VariableGroup, content: GroupContent, modifierId: string): void {
    this.#check(content, group);
    Object.assign(group, content, { modifiedById: modifierId, modifiedOn: this.state.clock.now() });
  }

  remove(group: VariableGroup): void {
    const { namespaceId, token } = protectionOf('variablegroup');
    this.state.security.removeLists(namespaceId, token(group.reference.projectId, String(group.id)), true);
    this.#groups.delete(group.id);
  }

  #check({ reference, variables }: GroupContent, self?: VariableGroup): void {
    if (variables.size === 0) throw variableGroupEmpty();
    if (reference.name.trim() === '') throw projectReferenceMissing();
    const taken = this.byName(reference.projectId, reference.name);
    if (taken && taken !== self) throw variableGroupExists(reference.name);
  }
}
