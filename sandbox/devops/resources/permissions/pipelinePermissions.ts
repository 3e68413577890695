import type { OrganizationState } from '../../organizationState';
import { Changes } from '../changes';
import { resourceKey, type ProtectedResource } from '../protection';

/** Who let a pipeline use a resource, and when; undefined for what came with the project. */
export interface Grant {
  readonly byId: string | undefined;
  readonly on: number;
}

export interface Permitted {
  readonly pipelines: ReadonlyMap<number, Grant>;
  /** Every pipeline of the project. */
  readonly all: Grant | undefined;
}

interface Entry {
  readonly pipelines: Map<number, Grant>;
  all: Grant | undefined;
}

const nothing: Permitted = { pipelines: new Map(), all: undefined };

/** Which pipelines may use which resources. */
export class PipelinePermissions {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly state: OrganizationState) {}

  of(projectId: string, resource: ProtectedResource): Permitted {
    return this.#entries.get(keyOf(projectId, resource)) ?? nothing;
  }

  permits(projectId: string, resource: ProtectedResource, pipelineId: number): boolean {
    const { pipelines, all } = this.of(projectId, resource);
    return all !== undefined || pipelines.has(pipelineId);
  }

  /** Whether somebody let the pipeline use any resource. */
  isNamed(projectId: string, pipelineId: number): boolean {
    return [...this.#entries].some(
      ([key, { pipelines }]) => key.startsWith(`${projectId}/`) && pipelines.has(pipelineId),
    );
  }

  /** A permission that exists stays as it is. */
  grant(projectId: string, resource: ProtectedResource, pipeline: number | 'all', byId: string | undefined): void {
    const key = keyOf(projectId, resource);
    const entry = this.#entries.get(key) ?? { pipelines: new Map<number, Grant>(), all: undefined };
    this.#entries.set(key, entry);
    const grant = { byId, on: this.state.clock.now() };
    if (pipeline === 'all') entry.all ??= grant;
    else if (!entry.pipelines.has(pipeline)) entry.pipelines.set(pipeline, grant);
    this.state.of(Changes).notify();
  }

  revoke(projectId: string, resource: ProtectedResource, pipeline: number | 'all'): void {
    const entry = this.#entries.get(keyOf(projectId, resource));
    if (pipeline === 'all') {
      if (entry) entry.all = undefined;
    } else entry?.pipelines.delete(pipeline);
  }
}

const keyOf = (projectId: string, resource: ProtectedResource): string => `${projectId}/${resourceKey(resource)}`;
