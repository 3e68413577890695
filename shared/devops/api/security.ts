import * as shape from '../../http/shape';
import { listOf, type DevopsHttp } from './devopsHttp';

/** Whether the caller has a permission. */
export interface Evaluation {
  readonly securityNamespaceId: string;
  readonly token: string;
  /** Bits; all of them are needed. */
  readonly permissions: number;
}

export interface AccessControlEntry {
  /** The identity descriptor, not the subject descriptor of the graph. */
  readonly descriptor: string;
  readonly allow: number;
  readonly deny: number;
}

export interface AccessControlList {
  readonly token: string;
  readonly entries: readonly AccessControlEntry[];
}

export type RoleAssignment = shape.Read<typeof roleAssignment>;

/**
 * Permissions, access control lists and roles. Every method throws what `DevopsHttp` throws.
 * Source: https://learn.microsoft.com/rest/api/azure/devops/security.
 */
export class SecurityApi {
  constructor(private readonly http: DevopsHttp) {}

  /** Whether the caller has each of these permissions, in the same order. */
  async evaluate(evaluations: readonly Evaluation[]): Promise<readonly boolean[]> {
    if (evaluations.length === 0) return [];
    const inOrder = shape.checked(
      evaluationBatch,
      ({ evaluations: answered }) =>
        answered.length === evaluations.length &&
        answered.every(({ token, permissions }, index) => {
          const asked = evaluations[index];
          return asked?.token.toLowerCase() === token.toLowerCase() && asked.permissions === permissions;
        }),
      'it answers other evaluations than those that were requested',
    );
    const { evaluations: answers } = await this.http.json(
      {
        method: 'POST',
        route: 'permissionEvaluation',
        json: { alwaysAllowAdministrators: false, evaluations: evaluations.map((each) => ({ ...each })) },
        purpose: 'evaluate the permissions of the identity',
        repeatable: true,
      },
      inOrder,
    );
    return answers.map(({ value }) => value);
  }

  /** The lists of a token; below it, too, if asked for. */
  async accessControlLists(
    securityNamespaceId: string,
    token: string,
    { recurse = false }: { readonly recurse?: boolean } = {},
  ): Promise<readonly AccessControlList[]> {
    const { value } = await this.http.json(
      {
        method: 'GET',
        route: 'accessControlLists',
        parameters: { securityNamespaceId },
        query: { token, recurse },
        purpose: `read the permissions of ${token}`,
      },
      accessControlLists,
    );
    return value.map(({ token: each, acesDictionary }) => ({ token: each, entries: Object.values(acesDictionary) }));
  }

  /** Grants and denies permissions beside those that the identities have already. */
  async addEntries(securityNamespaceId: string, token: string, entries: readonly AccessControlEntry[]): Promise<void> {
    await this.http.json(
      {
        method: 'POST',
        route: 'accessControlEntries',
        parameters: { securityNamespaceId },
        json: { token, merge: true, accessControlEntries: entries.map((each) => ({ ...each })) },
        purpose: `grant permissions for ${token}`,
        repeatable: true,
      },
      listOf(accessControlEntry),
    );
  }

  /** Who has which role for a resource, such as `distributedtask.environmentreferencerole` for an environment. */
  roleAssignments(scopeId: string, resourceId: string): Promise<readonly RoleAssignment[]> {
    return this.http.list(
      {
        method: 'GET',
        route: 'roleAssignments',
        parameters: { scopeId, resourceId },
        purpose: `read the roles for ${resourceId}`,
      },
      roleAssignment,
    );
  }

  /** Assigns roles; the roles of other identities stay. */
  async assignRoles(
    scopeId: string,
    resourceId: string,
    roles: readonly { readonly userId: string; readonly roleName: string }[],
  ): Promise<void> {
    await this.http.json(
      {
        method: 'PUT',
        route: 'roleAssignments',
        parameters: { scopeId, resourceId },
        json: roles.map((role) => ({ ...role })),
        purpose: `assign roles for ${resourceId}`,
        repeatable: true,
      },
      listOf(roleAssignment),
    );
  }
}

const evaluationBatch = shape.object({
  evaluations: shape.list(shape.object({ token: shape.text, permissions: shape.number, value: shape.boolean })),
});

const accessControlEntry = shape.object({
  descriptor: shape.nonEmptyText,
  allow: shape.mapped(shape.maybe(shape.number), (bits) => bits ?? 0),
  deny: shape.mapped(shape.maybe(shape.number), (bits) => bits ?? 0),
});

const accessControlLists = listOf(
  shape.object({
    token: shape.text,
    acesDictionary: shape.mapped(shape.maybe(shape.mapOf(accessControlEntry)), (entries) => entries ?? {}),
  }),
);

const roleAssignment = shape.object({
  identity: shape.object({ id: shape.nonEmptyText, displayName: shape.shown }),
  role: shape.object({ name: shape.nonEmptyText }),
  /** `assigned` or `inherited`. */
  access: shape.shown,
});
