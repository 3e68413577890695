import { namespaceIds } from './identities/namespaces';
import { exception, type OrganizationError } from './organizationError';

export interface MissingPermission {
  /** Domain and account of a service, else the name that it signs in with. */
  readonly account: string;
  readonly displayName: string;
  readonly id: string;
  readonly permission: string;
  readonly subject: string;
}

type PermissionError = (missing: MissingPermission) => OrganizationError;

const accessDenied = 'Microsoft.TeamFoundation.Framework.Server.AccessCheckException';

/** The errors of the namespaces; each has a text of its own. */
const errors: Readonly<Record<string, PermissionError>> = {
  [namespaceIds.git]: ({ account, permission, subject }) =>
    exception(
      403,
      'Microsoft.TeamFoundation.Git.Server.GitNeedsPermissionException',
      `TF401027: You need the Git '${permission}' permission to perform this action. Details: identity '${account}', scope '${subject}'.`,
    ),
  [namespaceIds.build]: ({ displayName, permission, subject }) =>
    exception(
      403,
      'Microsoft.TeamFoundation.Build.WebApi.AccessDeniedException',
      `TF215106: Access denied. ${displayName} needs ${permission} permissions for ${subject} to perform the action. For more information, contact the Azure DevOps administrator.`,
    ),
  [namespaceIds.environment]: ({ displayName, permission }) =>
    exception(
      403,
      'Microsoft.TeamFoundation.DistributedTask.WebApi.AccessDeniedException',
      `Access denied. ${displayName} needs ${permission} permissions to perform the action. For more information, contact the Azure DevOps Server administrator.`,
    ),
};

/** The text of most services. */
const generic: PermissionError = ({ displayName, id, permission, subject }) =>
  exception(
    403,
    accessDenied,
    `TF50309: The following account does not have sufficient permissions to complete the operation: ${displayName} (${id}). The following permissions are needed to perform this operation: ${permission} on ${subject}.`,
  );

export const permissionMissing = (namespaceId: string, missing: MissingPermission): OrganizationError =>
  (errors[namespaceId.toLowerCase()] ?? generic)(missing);
