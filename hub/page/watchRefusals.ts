import { StoreError, type DocumentStore } from '../../shared/variables/registry/documentStore';

/** The same documents; calls back with each write that Azure DevOps refuses because the person may not write. */
export function watchRefusals(store: DocumentStore, onRefused: (refusal: StoreError) => void): DocumentStore {
  const watched = async <Answer>(write: Promise<Answer>): Promise<Answer> => {
    try {
      return await write;
    } catch (error) {
      if (error instanceof StoreError && error.kind === 'refused') onRefused(error);
      throw error;
    }
  };
  return {
    list: (collection) => store.list(collection),
    read: (collection, id) => store.read(collection, id),
    create: (collection, document) => watched(store.create(collection, document)),
    replace: (collection, document) => watched(store.replace(collection, document)),
  };
}
