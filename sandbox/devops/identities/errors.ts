import { exception, OrganizationError } from '../organizationError';

const graph = 'Microsoft.VisualStudio.Services.Graph';

export const subjectNotFound = (text: string) =>
  exception(
    404,
    `${graph}.GraphSubjectNotFoundException`,
    `VS860016: Could not find graph subject with descriptor '${text}'.`,
  );

export const groupExists = (name: string) =>
  exception(
    409,
    `${graph}.GroupCreationException`,
    `TF50316: The following name is already in use: ${name}. Names of groups must be unique in their scope.`,
  );

export const membershipNotFound = (member: string, container: string) =>
  exception(
    404,
    `${graph}.GraphMembershipNotFoundException`,
    `VS860021: The subject '${member}' is not a member of '${container}'.`,
  );

export const directoryObjectNotFound = (text: string) =>
  exception(
    404,
    'Microsoft.VisualStudio.Services.Directories.DirectoryServiceException',
    `VS403283: Could not find '${text}' in Microsoft Entra ID.`,
  );

export const identityNotFound = (id: string) =>
  exception(
    404,
    'Microsoft.VisualStudio.Services.Identity.IdentityNotFoundException',
    `VS403218: The identity with id '${id}' could not be found.`,
  );

export const namespaceNotFound = (id: string) =>
  exception(
    404,
    'Microsoft.VisualStudio.Services.Security.InvalidSecurityNamespaceException',
    `Security namespace ${id} does not exist.`,
  );

/** Of the web server, for a query string that is too long: clients that name 50 descriptors at once report it. */
export const queryTooLong = () =>
  new OrganizationError(414, 'RequestUriTooLong', 'The request URI is too long.', 'Request-URI Too Long', {
    contentType: 'text/html',
  });
