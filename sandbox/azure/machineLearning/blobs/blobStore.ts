import { randomBytes } from 'node:crypto';

export interface Blob {
  readonly content: Buffer;
  /** By lower-case name, without `x-ms-meta-`. */
  metadata: Readonly<Record<string, string>>;
  readonly contentType: string;
  etag: string;
  /** In epoch milliseconds. */
  modifiedAt: number;
}

/** A container of a storage account: its blobs, and the blocks that belong to none yet. */
export class BlobContainer {
  readonly blobs = new Map<string, Blob>();
  readonly #blocks = new Map<string, Map<string, Buffer>>();

  constructor(private readonly clock: { now(): number }) {}

  put(name: string, content: Buffer, { metadata = {}, contentType = 'application/octet-stream' } = {}): Blob {
    const blob = { content, metadata, contentType, etag: newTag(), modifiedAt: this.clock.now() };
    this.blobs.set(name, blob);
    this.#blocks.delete(name);
    return blob;
  }

  setMetadata(blob: Blob, metadata: Readonly<Record<string, string>>): void {
    Object.assign(blob, { metadata, etag: newTag(), modifiedAt: this.clock.now() });
  }

  putBlock(name: string, id: string, content: Buffer): void {
    const blocks = this.#blocks.get(name) ?? new Map<string, Buffer>();
    this.#blocks.set(name, blocks.set(id, content));
  }

  /** The content that blocks make in this order; undefined when one of them isn't there. */
  contentOf(name: string, ids: readonly string[]): Buffer | undefined {
    const blocks = ids.map((id) => this.#blocks.get(name)?.get(id));
    return blocks.every((block) => block !== undefined) ? Buffer.concat(blocks) : undefined;
  }

  /** The files of a folder by path below it, or the one file of this name. */
  filesAt(prefix: string): ReadonlyMap<string, Buffer> {
    const single = this.blobs.get(prefix);
    if (single) return new Map([[lastPart(prefix), single.content]]);
    const folder = `${prefix.replace(/\/+$/, '')}/`;
    return new Map(
      [...this.blobs]
        .filter(([name]) => name.startsWith(folder))
        .map(([name, { content }]) => [name.slice(folder.length), content]),
    );
  }
}

/** The blobs of all storage accounts. */
export class BlobStore {
  readonly #containers = new Map<string, BlobContainer>();

  constructor(private readonly clock: { now(): number }) {}

  addContainer(account: string, name: string): BlobContainer {
    const known = this.find(account, name);
    if (known) return known;
    const container = new BlobContainer(this.clock);
    this.#containers.set(`${account}/${name}`, container);
    return container;
  }

  find(account: string, container: string): BlobContainer | undefined {
    return this.#containers.get(`${account}/${container}`);
  }

  hasAccount(account: string): boolean {
    return [...this.#containers.keys()].some((key) => key.startsWith(`${account}/`));
  }
}

export const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const newTag = (): string => `"0x8D${randomBytes(6).toString('hex').toUpperCase()}"`;
