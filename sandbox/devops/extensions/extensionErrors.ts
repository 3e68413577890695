import { exception } from '../organizationError';

const extensionManagement = 'Microsoft.VisualStudio.Services.ExtensionManagement.WebApi';

export const extensionNotInstalled = (publisher: string, extension: string) =>
  exception(
    404,
    `${extensionManagement}.InstalledExtensionNotFoundException`,
    `The extension ${publisher}.${extension} is not installed in this organization.`,
  );

export const collectionNotFound = (name: string) =>
  exception(
    404,
    `${extensionManagement}.DocumentCollectionDoesNotExistException`,
    `The collection ${name} does not exist.`,
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
