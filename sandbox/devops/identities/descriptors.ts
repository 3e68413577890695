import { createHash } from 'node:crypto';

/** Of the groups of Azure DevOps, `S-1-9-1551374245-…`. */
const groupAuthority = 'S-1-9-1551374245';

/** Four numbers that are always the same for a text. */
function numbersOf(text: string): string {
  const digest = createHash('sha256').update(text).digest();
  return [0, 4, 8, 12].map((at) => digest.readUInt32BE(at)).join('-');
}

/** The SID of a group that somebody makes in a scope (a project, or the organisation). */
export const groupSid = (scopeId: string, id: string) => `${groupAuthority}-${numbersOf(scopeId)}-1-${numbersOf(id)}`;

/** The SID of one of the groups that every scope has. */
export const wellKnownSid = (scopeId: string, number: string) => `${groupAuthority}-${numbersOf(scopeId)}-${number}`;

export const encodeSubject = (kind: string, value: string) => `${kind}.${Buffer.from(value).toString('base64url')}`;

export const groupDescriptors = (sid: string) => ({
  descriptor: `Microsoft.TeamFoundation.Identity;${sid}`,
  subjectDescriptor: encodeSubject('vssgp', sid),
});

/** Of a group of Entra, whose SID is made of its object id. */
export function entraGroupDescriptors(objectId: string) {
  const sid = `S-1-9-1551374245-1204400969-2402986413-2179408616-3-${numbersOf(objectId)}`;
  return {
    descriptor: `Microsoft.TeamFoundation.Identity;${sid}`,
    subjectDescriptor: encodeSubject('aadgp', sid),
  };
}

export const entraUserDescriptors = (tenantId: string, principalName: string, id: string) => ({
  descriptor: `Microsoft.IdentityModel.Claims.ClaimsIdentity;${tenantId}\\${principalName}`,
  subjectDescriptor: encodeSubject('aad', id),
});

export const servicePrincipalDescriptors = (tenantId: string, objectId: string, id: string) => ({
  descriptor: `Microsoft.VisualStudio.Services.Claims.AadServicePrincipal;${tenantId}\\${objectId}`,
  subjectDescriptor: encodeSubject('aadsp', id),
});

/** Of a build service: that of a project, or of the collection. */
export const buildServiceDescriptors = (hostId: string, scopeId: string) => ({
  descriptor: `Microsoft.TeamFoundation.ServiceIdentity;${hostId}:Build:${scopeId}`,
  subjectDescriptor: encodeSubject('svc', `${hostId}:Build:${scopeId}`),
});

/** The subject of a project in the Graph API, by which groups of the project are listed and made. */
export const scopeDescriptor = (scopeId: string) => encodeSubject('scp', scopeId);
