import {
  StoreError,
  type DocumentStore,
  type NewDocument,
  type StoredDocument,
} from '../../../../shared/variables/registry/documentStore';

/** Documents as the service keeps them: as JSON, with an `__etag` that counts the writes. */
export class MemoryStore implements DocumentStore {
  readonly collections = new Map<string, Map<string, StoredDocument>>();
  /** What was asked of it, as in `create model-revs-p-churn 000001`. */
  readonly requests: string[] = [];

  async list(collection: string): Promise<readonly StoredDocument[]> {
    this.requests.push(`list ${collection}`);
    return Promise.resolve([...this.#documents(collection).values()].map((document) => structuredClone(document)));
  }

  async read(collection: string, id: string): Promise<StoredDocument | undefined> {
    this.requests.push(`read ${collection} ${id}`);
    return Promise.resolve(structuredClone(this.#documents(collection).get(id)));
  }

  async create(collection: string, document: NewDocument): Promise<StoredDocument> {
    this.requests.push(`create ${collection} ${document.id}`);
    if (this.#documents(collection).has(document.id)) throw new StoreError('exists', 'There is such a document.');
    return Promise.resolve(this.put(collection, document, 1));
  }

  async replace(collection: string, document: StoredDocument): Promise<StoredDocument> {
    this.requests.push(`replace ${collection} ${document.id}`);
    const there = this.#documents(collection).get(document.id);
    if (there?.__etag !== document.__etag) throw new StoreError('stale', 'The document has another version.');
    return Promise.resolve(this.put(collection, document, there.__etag + 1));
  }

  /** Writes without any check, as a person with a REST client can. */
  put(collection: string, document: object, etag: number): StoredDocument {
    const stored = { ...JSON.parse(JSON.stringify(document)), __etag: etag } as StoredDocument;
    this.#documents(collection).set(stored.id, stored);
    return structuredClone(stored);
  }

  #documents(collection: string): Map<string, StoredDocument> {
    const documents = this.collections.get(collection) ?? new Map<string, StoredDocument>();
    this.collections.set(collection, documents);
    return documents;
  }
}

/** What happens around each request of a store; the effect of the request is what it calls. */
export type Around = <Answer>(method: keyof DocumentStore, effect: () => Promise<Answer>) => Promise<Answer>;

/** The same documents, seen through delays and faults. */
export function storeWith(store: DocumentStore, around: Around): DocumentStore {
  return {
    list: (collection) => around('list', () => store.list(collection)),
    read: (collection, id) => around('read', () => store.read(collection, id)),
    create: (collection, document) => around('create', () => store.create(collection, document)),
    replace: (collection, document) => around('replace', () => store.replace(collection, document)),
  };
}
