import type { OrganizationState } from '../../organizationState';
import { protectionOf } from '../protection';
import { endpointExists } from '../resourceErrors';

/** How a service connection is called in a project that it is shared with. */
export interface EndpointReference {
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
}

export interface ServiceEndpoint {
  readonly id: string;
  name: string;
  type: string;
  url: string;
  description: string;
  owner: string;
  scheme: string;
  /** Those that are secret as they are. */
  parameters: ReadonlyMap<string, string>;
  data: Readonly<Record<string, unknown>>;
  isReady: boolean;
  references: readonly EndpointReference[];
  readonly createdById: string;
}

/** The service connections of all projects. */
export class ServiceEndpoints {
  readonly #endpoints = new Map<string, ServiceEndpoint>();

  constructor(private readonly state: OrganizationState) {
    state.hooks.projectDeleted.add(({ id }) => {
      for (const endpoint of this.ofProject(id)) this.remove(endpoint, [id]);
    });
  }

  ofProject(projectId: string): readonly ServiceEndpoint[] {
    return [...this.#endpoints.values()].filter((each) => referenceIn(each, projectId) !== undefined);
  }

  byId(id: string): ServiceEndpoint | undefined {
    return this.#endpoints.get(id.toLowerCase());
  }

  /** By the id, or by the name that it has in the project. */
  find(projectId: string, nameOrId: string): ServiceEndpoint | undefined {
    const wanted = nameOrId.toLowerCase();
    return this.ofProject(projectId).find(
      (each) => each.id === wanted || referenceIn(each, projectId)?.name.toLowerCase() === wanted,
    );
  }

  /** @throws OrganizationError when a name is taken in its project */
  add(endpoint: ServiceEndpoint): ServiceEndpoint {
    this.#check(endpoint, endpoint.references);
    this.#endpoints.set(endpoint.id, endpoint);
    return endpoint;
  }

  /** @throws OrganizationError when a name is taken in its project */
  update(endpoint: ServiceEndpoint, change: Partial<Omit<ServiceEndpoint, 'id' | 'createdById'>>): void {
    if (change.references) this.#check(endpoint, change.references);
    Object.assign(endpoint, change);
  }

  /** Takes it out of projects; it is gone when it is in none. */
  remove(endpoint: ServiceEndpoint, projectIds: readonly string[]): void {
    const { namespaceId, token } = protectionOf('endpoint');
    for (const projectId of projectIds)
      this.state.security.removeLists(namespaceId, token(projectId, endpoint.id), true);
    endpoint.references = endpoint.references.filter(({ projectId }) => !projectIds.includes(projectId));
    if (endpoint.references.length === 0) this.#endpoints.delete(endpoint.id);
  }

  #check(endpoint: ServiceEndpoint, references: readonly EndpointReference[]): void {
    for (const { projectId, name } of references) {
      const taken = this.find(projectId, name);
      if (taken && taken !== endpoint) throw endpointExists(name);
    }
  }
}

export const referenceIn = ({ references }: ServiceEndpoint, projectId: string): EndpointReference | undefined =>
  references.find((each) => each.projectId === projectId);
