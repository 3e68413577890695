import type { OrganizationState } from '../organizationState';
import type { Identity } from './identity';

const property = (type: string, value: unknown) => ({ $type: `System.${type}`, $value: value });
const text = (value: string) => property('String', value);

export interface MembershipView {
  readonly members: readonly string[];
  readonly memberOf: readonly string[];
  readonly memberIds?: readonly string[];
}

const noMembership = { members: [], memberOf: [] };

/** As the identity service shows somebody. */
export function identityView(
  organization: OrganizationState,
  identity: Identity,
  membership: MembershipView = { ...noMembership, memberIds: [] },
): object {
  const isGroup = identity.kind === 'group';
  return {
    id: identity.id,
    descriptor: identity.descriptor,
    subjectDescriptor: identity.subjectDescriptor,
    providerDisplayName: isGroup ? identity.principalName : identity.displayName,
    ...(!isGroup && { customDisplayName: identity.displayName }),
    isActive: true,
    ...(isGroup && { isContainer: true }),
    ...membership,
    ...(isGroup && { masterId: identity.id }),
    properties: isGroup ? groupProperties(organization, identity) : userProperties(organization, identity),
    resourceVersion: 2,
    metaTypeId: isGroup ? 255 : identity.kind === 'servicePrincipal' ? 2 : 0,
  };
}

/** As the answers about a team show its group. */
export const teamIdentityView = (organization: OrganizationState, identity: Identity): object =>
  identityView(organization, identity, noMembership);

function groupProperties(organization: OrganizationState, identity: Identity): object {
  const project = identity.projectId === undefined ? undefined : organization.projects.find(identity.projectId);
  return {
    ...(identity.isTeam && { 'Microsoft.TeamFoundation.Team': property('Boolean', true) }),
    SchemaClassName: text('Group'),
    Description: text(identity.description),
    Domain: text(identity.domain),
    Account: text(identity.displayName),
    SecurityGroup: text('SecurityGroup'),
    SpecialType: text('Generic'),
    ScopeId: text(project?.scopeId ?? organization.collectionId),
    ScopeType: text(project ? 'TeamProject' : 'ServiceHost'),
    LocalScopeId: text(project?.id ?? organization.collectionId),
    SecuringHostId: text(organization.collectionId),
    ScopeName: text(project?.name ?? organization.name),
    VirtualPlugin: text(''),
  };
}

function userProperties(organization: OrganizationState, identity: Identity): object {
  const { principalName, mailAddress, createdAt } = identity;
  const since = `${organization.time(createdAt).slice(0, 19)}Z`;
  return {
    SchemaClassName: text('User'),
    Description: text(''),
    Domain: text(identity.domain),
    Account: text(principalName),
    DN: text(''),
    Mail: text(mailAddress ?? ''),
    SpecialType: text('Generic'),
    PUID: text('aad:'),
    ComplianceValidated: property('DateTime', since),
    ...(identity.origin === 'aad' && {
      'http://schemas.microsoft.com/identity/claims/objectidentifier': text(identity.originId),
    }),
    MetadataUpdateDate: property('DateTime', since),
    DirectoryAlias: text(aliasOf(identity)),
  };
}

/** The part of an address before the `@`. */
export const aliasOf = ({ principalName }: Pick<Identity, 'principalName'>): string =>
  principalName.split('@')[0] ?? '';

/** As resources of all areas show who did something. */
export function identityReference(organization: OrganizationState, identity: Identity): object {
  const avatar = organization.url(`_apis/GraphProfile/MemberAvatars/${identity.subjectDescriptor}`);
  return {
    displayName: identity.kind === 'group' ? identity.principalName : identity.displayName,
    url: organization.url(`_apis/Identities/${identity.id}`, 'vssps'),
    _links: { avatar: { href: avatar } },
    id: identity.id,
    uniqueName:
      identity.kind === 'group'
        ? `vstfs:///Classification/TeamProject/${identity.projectId ?? ''}\\${identity.displayName}`
        : identity.principalName,
    imageUrl: avatar,
    ...(identity.kind === 'group' && { isContainer: true }),
    descriptor: identity.subjectDescriptor,
  };
}

const graphCollections = {
  user: 'Users',
  group: 'Groups',
  servicePrincipal: 'ServicePrincipals',
  service: 'Users',
};

export const graphUrl = (organization: OrganizationState, identity: Identity): string =>
  organization.url(`_apis/Graph/${graphCollections[identity.kind]}/${identity.subjectDescriptor}`, 'vssps');

/** As the Graph API shows somebody. */
export function graphView(organization: OrganizationState, identity: Identity): object {
  const { kind, subjectDescriptor: descriptor } = identity;
  const at = (collection: string) => ({ href: organization.url(`_apis/Graph/${collection}/${descriptor}`, 'vssps') });
  const isGroup = kind === 'group';
  return {
    subjectKind: kind === 'service' ? 'user' : kind,
    ...(isGroup && { description: identity.description }),
    ...(kind === 'user' && { metaType: 'member', directoryAlias: aliasOf(identity) }),
    ...(kind === 'servicePrincipal' && { applicationId: identity.principalName }),
    domain:
      isGroup && identity.origin === 'aad'
        ? `vstfs:///Framework/IdentityDomain/${organization.collectionId}`
        : identity.domain,
    principalName: identity.principalName,
    mailAddress: identity.mailAddress,
    origin: identity.origin,
    originId: identity.originId,
    displayName: identity.displayName,
    _links: {
      self: { href: graphUrl(organization, identity) },
      memberships: at('Memberships'),
      membershipState: at('MembershipStates'),
      storageKey: at('StorageKeys'),
      ...(!isGroup && {
        avatar: { href: organization.url(`_apis/GraphProfile/MemberAvatars/${descriptor}`) },
      }),
    },
    url: graphUrl(organization, identity),
    descriptor,
  };
}
