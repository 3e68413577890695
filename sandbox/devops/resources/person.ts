import type { OrganizationState } from '../organizationState';

/** An identity as most resources show it; one that is gone has only its id. */
export function personView(state: OrganizationState, id: string): object {
  const identity = state.identities.byId(id);
  if (!identity) return { id };
  const avatar = state.url(`_apis/GraphProfile/MemberAvatars/${identity.subjectDescriptor}`);
  return {
    displayName: identity.displayName,
    url: state.url(`_apis/Identities/${identity.id}`, 'vssps'),
    _links: { avatar: { href: avatar } },
    id: identity.id,
    uniqueName: identity.principalName,
    imageUrl: avatar,
    descriptor: identity.subjectDescriptor,
  };
}
