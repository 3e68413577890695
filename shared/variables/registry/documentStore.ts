/** A document as it is stored; `__etag` changes with every write. */
export interface StoredDocument {
  readonly id: string;
  readonly __etag: number;
  readonly [field: string]: unknown;
}

/** A document that has not been stored. */
export interface NewDocument {
  readonly id: string;
  readonly __etag?: never;
  readonly [field: string]: unknown;
}

/** Collections of documents in the extension data of an organization. */
export interface DocumentStore {
  /** All documents of a collection; none where nothing has been stored. @throws StoreError */
  list(collection: string): Promise<readonly StoredDocument[]>;
  /** Undefined where the document or its collection does not exist. @throws StoreError */
  read(collection: string, id: string): Promise<StoredDocument | undefined>;
  /**
   * @throws StoreError `exists` where the collection has a document with this id. It can be the one of this call, where an
   * answer was lost; as well as, after `replace`, the document that is `stale`.
   */
  create(collection: string, document: NewDocument): Promise<StoredDocument>;
  /** Replaces the document with the same `__etag`. @throws StoreError `stale` where it has another, or does not exist */
  replace(collection: string, document: StoredDocument): Promise<StoredDocument>;
}

/**
 * `exists`: another document has the id. `stale`: the document was changed. `tooLarge`: beyond the service's limit.
 * `notInstalled`: the organization does not have the extension. `refused`: no permission. `unreachable`: no answer, or the
 * service is busy; a write may have taken effect. `unknown`: anything else; a write may have taken effect.
 */
export type StoreErrorKind = 'exists' | 'stale' | 'tooLarge' | 'notInstalled' | 'refused' | 'unreachable' | 'unknown';

/** A request to the extension data that failed. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    readonly kind: StoreErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
