import * as shape from '../../../http/shape';
import type { DevopsHttp } from '../devopsHttp';
import type { ProtectedResource } from './checks';

/** Which pipelines may use a resource. */
export interface PipelinePermissions {
  /** Whether every pipeline may. */
  readonly areAllAuthorized: boolean;
  /** The ids of those that may. */
  readonly authorizedPipelines: readonly number[];
}

/**
 * Which pipelines may use a resource. Every method throws what `DevopsHttp` throws.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/approvalsandchecks/pipeline-permissions.
 */
export class PipelinePermissionsApi {
  constructor(private readonly http: DevopsHttp) {}

  permissions(project: string, { type, id }: ProtectedResource): Promise<PipelinePermissions> {
    return this.http.json(
      {
        method: 'GET',
        route: 'pipelinePermissions',
        parameters: { project, resourceType: type, resourceId: id },
        purpose: `read which pipelines may use the ${type} ${id}`,
      },
      permissions,
    );
  }

  /** Authorizes pipelines beside those that are authorized already; resolves with all of them. */
  authorize(
    project: string,
    { type, id }: ProtectedResource,
    pipelines: readonly number[],
  ): Promise<PipelinePermissions> {
    return this.http.json(
      {
        method: 'PATCH',
        route: 'pipelinePermissions',
        parameters: { project, resourceType: type, resourceId: id },
        json: { pipelines: pipelines.map((pipeline) => ({ id: pipeline, authorized: true })) },
        purpose: `authorize pipelines to use the ${type} ${id}`,
        repeatable: true,
      },
      permissions,
    );
  }

  /**
   * Authorizes pipelines to use several resources, all or none of them; resolves with all that may use each, in the order
   * of the resources.
   */
  async authorizeAll(
    project: string,
    given: readonly { readonly resource: ProtectedResource; readonly pipelines: readonly number[] }[],
  ): Promise<readonly PipelinePermissions[]> {
    const { value } = await this.http.json(
      {
        method: 'PATCH',
        route: 'pipelinePermissions',
        parameters: { project },
        json: given.map(({ resource, pipelines }) => ({
          resource: { ...resource },
          pipelines: pipelines.map((pipeline) => ({ id: pipeline, authorized: true })),
        })),
        purpose: `authorize pipelines to use ${given.length === 1 ? 'a resource' : `${given.length} resources`}`,
        repeatable: true,
      },
      permissionsOfMany,
    );
    return given.map(({ resource: { type, id } }) => {
      const isSame = ({ resource }: (typeof value)[number]): boolean =>
        resource.type.toLowerCase() === type && resource.id.toLowerCase() === id.toLowerCase();
      return value.find(isSame)?.permissions ?? { areAllAuthorized: false, authorizedPipelines: [] };
    });
  }
}

/** A repository is named by its project, too. */
export function repositoryResource(projectId: string, repositoryId: string): ProtectedResource {
  return { type: 'repository', id: `${projectId}.${repositoryId}` };
}

const authorized = shape.mapped(shape.maybe(shape.boolean), (isAuthorized) => isAuthorized === true);

const permissions = shape.mapped(
  shape.object({
    allPipelines: shape.maybe(shape.object({ authorized })),
    pipelines: shape.mapped(
      shape.maybe(shape.list(shape.object({ id: shape.number, authorized }))),
      (pipelines) => pipelines ?? [],
    ),
  }),
  ({ allPipelines, pipelines }): PipelinePermissions => ({
    areAllAuthorized: allPipelines?.authorized === true,
    authorizedPipelines: pipelines.filter((each) => each.authorized).map(({ id }) => id),
  }),
);

const ofResource = shape.object({ resource: shape.object({ type: shape.text, id: shape.nonEmptyText }) });
const permissionsOfMany = shape.object({
  value: shape.list({
    read: (value: unknown, path: string) => ({
      ...ofResource.read(value, path),
      permissions: permissions.read(value, path),
    }),
  }),
});
