import {
  StoreError,
  type DocumentStore,
  type StoredDocument,
  type StoreErrorKind,
} from '../../shared/variables/registry/documentStore';
import { DeadlineError, withDeadline } from './deadline';
import { readHostFault, type HostFault } from './hostFault';
import type { ExtensionDataManager } from './services';

/** Collections that do not exist before their first document; documents that do not exist. */
const missing = new Set(['DocumentCollectionDoesNotExistException', 'DocumentDoesNotExistException']);

const kinds: Readonly<Record<string, StoreErrorKind>> = {
  DocumentExistsException: 'exists',
  InvalidDocumentVersionException: 'stale',
  MaximumDocumentSizeException: 'tooLarge',
  ExtensionNotInstalledException: 'notInstalled',
  InstalledExtensionNotFoundException: 'notInstalled',
  UnauthorizedRequestException: 'refused',
  AccessCheckException: 'refused',
};

/** Numbers of the errors, for answers without a kind. */
const numbers: Readonly<Record<string, StoreErrorKind>> = {
  '1660001': 'stale',
  '1660003': 'exists',
  '1660004': 'notInstalled',
};
const missingNumbers = new Set(['1660002', '1660005']);

/** The documents of the extension through the frame of the host. */
export function extensionDocuments(manager: ExtensionDataManager): DocumentStore {
  return {
    async list(collection) {
      const documents = await call(() => manager.getDocuments(collection), 'missing');
      if (documents === undefined) return [];
      if (!Array.isArray(documents))
        throw new StoreError('unknown', 'Azure DevOps did not return a list of documents.');
      return documents.map(asDocument);
    },
    async read(collection, id) {
      const document = await call(() => manager.getDocument(collection, id), 'missing');
      return document === undefined ? undefined : asDocument(document);
    },
    async create(collection, document) {
      return asDocument(await call(() => manager.createDocument(collection, document)));
    },
    async replace(collection, document) {
      return asDocument(await call(() => manager.updateDocument(collection, document), 'stale'));
    },
  };
}

/** @param absent what it means that the document does not exist: an empty answer, or that it was changed */
async function call(request: () => Promise<unknown>, absent?: 'missing' | 'stale'): Promise<unknown> {
  try {
    return await withDeadline(request());
  } catch (error) {
    if (error instanceof DeadlineError) throw new StoreError('unreachable', error.message, { cause: error });
    const fault = readHostFault(error);
    const isAbsent = fault.typeKey === undefined ? missingNumbers.has(numberOf(fault)) : missing.has(fault.typeKey);
    if (isAbsent && absent === 'missing') return undefined;
    if (isAbsent && absent === 'stale') throw new StoreError('stale', fault.message, { cause: error });
    throw new StoreError(kindOf(fault), fault.message, { cause: error });
  }
}

function kindOf(fault: HostFault): StoreErrorKind {
  const known = kinds[fault.typeKey ?? ''] ?? numbers[numberOf(fault)];
  if (known !== undefined) return known;
  if (fault.status === 401 || fault.status === 403) return 'refused';
  if (fault.status === undefined || fault.status === 0) return fault.typeKey === undefined ? 'unreachable' : 'unknown';
  return fault.status === 408 || fault.status === 429 || fault.status >= 500 ? 'unreachable' : 'unknown';
}

/** The number in a message such as `%error="1660004";%:The extension …`. */
function numberOf({ message }: HostFault): string {
  return /error="(\d+)"/.exec(message)?.[1] ?? '';
}

function asDocument(value: unknown): StoredDocument {
  const document = value as Partial<StoredDocument> | null;
  if (typeof document !== 'object' || typeof document?.id !== 'string' || typeof document.__etag !== 'number')
    throw new StoreError('unknown', 'Azure DevOps did not return a document.');
  return document as StoredDocument;
}
