import type { HttpClient } from '../../http/httpClient';
import * as shape from '../../http/shape';

/** The field in which the API names a principal: a user by e-mail address, a service principal by application id. */
export type PrincipalKind = 'user_name' | 'group_name' | 'service_principal_name';

/** What a principal may do with an object. */
export interface Grant {
  readonly kind: PrincipalKind;
  readonly name: string;
  /** In Databricks' words, such as `CAN_MANAGE`. */
  readonly level: string;
}

export interface HeldGrant extends Grant {
  /** Whether it is inherited from another object, and cannot be removed here. */
  readonly isInherited: boolean;
}

/**
 * The Permissions API 2.0, for jobs and folders. Every method throws what `HttpClient.json` throws.
 * Source: https://docs.databricks.com/api/azure/workspace/permissions.
 */
export class PermissionsApi {
  constructor(private readonly http: HttpClient) {}

  jobGrants(jobId: string): Promise<readonly HeldGrant[]> {
    return this.#grants(pathOf(jobId), `read the permissions of the job ${jobId}`);
  }

  /** Of a workspace folder, by its object id; `path` is for messages. */
  folderGrants(objectId: string, path: string): Promise<readonly HeldGrant[]> {
    return this.#grants(`/api/2.0/permissions/directories/${objectId}`, `read the permissions of the folder ${path}`);
  }

  /** Replaces all grants except the inherited ones. The service refuses a list without exactly one owner. */
  async setJobGrants(jobId: string, grants: readonly Grant[]): Promise<void> {
    await this.http.json(
      {
        method: 'PUT',
        path: pathOf(jobId),
        json: {
          access_control_list: grants.map(({ kind, name, level }) => ({ [kind]: name, permission_level: level })),
        },
        purpose: `set the permissions of the job ${jobId}`,
        repeatable: true,
      },
      permissions,
    );
  }

  async #grants(path: string, purpose: string): Promise<readonly HeldGrant[]> {
    const { access_control_list } = await this.http.json({ method: 'GET', path, purpose }, permissions);
    return access_control_list.flatMap(({ all_permissions, ...principal }) =>
      principalKinds.flatMap((kind) => {
        const name = principal[kind];
        if (name === undefined) return [];
        return all_permissions.map(({ permission_level: level, inherited: isInherited }) => ({
          kind,
          name,
          level,
          isInherited,
        }));
      }),
    );
  }
}

export const principalKinds: readonly PrincipalKind[] = ['user_name', 'group_name', 'service_principal_name'];

const permissions = shape.object({
  access_control_list: shape.list(
    shape.object({
      user_name: shape.optional(shape.text),
      group_name: shape.optional(shape.text),
      service_principal_name: shape.optional(shape.text),
      all_permissions: shape.listOf(
        shape.object({
          permission_level: shape.optional(shape.text, ''),
          inherited: shape.optional(shape.boolean, false),
        }),
      ),
    }),
  ),
});

function pathOf(jobId: string): string {
  return `/api/2.0/permissions/jobs/${jobId}`;
}
