import { ApiError, doesNotExist, invalidParameter } from './apiError';
import { isApplicationId } from './identity/identities';
import { isJsonObject, type Json, type JsonObject, objectsOf, textOf } from './json';
import type { ApiRequest, Router, User } from './router';

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
  // Their permissions are not enforced. Folders below /Shared are everybody's to manage.
  directories: {
    type: 'directory',
    levels: ['CAN_READ', 'CAN_RUN', 'CAN_EDIT', 'CAN_MANAGE'],
    creatorLevel: 'CAN_MANAGE',
  },
  'serving-endpoints': {
    type: 'serving-endpoint',
    levels: ['CAN_VIEW', 'CAN_QUERY', 'CAN_MANAGE'],
    creatorLevel: 'CAN_MANAGE',
  },
};

/** The group of all users. */
export const everybody = 'users';

const principals = ['user_name', 'group_name', 'service_principal_name'] as const;

/** Levels that give a right on a job, and how messages name them (`libs/testserver` of databricks/cli). */
const jobRights = {
  view: {
    levels: ['CAN_VIEW', 'CAN_MANAGE_RUN', 'IS_OWNER', 'CAN_MANAGE'],
    said: 'View or Admin or Manage Run or Owner',
  },
  run: { levels: ['CAN_MANAGE_RUN', 'IS_OWNER', 'CAN_MANAGE'], said: 'Manage Run or Owner or Admin' },
  manage: { levels: ['IS_OWNER', 'CAN_MANAGE'], said: 'Admin or Owner' },
};

export type JobRight = keyof typeof jobRights;

/** Who created an object. @throws ApiError when there is no such object */
export type CreatorOf = (id: string) => string;

/**
 * The direct permissions of jobs, clusters, pools, policies, workspace folders and serving endpoints. Those of jobs and serving endpoints are
 * enforced, for users who are not admins.
 */
export class Permissions {
  /** By `jobs/123`. Absent: only the creator has one. */
  readonly #lists = new Map<string, readonly AccessControl[]>();

  constructor(
    private readonly creators: Readonly<Record<string, CreatorOf>>,
    /** Becomes the owner of a job whose owner loses it. */
    private readonly admin: string,
    private readonly changed: () => void,
  ) {}

  /** The direct entries. @throws ApiError when there is no such object */
  get(kind: string, id: string): readonly AccessControl[] {
    const { creatorLevel } = securableOf(kind);
    const creator = this.#creator(kind, id);
    return this.#lists.get(`${kind}/${id}`) ?? [ownerEntry(creator, creatorLevel)];
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

  /** Takes all direct entries of a user or service principal. Admins keep every permission all the same. */
  revoke(kind: string, id: string, userName: string): void {
    const kept = this.get(kind, id).filter((entry) => !names(entry, userName));
    const isOwned = kept.some((entry) => entry.permission_level === 'IS_OWNER');
    const owner = { user_name: this.admin, permission_level: 'IS_OWNER' };
    this.set(kind, id, kind === 'jobs' && !isOwned ? [...kept, owner] : kept);
  }

  /** Whether the user has a right on a job, which may have been deleted or stand for a one-time run. */
  hasJobRight(user: User, { id, creator }: OwnedJob, right: JobRight): boolean {
    if (user.isAdmin) return true;
    const entries = this.#lists.get(`jobs/${id}`) ?? [ownerEntry(creator, 'IS_OWNER')];
    return grants(entries, user, jobRights[right].levels);
  }

  /** Whether the user has one of the levels on an object. @throws ApiError when there is no such object */
  allows(user: User, kind: string, id: string, levels: readonly string[]): boolean {
    return user.isAdmin || grants(this.get(kind, id), user, levels);
  }

  /** The job. @throws ApiError 403 when the user does not have the right on it */
  checked<Kind extends OwnedJob>(user: User, job: Kind, right: JobRight): Kind {
    if (!this.hasJobRight(user, job, right))
      throw permissionDenied(
        `User ${user.userName} does not have ${jobRights[right].said} permissions on job ${job.id}`,
      );
    return job;
  }

  /** @throws ApiError when there is no such object, or its permissions are not the user's to see */
  checkManages(user: User, kind: string, id: string): void {
    this.get(kind, id);
    if (kind === 'jobs' && !this.hasJobRight(user, { id, creator: this.#creator(kind, id) }, 'manage'))
      throw permissionDenied(
        `${user.userName} does not have Manage permissions on Job with ID: ElasticJobId(${id}). ` +
          'Please contact the owner or an administrator for access.',
      );
    // The text is an assumption.
    if (kind === 'serving-endpoints' && !this.allows(user, kind, id, ['CAN_MANAGE']))
      throw permissionDenied(`User does not have permission 'Manage' on Endpoint ${id}`);
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

/** A job as the owner of its permissions. */
export interface OwnedJob {
  readonly id: string;
  readonly creator: string;
}

function ownerEntry(creator: string, level: string): AccessControl {
  if (creator === everybody) return { group_name: everybody, permission_level: level };
  return { [isApplicationId(creator) ? 'service_principal_name' : 'user_name']: creator, permission_level: level };
}

function grants(entries: readonly AccessControl[], user: User, levels: readonly string[]): boolean {
  return entries.some(
    (entry) =>
      (names(entry, user.userName) || entry.group_name === everybody) &&
      levels.includes(textOf(entry.permission_level) ?? ''),
  );
}

const names = (entry: AccessControl, userName: string) =>
  entry.user_name === userName || entry.service_principal_name === userName;

const permissionDenied = (message: string) => new ApiError(403, 'PERMISSION_DENIED', message);

function principalOf(entry: AccessControl): string {
  const name = principals.find((candidate) => entry[candidate] !== undefined) ?? principals[0];
  return `${name} ${textOf(entry[name]) ?? ''}`;
}

/** Permissions API 2.0 (https://docs.databricks.com/api/workspace/permissions). */
export function addPermissionRoutes(router: Router, permissions: Permissions): void {
  const path = '/api/2.0/permissions/*';
  const read = ({ rest, user }: ApiRequest): [string, string] => {
    const [kind = '', encodedId = ''] = rest.split('/');
    const id = decodeURIComponent(encodedId);
    permissions.checkManages(user, kind, id);
    return [kind, id];
  };
  const view = (kind: string, id: string): JsonObject => ({
    object_id: `/${kind}/${id}`,
    object_type: securableOf(kind).type,
    access_control_list: [...permissions.get(kind, id).map(viewEntry), admins(kind)],
  });

  router.add('GET', path, (request) => {
    const [kind, id] = read(request);
    if (request.rest.endsWith('/permissionLevels'))
      return {
        permission_levels: securableOf(kind).levels.map((level) => ({ permission_level: level, description: level })),
      };
    return view(kind, id);
  });
  router.add('PUT', path, (request) => {
    const [kind, id] = read(request);
    permissions.set(kind, id, entriesOf(request.json.access_control_list));
    return view(kind, id);
  });
  router.add('PATCH', path, (request) => {
    const [kind, id] = read(request);
    permissions.update(kind, id, entriesOf(request.json.access_control_list));
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
