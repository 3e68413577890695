import { createHash } from 'node:crypto';
import { type Commit, decodeCommit, encodeCommit } from './commit';
import { decodeTree, encodeTree, type TreeEntry } from './tree';

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

export interface StoredObject {
  readonly type: ObjectType;
  readonly content: Buffer;
}

/** The 40 zeros that stand for no object. */
export const noObject = '0'.repeat(40);

/** The objects of a repository: what git stores, by the SHA-1 that git gives it. */
export class ObjectStore {
  readonly #objects = new Map<string, StoredObject>();

  /** Of all objects, before any compression. */
  get bytes(): number {
    let sum = 0;
    for (const { content } of this.#objects.values()) sum += content.length;
    return sum;
  }

  write(type: ObjectType, content: Buffer): string {
    const oid = createHash('sha1').update(objectHeader(type, content.length)).update(content).digest('hex');
    this.#objects.set(oid, { type, content });
    return oid;
  }

  find(oid: string): StoredObject | undefined {
    return this.#objects.get(oid);
  }

  /** @throws Error if it is not there or not of that type */
  read(oid: string, type?: ObjectType): StoredObject {
    const found = this.#objects.get(oid);
    if (!found || (type && found.type !== type)) throw new Error(`There is no ${type ?? 'object'} ${oid}.`);
    return found;
  }

  isA(type: ObjectType, oid: string): boolean {
    return this.#objects.get(oid)?.type === type;
  }

  /** All ids that begin with `prefix`. */
  idsFrom(prefix: string): string[] {
    return [...this.#objects.keys()].filter((oid) => oid.startsWith(prefix));
  }

  readCommit(oid: string): Commit {
    return decodeCommit(this.read(oid, 'commit').content);
  }

  writeCommit(commit: Commit): string {
    return this.write('commit', encodeCommit(commit));
  }

  readTree(oid: string): TreeEntry[] {
    return decodeTree(this.read(oid, 'tree').content);
  }

  writeTree(entries: readonly TreeEntry[]): string {
    return this.write('tree', encodeTree(entries));
  }

  readBlob(oid: string): Buffer {
    return this.read(oid, 'blob').content;
  }

  /** What `oid` names in the end, if it is an annotated tag of a tag of a commit; itself otherwise. */
  peel(oid: string): string {
    const found = this.#objects.get(oid);
    if (found?.type !== 'tag') return oid;
    return this.peel(/^object ([\da-f]{40})$/m.exec(found.content.toString('utf8'))?.[1] ?? '');
  }
}

/** What precedes the content wherever git hashes or stores an object. */
export const objectHeader = (type: ObjectType, length: number) => `${type} ${length}\0`;
