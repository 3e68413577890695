import { exception } from '../organizationError';

const extensionManagement = 'Microsoft.VisualStudio.Services.ExtensionManagement.WebApi';

/** The number is as in azure-devops-node-api issue 162. */
export const extensionNotInstalled = (publisher: string, extension: string) =>
  exception(
    404,
    `${extensionManagement}.InstalledExtensionNotFoundException`,
    `%error="1660004";%:The extension ${publisher}.${extension} is not installed in this organization.`,
  );

/** The number is as in azure-boards-estimate issue 68. */
export const collectionNotFound = (name: string) =>
  exception(
    404,
    `${extensionManagement}.DocumentCollectionDoesNotExistException`,
    `%error="1660002";%:The collection ${name} does not exist.`,
  );

export const documentNotFound = (id: string) =>
  exception(404, `${extensionManagement}.DocumentDoesNotExistException`, `The document ${id} does not exist.`);

export const documentExists = (id: string) =>
  exception(400, `${extensionManagement}.DocumentExistsException`, `The document ${id} already exists.`);

export const documentStale = (id: string) =>
  exception(
    400,
    `${extensionManagement}.InvalidDocumentVersionException`,
    `The version of the document ${id} does not match the current version.`,
  );

export const documentTooLarge = (limit: number) =>
  exception(
    400,
    `${extensionManagement}.MaximumDocumentSizeException`,
    `Document size cannot be larger than ${limit}B`,
  );
