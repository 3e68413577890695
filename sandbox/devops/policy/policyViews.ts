import type { OrganizationState } from '../organizationState';
import { identityReference } from './identityReference';
import { settingsView } from './policySettings';
import type { PolicyConfiguration } from './policyStore';
import type { PolicyType } from './policyTypes';

export function configurationView(organization: OrganizationState, configuration: PolicyConfiguration) {
  const { id, projectId, type, revision, isEnabled, isBlocking, settings, createdById, createdAt } = configuration;
  const self = organization.url(`${projectId}/_apis/policy/configurations/${id}`);
  return {
    createdBy: identityReference(organization, createdById),
    createdDate: organization.time(createdAt),
    isEnabled,
    isBlocking,
    isDeleted: false,
    settings: settingsView(settings),
    isEnterpriseManaged: false,
    _links: { self: { href: self }, policyType: { href: typeUrl(organization, projectId, type) } },
    revision,
    id,
    url: self,
    type: { id: type.id, url: typeUrl(organization, projectId, type), displayName: type.displayName },
  };
}

const typeUrl = (organization: OrganizationState, projectId: string, { id }: PolicyType) =>
  organization.url(`${projectId}/_apis/policy/types/${id}`);

export function typeView(organization: OrganizationState, projectId: string, type: PolicyType) {
  const { id, displayName, description } = type;
  const url = typeUrl(organization, projectId, type);
  return { description, _links: { self: { href: url } }, id, url, displayName };
}
