import type { OrganizationState } from '../../organizationState';
import type { JsonObject } from '../../rest/requestBody';
import { resourceKey, type ProtectedResource } from '../protection';

/** Kinds of checks: https://learn.microsoft.com/azure/devops/pipelines/process/approvals */
export const checkTypes = {
  approval: { id: '8c6f20a7-a545-4486-9777-f762fafe0d4d', name: 'Approval' },
  exclusiveLock: { id: '2ef31ad6-baa0-403a-8b45-2cbc9b4e5563', name: 'ExclusiveLock' },
  extends: { id: '4020e66e-b0f3-47e1-bc88-48f3cc59b5f3', name: 'ExtendsCheck' },
  task: { id: 'fe1de3ee-a436-41b4-bb20-f6eb4cb879a7', name: 'Task Check' },
} as const;

export interface CheckConfiguration {
  readonly id: number;
  readonly projectId: string;
  readonly type: { readonly id: string; readonly name: string };
  readonly resource: ProtectedResource & { readonly name: string | undefined };
  settings: JsonObject;
  /** Minutes. */
  timeout: number;
  version: number;
  readonly createdById: string;
  readonly createdOn: number;
  modifiedById: string;
  modifiedOn: number;
}

/** The checks of all resources. The same check can be there more than once. */
export class CheckConfigurations {
  readonly #configurations = new Map<number, CheckConfiguration>();

  constructor(private readonly state: OrganizationState) {
    state.hooks.projectDeleted.add(({ id }) => {
      for (const each of this.ofProject(id)) this.#configurations.delete(each.id);
    });
  }

  ofProject(projectId: string): readonly CheckConfiguration[] {
    return [...this.#configurations.values()].filter((each) => each.projectId === projectId);
  }

  ofResource(projectId: string, resource: ProtectedResource): readonly CheckConfiguration[] {
    return this.ofProject(projectId).filter((each) => resourceKey(each.resource) === resourceKey(resource));
  }

  byId(projectId: string, id: number): CheckConfiguration | undefined {
    const found = this.#configurations.get(id);
    return found?.projectId === projectId ? found : undefined;
  }

  add(
    content: Pick<CheckConfiguration, 'projectId' | 'type' | 'resource' | 'settings' | 'timeout'>,
    creatorId: string,
  ): CheckConfiguration {
    const now = this.state.clock.now();
    const configuration: CheckConfiguration = {
      id: this.state.nextNumber('check'),
      ...content,
      version: 1,
      createdById: creatorId,
      createdOn: now,
      modifiedById: creatorId,
      modifiedOn: now,
    };
    this.#configurations.set(configuration.id, configuration);
    return configuration;
  }

  update(configuration: CheckConfiguration, settings: JsonObject, timeout: number, modifierId: string): void {
    Object.assign(configuration, { settings, timeout, modifiedById: modifierId, modifiedOn: this.state.clock.now() });
    configuration.version += 1;
  }

  remove({ id }: CheckConfiguration): void {
    this.#configurations.delete(id);
  }
}
