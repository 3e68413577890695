import type { HttpClient } from '../../http/httpClient';

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
 * The Permissions API 2.0, for jobs. Every method throws what `HttpClient.json` throws.
 * Source: https://docs.databricks.com/api/azure/workspace/permissions.
 */
export class PermissionsApi {
  constructor(private readonly http: HttpClient) {}

  async jobGrants(jobId: string): Promise<readonly HeldGrant[]> {
    const { access_control_list = [] } = await this.http.json<RawPermissions>({
      method: 'GET',
      path: pathOf(jobId),
      purpose: `read the permissions of the job ${jobId}`,
    });
    return access_control_list.flatMap(({ all_permissions = [], ...principal }) =>
      principalKinds.flatMap((kind) => {
        const name = principal[kind];
        if (name === undefined) return [];
        return all_permissions.map(({ permission_level: level = '', inherited: isInherited = false }) => ({
          kind,
          name,
          level,
          isInherited,
        }));
      }),
    );
  }

  /** Replaces all grants except the inherited ones. The service refuses a list without exactly one owner. */
  async setJobGrants(jobId: string, grants: readonly Grant[]): Promise<void> {
    await this.http.json({
      method: 'PUT',
      path: pathOf(jobId),
      json: { access_control_list: grants.map(({ kind, name, level }) => ({ [kind]: name, permission_level: level })) },
      purpose: `set the permissions of the job ${jobId}`,
      repeatable: true,
    });
  }
}

export const principalKinds: readonly PrincipalKind[] = ['user_name', 'group_name', 'service_principal_name'];

type RawPermissions = {
  readonly access_control_list?: readonly ({ readonly [kind in PrincipalKind]?: string } & {
    readonly all_permissions?: readonly { readonly permission_level?: string; readonly inherited?: boolean }[];
  })[];
};

function pathOf(jobId: string): string {
  return `/api/2.0/permissions/jobs/${jobId}`;
}
