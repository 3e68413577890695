import { failureKind, readFailure } from '../../shared/variables/registry/documentErrors';
import { StoreError, type DocumentStore, type StoredDocument } from '../../shared/variables/registry/documentStore';
import { DeadlineError, withDeadline } from './deadline';
import type { ExtensionDataManager } from './services';

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
    const failure = readFailure(error);
    const kind = failureKind(failure);
    if (kind === 'absent' && absent === 'missing') return undefined;
    const stored = kind === 'absent' ? (absent === 'stale' ? 'stale' : 'unknown') : kind;
    throw new StoreError(stored, failure.message, { cause: error });
  }
}

function asDocument(value: unknown): StoredDocument {
  const document = value as Partial<StoredDocument> | null;
  if (typeof document !== 'object' || typeof document?.id !== 'string' || typeof document.__etag !== 'number')
    throw new StoreError('unknown', 'Azure DevOps did not return a document.');
  return document as StoredDocument;
}
