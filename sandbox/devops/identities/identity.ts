/** A user, a group or a service: whoever can have permissions. */
export interface Identity {
  /** The storage key, by which policies, checks and teams name an identity. */
  readonly id: string;
  readonly kind: 'user' | 'group' | 'servicePrincipal' | 'service';
  /** The identity descriptor, by which access control lists name it. */
  readonly descriptor: string;
  /** By which the Graph API names it. */
  readonly subjectDescriptor: string;
  displayName: string;
  description: string;
  /** The address that a user signs in with, `[scope]\name` of a group, the application id of a service principal. */
  principalName: string;
  readonly mailAddress: string | null;
  /** The tenant of a user, the URI of the project or organisation of a group. */
  readonly domain: string;
  /** `aad` for what comes from Microsoft Entra ID, `vsts` for groups of the organisation. */
  readonly origin: 'aad' | 'vsts';
  /** The object id at Entra, or the storage key. */
  readonly originId: string;
  /** Of a group that belongs to a project. */
  readonly projectId?: string;
  readonly isTeam?: boolean;
  /** When it came into the organisation, in epoch milliseconds. */
  readonly createdAt: number;
}

/** What is shown of an identity in an error: the domain and the account of a service, the name of anybody else. */
export const accountOf = (identity: Identity): string =>
  identity.kind === 'service' ? `${identity.domain}\\${identity.principalName}` : identity.principalName;
