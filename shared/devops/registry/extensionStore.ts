import { CancelledError, messageOf, TaskError } from '../../errors';
import { CallError, ForeignAnswerError, HttpError } from '../../http/errors';
import {
  StoreError,
  type DocumentStore,
  type NewDocument,
  type StoredDocument,
  type StoreErrorKind,
} from '../../variables/registry/documentStore';
import type { ExtensionName, WrittenDocument } from '../api/extensionData';
import { isRefusedAs } from '../api/refusal';
import type { Devops } from '../devops';

/** The documents of an extension in an organization. What is not a failed request, such as a cancellation, is thrown as it is. */
export class ExtensionStore implements DocumentStore {
  constructor(
    private readonly devops: Pick<Devops, 'extensionData'>,
    private readonly extension: ExtensionName,
  ) {}

  async list(collection: string): Promise<readonly StoredDocument[]> {
    const reading = this.devops.extensionData.documents(this.extension, collection);
    return (await orNothing(reading)) ?? [];
  }

  read(collection: string, id: string): Promise<StoredDocument | undefined> {
    return orNothing(this.devops.extensionData.document(this.extension, collection, id));
  }

  create(collection: string, document: NewDocument): Promise<StoredDocument> {
    const written = document as WrittenDocument;
    return orStoreError(this.devops.extensionData.create(this.extension, collection, written));
  }

  replace(collection: string, document: StoredDocument): Promise<StoredDocument> {
    const written = document as WrittenDocument & { readonly __etag: number };
    return orStoreError(this.devops.extensionData.replace(this.extension, collection, written));
  }
}

/** A collection is there only since its first document. */
async function orNothing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isRefusedAs('collectionMissing', error) || isRefusedAs('documentMissing', error)) return undefined;
    throw asStoreError(error);
  }
}

async function orStoreError<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (error) {
    throw asStoreError(error);
  }
}

function asStoreError(error: unknown): unknown {
  if (!(error instanceof TaskError) || error instanceof CancelledError) return error;
  return new StoreError(kindOf(error), messageOf(error), { cause: error });
}

function kindOf(error: TaskError): StoreErrorKind {
  if (isRefusedAs('documentExists', error)) return 'exists';
  // A document that was deleted since it was read cannot be replaced, either.
  if (isRefusedAs('documentStale', error) || isRefusedAs('documentMissing', error)) return 'stale';
  if (isRefusedAs('documentTooLarge', error)) return 'tooLarge';
  if (isRefusedAs('extensionNotInstalled', error)) return 'notInstalled';
  if (error instanceof HttpError && (error.status === 401 || error.status === 403)) return 'refused';
  // The sign-in page answers to a credential that is not known.
  if (error instanceof ForeignAnswerError && [203, 302].includes(error.status)) return 'refused';
  return error instanceof CallError && error.isTransient ? 'unreachable' : 'unknown';
}
