import { ApiError, doesNotExist, invalidParameter } from './apiError';
import { isApplicationId } from './identities';
import { isJsonObject, type Json, type JsonObject, objectsOf, textOf } from './json';
import type { Router } from './router';

/** One entry of an access control list, as it is sent. */
export type AccessControl = JsonObject;

interface Securable {
  /** In `object_type` and in messages: `job`. */
  readonly type: string;
  readonly levels: readonly string[];
  /** What the creator has. */
  readonly creatorLevel: string;
}

/** The permission levels of the Databricks documentation ("Access control lists"). */
const securables: Readonly<Record<string, Securable>> = {
  jobs: { type: 'job', levels: ['CAN_VIEW', 'CAN_MANAGE_RUN', 'IS_OWNER', 'CAN_MANAGE'], creatorLevel: 'IS_OWNER' },
  clusters: { type: 'cluster', levels: ['CAN_ATTACH_TO', 'CAN_RESTART', 'CAN_MANAGE'], creatorLevel: 'CAN_MANAGE' },
  'instance-pools': { type: 'instance-pool', levels: ['CAN_ATTACH_TO', 'CAN_MANAGE'], creatorLevel: 'CAN_MANAGE' },
  'cluster-policies': { type: 'cluster-policy', levels: ['CAN_USE'], creatorLevel: 'CAN_USE' },
};

const principals = ['user_name', 'group_name', 'service_principal_name'] as const;

/** Who created an object. @throws ApiError when there is no such object */
export type CreatorOf = (id: string) => string;

/** The direct permissions of jobs, clusters, pools and policies. Nobody is kept out: every user is an admin. */
export class Permissions {
  /** By `jobs/123`. Absent: only the creator has one. */
  readonly #lists = new Map<string, readonly AccessControl[]>();

  constructor(
    private readonly creators: Readonly<Record<string, CreatorOf>>,
    private readonly changed: () => void,
  ) {}

  /** The direct entries. @throws ApiError when there is no such object */
  get(kind: string, id: string): readonly AccessControl[] {
    const { creatorLevel } = securableOf(kind);
    const creator = this.#creator(kind, id);
    const principal = isApplicationId(creator) ? 'service_principal_name' : 'user_name';
    return this.#lists.get(`${kind}/${id}`) ?? [{ [principal]: creator, permission_level: creatorLevel }];
  }

  /** Replaces all direct entries. @throws ApiError for an entry that can't be, or a job without exactly one owner */
  set(kind: string, id: string, entries: readonly AccessControl[]): void {
    const { type, levels } = securableOf(kind);
    this.#creator(kind, id);
    for (const entry of entries) {
      const named = principals.filter((name) => entry[name] !== undefined);
      if (named.length !== 1) throw invalidParameter(`Exactly one of ${principals.join(', ')} must be specified`);
      if (!levels.includes(textOf(entry.permission_level) ?? ''))
        throw invalidParameter(
          `Permission level must be one of ${levels.join(', ')} for ${type}, got ${textOf(entry.permission_level) ?? 'none'}`,
        );
      if (entry.permission_level === 'IS_OWNER' && entry.group_name !== undefined)
        throw invalidParameter(`Groups can not be the owner of a ${type}`);
    }
    // databricks/cli issue 3849.
    if (levels.includes('IS_OWNER') && entries.filter((entry) => entry.permission_level === 'IS_OWNER').length !== 1)
      throw invalidParameter(`The ${type} must have exactly one owner.`);
    this.#lists.set(`${kind}/${id}`, entries);
    this.changed();
  }

  /** Adds entries; those of the same principal are replaced, and a new owner takes the place of the old one. */
  update(kind: string, id: string, entries: readonly AccessControl[]): void {
    const isNewOwner = entries.some((entry) => entry.permission_level === 'IS_OWNER');
    const kept = this.get(kind, id).filter(
      (entry) =>
        !entries.some((other) => principalOf(other) === principalOf(entry)) &&
        !(isNewOwner && entry.permission_level === 'IS_OWNER'),
    );
    this.set(kind, id, [...kept, ...entries]);
  }

  get saved(): JsonObject {
    return Object.fromEntries(this.#lists);
  }

  restore(saved: JsonObject): void {
    for (const [object, entries] of Object.entries(saved)) this.#lists.set(object, objectsOf(entries));
  }

  #creator(kind: string, id: string): string {
    const creatorOf = this.creators[kind];
    try {
      if (creatorOf) return creatorOf(id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
    throw doesNotExist(`${securableOf(kind).type} ${id} does not exist.`);
  }
}

function securableOf(kind: string): Securable {
  const securable = securables[kind];
  if (!securable) throw invalidParameter(`'${kind}' is not a supported object type`);
  return securable;
}

function principalOf(entry: AccessControl): string {
  const name = principals.find((candidate) => entry[candidate] !== undefined) ?? principals[0];
  return `${name} ${textOf(entry[name]) ?? ''}`;
}

/** Permissions API 2.0 (https://docs.databricks.com/api/workspace/permissions). */
export function addPermissionRoutes(router: Router, permissions: Permissions): void {
  const path = '/api/2.0/permissions/*';
  const partsOf = (rest: string): [string, string] => {
    const [kind = '', id = ''] = rest.split('/');
    return [kind, decodeURIComponent(id)];
  };
  const view = (kind: string, id: string): JsonObject => ({
    object_id: `/${kind}/${id}`,
    object_type: securableOf(kind).type,
    access_control_list: [...permissions.get(kind, id).map(viewEntry), admins(kind)],
  });

  router.add('GET', path, ({ rest }) => {
    const [kind, id] = partsOf(rest);
    permissions.get(kind, id);
    if (rest.endsWith('/permissionLevels'))
      return {
        permission_levels: securableOf(kind).levels.map((level) => ({ permission_level: level, description: level })),
      };
    return view(kind, id);
  });
  router.add('PUT', path, ({ rest, json }) => {
    const [kind, id] = partsOf(rest);
    permissions.set(kind, id, entriesOf(json.access_control_list));
    return view(kind, id);
  });
  router.add('PATCH', path, ({ rest, json }) => {
    const [kind, id] = partsOf(rest);
    permissions.update(kind, id, entriesOf(json.access_control_list));
    return view(kind, id);
  });
}

/** @throws ApiError when it is not a list of objects */
export function entriesOf(value: Json): readonly AccessControl[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !(value as readonly Json[]).every(isJsonObject))
    throw invalidParameter('access_control_list must be a list of objects');
  return value as readonly JsonObject[];
}

function viewEntry({ permission_level: level, ...principal }: AccessControl): JsonObject {
  return {
    ...principal,
    ...(principal.user_name !== undefined && { display_name: principal.user_name }),
    all_permissions: [{ permission_level: level, inherited: false }],
  };
}

/** Admins manage everything, by inheritance. */
const admins = (kind: string): JsonObject => ({
  group_name: 'admins',
  all_permissions: [
    {
      permission_level: securableOf(kind).levels.at(-1),
      inherited: true,
      inherited_from_object: [`/${kind}/`],
    },
  ],
});
