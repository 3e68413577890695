import { StoreError, type DocumentStore, type StoredDocument } from './documentStore';
import { documentOf, headsOf, readHead, readRevision, revisionId, revisionsOf, damaged } from './documents';
import type { RegistryModel, Revision } from './revision';

/** A write is repeated only where others have saved or repaired in the meantime. */
export const mostAttempts = 10;

/** The documents of one model: its head, which repeats the newest revision, and its revisions, each with the hash of the one before. */
export class Chain {
  readonly #heads: string;
  readonly #revisions: string;

  constructor(
    readonly store: DocumentStore,
    projectId: string,
    readonly id: string,
  ) {
    this.#heads = headsOf(projectId);
    this.#revisions = revisionsOf(projectId, id);
  }

  async head(): Promise<RegistryModel | undefined> {
    const document = await this.store.read(this.#heads, this.id);
    return document && readHead(document);
  }

  async revision(rev: number): Promise<Revision | undefined> {
    const document = await this.store.read(this.#revisions, revisionId(rev));
    return document && readRevision(this.id, document);
  }

  /** Newest first, each with what is wrong with it or with its place in the chain. */
  async revisions(): Promise<readonly Revision[]> {
    const documents = await this.store.list(this.#revisions);
    const isRevision = ({ id }: StoredDocument): boolean => /^\d{6,}$/.test(id) && Number(id) > 0;
    const read = await Promise.all(documents.filter(isRevision).map((document) => readRevision(this.id, document)));
    const inOrder = read.sort((one, other) => one.rev - other.rev);
    return inOrder.map((revision, index) => linked(inOrder[index - 1], revision)).reverse();
  }

  /** The newest revision that fits the chain: the head, or what an interrupted save left after it. */
  async newest(): Promise<RegistryModel | undefined> {
    return (await this.#survey()).newest;
  }

  /**
   * The same, after bringing the head up to it where that is permitted. The revision stays the work of who made it.
   */
  async repaired(): Promise<RegistryModel | undefined> {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const { head, newest } = await this.#survey();
      if (!newest || newest === head) return newest;
      try {
        return await this.writeHead(newest);
      } catch (error) {
        if (error instanceof StoreError && error.kind === 'refused') return newest;
        if (!isOvertaken(error)) throw error;
      }
    }
    throw new StoreError('stale', `${this.id} was changed by others during each attempt to read it.`);
  }

  async #survey(): Promise<{ readonly head: RegistryModel | undefined; readonly newest: RegistryModel | undefined }> {
    const head = await this.head();
    if (head && !head.isIntact) return { head, newest: head };
    let newest = head;
    for (;;) {
      const next = await this.revision((newest?.rev ?? 0) + 1);
      if (!next || !follows(newest, next)) return { head, newest };
      newest = { ...next, etag: head?.etag, otherFields: head?.otherFields ?? {} };
    }
  }

  /** @throws StoreError `exists` */
  async claim(revision: Revision): Promise<void> {
    await this.store.create(this.#revisions, documentOf(revisionId(revision.rev), revision));
  }

  /** Makes a revision the head, instead of the document with its etag. @throws StoreError `exists`, `stale` */
  async writeHead(model: RegistryModel): Promise<RegistryModel> {
    const { etag, otherFields } = model;
    const document = documentOf(this.id, model, otherFields);
    const written =
      etag === undefined
        ? await this.store.create(this.#heads, document)
        : await this.store.replace(this.#heads, { ...document, __etag: etag });
    return { ...model, etag: written.__etag };
  }
}

/** Whether someone else was faster. */
export function isOvertaken(error: unknown): boolean {
  return error instanceof StoreError && (error.kind === 'exists' || error.kind === 'stale');
}

/** Whether a write may have taken effect although it failed. */
export function isInDoubt(error: unknown): boolean {
  return error instanceof StoreError && (error.kind === 'unreachable' || error.kind === 'unknown');
}

function follows(before: Revision | undefined, next: Revision): boolean {
  const isNext = next.rev === (before?.rev ?? 0) + 1 && next.previousHash === (before?.hash ?? '');
  return next.isIntact && isNext;
}

function linked(before: Revision | undefined, revision: Revision): Revision {
  if (!revision.isIntact || follows(before, revision)) return revision;
  const rev = revision.rev - 1;
  if ((before?.rev ?? 0) !== rev) return damaged(revision, `Revision ${rev} is missing.`);
  return damaged(revision, `It was not made from revision ${rev} as it is now: one of the two was replaced.`);
}
