import type { DocumentStore } from '../../shared/variables/registry/documentStore';

/** An answer that is older, in milliseconds, is not used: the documents may have been changed since. */
const freshMs = 10_000;

/**
 * The same documents; lists some collections now, for the first one who asks for them.
 * @param collections in the order of their requests
 */
export function readAhead(store: DocumentStore, collections: readonly string[]): DocumentStore {
  const begun = new Map(collections.map((collection) => [collection, store.list(collection)]));
  const until = performance.now() + freshMs;
  // Whoever asks hears of the failure.
  for (const listed of begun.values()) listed.catch(() => undefined);
  return {
    list: (collection) => {
      const listed = begun.get(collection);
      begun.delete(collection);
      return listed && performance.now() < until ? listed : store.list(collection);
    },
    read: (collection, id) => store.read(collection, id),
    create: (collection, document) => store.create(collection, document),
    replace: (collection, document) => store.replace(collection, document),
  };
}
