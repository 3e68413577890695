import type { Caller } from '../identities/caller';
import type { Identity } from '../identities/identity';
import { namespaceIds } from '../identities/namespaces';
import type { OrganizationState } from '../organizationState';

/** The kinds of resource that pipelines need a permission for, as routes and bodies name them. */
export const resourceTypes = ['endpoint', 'environment', 'queue', 'repository', 'securefile', 'variablegroup'] as const;

export type ResourceType = (typeof resourceTypes)[number];

/** A resource that pipelines need a permission for; a repository's id is `{projectId}.{repositoryId}`. */
export interface ProtectedResource {
  readonly type: ResourceType;
  readonly id: string;
}

/** As the service compares them. */
export const resourceKey = ({ type, id }: ProtectedResource): string => `${type}:${id.toLowerCase()}`;

/** Any spelling, such as `variableGroup`; undefined for another word. */
export const resourceTypeOf = (text: string): ResourceType | undefined =>
  resourceTypes.find((type) => type === text.toLowerCase());

interface Protection {
  readonly namespaceId: string;
  readonly token: (projectId: string, id?: string) => string;
  /** What somebody needs to let pipelines use it, and to change its checks. */
  readonly administer: number;
  readonly use: number;
  readonly view: number;
  /** All bits of whoever created it. */
  readonly owner: number;
}

/** Bits and tokens: https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference */
const protections: Readonly<Partial<Record<ResourceType, Protection>>> = {
  variablegroup: {
    namespaceId: namespaceIds.library,
    token: (projectId, id) => `Library/${projectId}${id === undefined ? '' : `/VariableGroup/${id}`}`,
    administer: 2,
    use: 16,
    view: 1,
    owner: 31,
  },
  environment: {
    namespaceId: namespaceIds.environment,
    token: (projectId, id) => `Environments/${projectId}${id === undefined ? '' : `/${id}`}`,
    administer: 8,
    use: 16,
    view: 1,
    owner: 27,
  },
  endpoint: {
    namespaceId: namespaceIds.serviceEndpoints,
    token: (projectId, id) => `endpoints/${projectId}${id === undefined ? '' : `/${id}`}`,
    administer: 2,
    use: 1,
    view: 16,
    owner: 19,
  },
};

export function protectionOf(type: 'variablegroup' | 'environment' | 'endpoint'): Protection {
  const found = protections[type];
  if (!found) throw new Error(`There is no protection for ${type}.`);
  return found;
}

/** Whether a caller may let pipelines use a resource, and change its checks. Queues and repositories: who may edit pipelines. */
export function mayAdminister(caller: Caller, projectId: string, { type, id }: ProtectedResource): boolean {
  const protection = protections[type];
  return protection
    ? caller.may(protection.namespaceId, protection.token(projectId, id), protection.administer)
    : caller.may(namespaceIds.build, projectId, editPipelines);
}

/** Whether somebody sees a resource. Queues and repositories: everybody does. */
export function isSeenBy(
  { security }: OrganizationState,
  identity: Identity,
  projectId: string,
  { type, id }: ProtectedResource,
): boolean {
  const protection = protections[type];
  return (
    !protection || security.allows(identity, protection.namespaceId, protection.token(projectId, id), protection.view)
  );
}

/** The bit `EditBuildDefinition` of the namespace of pipelines. */
const editPipelines = 2048;

/** Gives all bits of a new resource to whoever created it. */
export function grantToCreator(
  { security }: OrganizationState,
  caller: Caller,
  type: 'variablegroup' | 'environment' | 'endpoint',
  projectId: string,
  id: string,
): void {
  const { namespaceId, token, owner } = protectionOf(type);
  security.set(namespaceId, token(projectId, id), caller.identity.descriptor, { allow: owner, deny: 0 });
}
