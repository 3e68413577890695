import { Collection, type ExtensionDocument, Extensions } from '../../sandbox/devops/extensions/extensions';
import type { HostedExtension } from '../../sandbox/devops/host/manifest';
import { OrganizationError } from '../../sandbox/devops/organizationError';
import type { Organization } from '../../sandbox/devops/organization';
import {
  StoreError,
  type DocumentStore,
  type NewDocument,
  type StoredDocument,
  type StoreErrorKind,
} from '../../shared/variables/registry/documentStore';

const kinds: Readonly<Record<string, StoreErrorKind>> = {
  DocumentExistsException: 'exists',
  InvalidDocumentVersionException: 'stale',
  MaximumDocumentSizeException: 'tooLarge',
  InstalledExtensionNotFoundException: 'notInstalled',
};

/** The documents that an extension keeps in an organization of this process. */
export function localDocuments(
  { state }: Organization,
  { publisherName, extensionName }: Pick<HostedExtension, 'publisherName' | 'extensionName'>,
): DocumentStore {
  const extensions = state.of(Extensions);
  const open = (name: string) =>
    new Collection(extensions.find(publisherName, extensionName).collections, 'organization', name);
  const write = (name: string, change: (collection: Collection) => ExtensionDocument): Promise<StoredDocument> => {
    try {
      const written = change(open(name));
      extensions.save();
      return Promise.resolve(written);
    } catch (error) {
      if (!(error instanceof OrganizationError)) throw error;
      return Promise.reject(new StoreError(kinds[error.errorCode] ?? 'unknown', error.message, { cause: error }));
    }
  };
  return {
    list: (name) => {
      const collection = open(name);
      return Promise.resolve(collection.isThere ? [...collection.all().values()] : []);
    },
    read: (name, id) => {
      const collection = open(name);
      return Promise.resolve(collection.isThere ? collection.all().get(id) : undefined);
    },
    create: (name, document: NewDocument) => write(name, (collection) => collection.create(document)),
    replace: (name, document) => write(name, (collection) => collection.update(document)),
  };
}
