import { argumentInvalid } from '../organizationError';
import { flagAt, type JsonObject, listAt, numberAt, objectIn, requiredText, textAt } from '../rest/requestBody';
import { type DevopsRequest, listOf, location, ok, type Reply } from '../rest/route';
import type { Router } from '../rest/router';
import { identityNotFound, namespaceNotFound } from './errors';
import { findNamespace, type Namespace, namespaces } from './namespaces';
import { requirePermission } from './requirePermission';
import type { AccessList, Entry } from './security';

const released = (resourceVersion: number, minVersion = '1.0') => [resourceVersion, minVersion, '7.2', '7.1'] as const;
const security = (id: string, name: string, template: string, versions = released(1)) =>
  location(id, 'Security', name, template, versions);
const manage = 'vso.security_manage';

/** Namespaces of permissions, their access control lists, and what follows from them. */
export function addSecurityRoutes(router: Router): void {
  router.add({
    location: security(
      'ce7b9f95-fde9-4be8-a86d-83b366f0b87a',
      'SecurityNamespaces',
      '_apis/{resource}/{securityNamespaceId}',
    ),
    handlers: { GET: readNamespaces },
  });
  router.add({
    location: security(
      '18a2ad18-7571-46ae-bec7-0c7da1495885',
      'AccessControlLists',
      '_apis/{resource}/{securityNamespaceId}',
    ),
    handlers: { GET: readLists, POST: setLists, DELETE: removeLists },
    scopes: { POST: manage, DELETE: manage },
  });
  router.add({
    location: security(
      'ac08c8ff-4323-4b08-af90-bcd018d380ce',
      'AccessControlEntries',
      '_apis/{resource}/{securityNamespaceId}',
    ),
    handlers: { POST: setEntries, DELETE: removeEntries },
    scopes: { POST: manage, DELETE: manage },
  });
  router.add({
    location: security(
      'dd3b8bd6-c7fc-4cbd-929a-933d9c011c9d',
      'Permissions',
      '_apis/{resource}/{securityNamespaceId}/{permissions}',
      released(2),
    ),
    handlers: { GET: hasPermissions, DELETE: unsetPermissions },
    scopes: { DELETE: manage },
  });
  router.add({
    location: security(
      'cf1faa59-1b63-4448-bf04-13d981a46f5d',
      'PermissionEvaluationBatch',
      '_apis/{area}/{resource}',
      released(1, '3.0'),
    ),
    handlers: { POST: evaluateBatch },
  });
}

/** Types of the classes that know the tokens of a namespace; a client shows them only. */
function namespaceView(namespace: Namespace): object {
  const { id, name, displayName, separator, readPermission, writePermission, actions } = namespace;
  return {
    namespaceId: id,
    name,
    displayName,
    separatorValue: separator,
    elementLength: -1,
    writePermission,
    readPermission,
    dataspaceCategory: 'Default',
    actions: actions.map(([bit, action, shown]) => ({ bit, name: action, displayName: shown, namespaceId: id })),
    structureValue: 1,
    extensionType: `Microsoft.VisualStudio.Services.Security.${name.replaceAll(' ', '')}Extension`,
    isRemotable: true,
    useTokenTranslator: true,
    systemBitMask: 0,
  };
}

function readNamespaces({ parameters: { securityNamespaceId } }: DevopsRequest): Reply {
  if (securityNamespaceId === undefined) return listOf(namespaces.map(namespaceView));
  const found = findNamespace(securityNamespaceId);
  return listOf(found ? [namespaceView(found)] : []);
}

/** @throws OrganizationError */
function namespaceOf({ parameters: { securityNamespaceId = '' } }: DevopsRequest): Namespace {
  const namespace = findNamespace(securityNamespaceId);
  if (!namespace) throw namespaceNotFound(securityNamespaceId);
  return namespace;
}

const namesIn = (query: URLSearchParams, name: string): readonly string[] =>
  (query.get(name) ?? '').split(',').filter((text) => text !== '');

/** All lists, or that of a token and those below it; `descriptors` shows only entries of some identities. */
function readLists(request: DevopsRequest): Reply {
  const { organization, query } = request;
  const namespace = namespaceOf(request);
  const token = query.get('token');
  const descriptors = namesIn(query, 'descriptors').map((descriptor) => descriptor.toLowerCase());
  const includesExtendedInfo = query.get('includeExtendedInfo')?.toLowerCase() === 'true';
  const recurses = query.get('recurse')?.toLowerCase() === 'true';
  const lists = organization.security.lists(namespace.id).filter((list) => {
    if (token === null) return true;
    const [own, wanted] = [list.token.toLowerCase(), token.toLowerCase()];
    return own === wanted || (recurses && own.startsWith(wanted + namespace.separator));
  });
  const shown = lists.flatMap((list) => {
    const entries = [...list.entries].filter(
      ([descriptor]) => descriptors.length === 0 || descriptors.includes(descriptor.toLowerCase()),
    );
    if (entries.length === 0 && descriptors.length > 0 && token === null) return [];
    return [listView(request, namespace, list, entries, includesExtendedInfo)];
  });
  return listOf(shown);
}

function listView(
  { organization }: DevopsRequest,
  namespace: Namespace,
  { token, inheritsPermissions }: AccessList,
  entries: readonly (readonly [descriptor: string, entry: Entry])[],
  includesExtendedInfo: boolean,
): object {
  const shown = entries.map(([descriptor, { allow, deny }]) => {
    const entry = { descriptor, allow, deny };
    if (!includesExtendedInfo) return [descriptor, entry] as const;
    const identity = organization.identities.find(descriptor);
    const effective = identity && organization.security.effective(identity, namespace.id, token);
    return [descriptor, { ...entry, extendedInfo: effective ? extendedInfo(effective) : {} }] as const;
  });
  return {
    inheritPermissions: inheritsPermissions,
    token,
    acesDictionary: Object.fromEntries(shown),
    ...(includesExtendedInfo && { includeExtendedInfo: true }),
  };
}

/** Bits that are 0 are left out. */
function extendedInfo({ allow, deny }: Entry): object {
  return { ...(allow !== 0 && { effectiveAllow: allow }), ...(deny !== 0 && { effectiveDeny: deny }) };
}

function requireWrite(request: DevopsRequest, namespace: Namespace, token: string): void {
  requirePermission(request, namespace.id, token, namespace.writePermission, token);
}

interface GivenEntry extends Entry {
  readonly descriptor: string;
}

/** @throws OrganizationError for an identity that the organisation does not have */
function entryOf({ organization }: DevopsRequest, value: unknown): GivenEntry {
  const object = objectIn(value, 'accessControlEntries');
  const descriptor = requiredText(object, 'descriptor');
  const identity = organization.identities.find(descriptor);
  if (!identity) throw identityNotFound(descriptor);
  return {
    descriptor: identity.descriptor,
    allow: numberAt(object, 'allow') ?? 0,
    deny: numberAt(object, 'deny') ?? 0,
  };
}

function setEntries(request: DevopsRequest): Reply {
  const { organization, body } = request;
  const namespace = namespaceOf(request);
  const given = objectIn(body, 'container');
  const token = requiredText(given, 'token');
  requireWrite(request, namespace, token);
  const merges = flagAt(given, 'merge') ?? false;
  const entries = listAt(given, 'accessControlEntries').map((value) => entryOf(request, value));
  const written = entries.map(({ descriptor, ...entry }) => ({
    descriptor,
    ...organization.security.set(namespace.id, token, descriptor, entry, merges),
  }));
  return listOf(written);
}

function removeEntries(request: DevopsRequest): Reply {
  const { organization, query } = request;
  const namespace = namespaceOf(request);
  const token = query.get('token') ?? '';
  requireWrite(request, namespace, token);
  const removed = namesIn(query, 'descriptors').map((descriptor) =>
    organization.security.removeEntry(
      namespace.id,
      token,
      organization.identities.find(descriptor)?.descriptor ?? descriptor,
    ),
  );
  return ok(removed.includes(true));
}

/** Lists take the place of those that are there. */
function setLists(request: DevopsRequest): Reply {
  const { organization, body } = request;
  const namespace = namespaceOf(request);
  for (const value of listAt(objectIn(body, 'accessControlLists'), 'value')) {
    const given = objectIn(value, 'accessControlLists');
    const token = requiredText(given, 'token');
    requireWrite(request, namespace, token);
    const entries = Object.values(objectIn(given['acesDictionary'], 'acesDictionary')).map((entry) =>
      entryOf(request, entry),
    );
    organization.security.removeLists(namespace.id, token, false);
    organization.security.list(namespace.id, token).inheritsPermissions = flagAt(given, 'inheritPermissions') ?? true;
    for (const { descriptor, ...entry } of entries) organization.security.set(namespace.id, token, descriptor, entry);
  }
  return { status: 200 };
}

function removeLists(request: DevopsRequest): Reply {
  const { organization, query } = request;
  const namespace = namespaceOf(request);
  const recurses = query.get('recurse')?.toLowerCase() === 'true';
  const removed = namesIn(query, 'tokens').map((token) => {
    requireWrite(request, namespace, token);
    return organization.security.removeLists(namespace.id, token, recurses);
  });
  return ok(removed.includes(true));
}

/** Whether the caller has all bits at each token. */
function hasPermissions(request: DevopsRequest): Reply {
  const { caller, query } = request;
  const { id } = namespaceOf(request);
  const bits = bitsOf(request);
  const tokens = (query.get('tokens') ?? query.get('token') ?? '').split(query.get('delimiter') ?? ',');
  return listOf(tokens.map((token) => caller.may(id, token, bits)));
}

function bitsOf({ parameters: { permissions } }: DevopsRequest): number {
  const bits = Number(permissions);
  if (permissions === undefined || !Number.isInteger(bits))
    throw argumentInvalid('permissions', `The value '${permissions ?? ''}' is not a set of bits.`);
  return bits;
}

function unsetPermissions(request: DevopsRequest): Reply {
  const { organization, query } = request;
  const namespace = namespaceOf(request);
  const [token, descriptor] = [query.get('token') ?? '', query.get('descriptor') ?? ''];
  requireWrite(request, namespace, token);
  const identity = organization.identities.find(descriptor);
  if (!identity) throw identityNotFound(descriptor);
  const left = organization.security.unset(namespace.id, token, identity.descriptor, bitsOf(request));
  return ok({ descriptor: identity.descriptor, ...left });
}

/** What the caller may do, by the same lists that every other request is checked against. */
function evaluateBatch({ caller, body }: DevopsRequest): Reply {
  const given = objectIn(body, 'evalBatch');
  const evaluations = listAt(given, 'evaluations').map((value) => {
    const evaluation: JsonObject = objectIn(value, 'evaluations');
    const namespaceId = requiredText(evaluation, 'securityNamespaceId');
    if (!findNamespace(namespaceId)) throw namespaceNotFound(namespaceId);
    const token = textAt(evaluation, 'token') ?? '';
    const permissions = numberAt(evaluation, 'permissions') ?? 0;
    return {
      securityNamespaceId: namespaceId,
      token,
      permissions,
      value: caller.may(namespaceId, token, permissions),
    };
  });
  return ok({ alwaysAllowAdministrators: flagAt(given, 'alwaysAllowAdministrators') ?? false, evaluations });
}
