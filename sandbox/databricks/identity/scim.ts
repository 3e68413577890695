import { doesNotExist, invalidParameter } from '../apiError';
import { type JsonObject, textOf } from '../json';
import type { ApiRequest, Router, User } from '../router';
import { type Identities, isApplicationId } from './identities';

const base = '/api/2.0/preview/scim/v2';
const schemaOf = (type: string): string => `urn:ietf:params:scim:schemas:core:2.0:${type}`;
const usersId = '1000000001';
const adminsId = '1000000002';

/**
 * Current user API (https://docs.databricks.com/api/workspace/currentuser/me), and the lists of users, groups and service
 * principals (https://docs.databricks.com/api/workspace/users/list), which clients look up names in.
 */
export function addScimRoutes(router: Router, identities: Identities): void {
  router.add('GET', `${base}/Me`, ({ user }) => ({
    ...viewUser(user),
    schemas: [schemaOf('User'), 'urn:ietf:params:scim:schemas:extension:workspace:2.0:User'],
    groups: [
      { display: 'users', type: 'direct', value: usersId, $ref: `Groups/${usersId}` },
      ...(user.isAdmin ? [{ display: 'admins', type: 'direct', value: adminsId, $ref: `Groups/${adminsId}` }] : []),
    ],
    entitlements: [{ value: 'workspace-access' }],
  }));
  const lists: Readonly<Record<string, () => readonly JsonObject[]>> = {
    Users: () => people(identities).map(viewUser),
    ServicePrincipals: () => identities.users().filter(isPrincipal).map(viewPrincipal),
    Groups: () => viewGroups(identities.users()),
  };
  for (const [name, list] of Object.entries(lists)) {
    router.add('GET', `${base}/${name}`, (request) => viewList(list(), request));
    router.add('GET', `${base}/${name}/*`, (request) => {
      const found = list().find(({ id }) => id === request.rest);
      if (!found) throw doesNotExist(`${name.slice(0, -1)} with id ${request.rest} not found.`);
      return found;
    });
  }
}

const isPrincipal = ({ userName }: User): boolean => isApplicationId(userName);
const people = (identities: Identities): readonly User[] => identities.users().filter((user) => !isPrincipal(user));

/** A service principal has no address. */
function viewUser({ id, userName, displayName }: User): JsonObject {
  return {
    schemas: [schemaOf('User')],
    id,
    userName,
    displayName,
    active: true,
    ...(!isApplicationId(userName) && { emails: [{ type: 'work', value: userName, primary: true }] }),
  };
}

function viewPrincipal({ id, userName, displayName }: User): JsonObject {
  return { schemas: [schemaOf('ServicePrincipal')], id, applicationId: userName, displayName, active: true };
}

/** The groups that every workspace has. */
function viewGroups(users: readonly User[]): readonly JsonObject[] {
  const view = (id: string, displayName: string, members: readonly User[]): JsonObject => ({
    schemas: [schemaOf('Group')],
    id,
    displayName,
    ...(members.length > 0 && {
      members: members.map((user) => ({ value: user.id, display: user.displayName, $ref: `Users/${user.id}` })),
    }),
    meta: { resourceType: 'WorkspaceGroup' },
  });
  return [
    view(usersId, 'users', users),
    view(
      adminsId,
      'admins',
      users.filter(({ isAdmin }) => isAdmin),
    ),
  ];
}

/** RFC 7644 3.4.2: `startIndex` is counted from 1. */
function viewList(all: readonly JsonObject[], request: ApiRequest): JsonObject {
  const found = all.filter(filterOf(request.text('filter')));
  const start = Math.max(request.integer('startIndex') ?? 1, 1);
  const items = found.slice(start - 1, start - 1 + (request.integer('count') ?? 100));
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: found.length,
    startIndex: start,
    itemsPerPage: items.length,
    ...(items.length > 0 && { Resources: items }),
  };
}

/** One comparison, such as `userName eq "ann@example.com"`; texts are compared without regard to case. */
function filterOf(text: string | undefined): (item: JsonObject) => boolean {
  if (!text) return () => true;
  const [, attribute = '', operator = '', quoted, bare = ''] =
    /^\s*(userName|displayName|applicationId|id)\s+(eq|co|sw)\s+(?:"([^"]*)"|(\S+))\s*$/i.exec(text) ?? [];
  if (attribute === '') throw invalidParameter(`Given filter operator is not supported: ${text}`);
  const wanted = (quoted ?? bare).toLowerCase();
  return (item) => {
    const name = Object.keys(item).find((key) => key.toLowerCase() === attribute.toLowerCase());
    const value = (textOf(name === undefined ? '' : item[name]) ?? '').toLowerCase();
    if (operator.toLowerCase() === 'eq') return value === wanted;
    return operator.toLowerCase() === 'sw' ? value.startsWith(wanted) : value.includes(wanted);
  };
}
