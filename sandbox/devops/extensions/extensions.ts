import { randomUUID } from 'node:crypto';
import { argumentInvalid } from '../organizationError';
import type { JsonObject } from '../rest/requestBody';
import {
  collectionNotFound,
  documentExists,
  documentNotFound,
  documentStale,
  documentTooLarge,
  extensionNotInstalled,
} from './extensionErrors';

/** A JSON document of an extension, with its id and its `__etag`. */
export interface ExtensionDocument extends JsonObject {
  readonly id: string;
  readonly __etag: number;
}

export interface InstalledExtension {
  readonly publisherName: string;
  readonly extensionName: string;
  readonly version: string;
  /** By scope and collection, then by id. */
  readonly collections: Map<string, Map<string, ExtensionDocument>>;
}

/** What a process that uses the same file has written, and what this one writes: by extension, then by collection. */
export interface ExtensionDataFile {
  /** Everything that is stored when somebody else has changed it since the last call; undefined otherwise. */
  changed(): StoredCollections | undefined;
  write(stored: StoredCollections): void;
}

export type StoredCollections = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, ExtensionDocument>>>>>
>;

/** As reported in SpecFlow issue 2747. */
const largestDocument = 5_244_928;
/** Names are parts of paths: https://learn.microsoft.com/azure/devops/extend/develop/data-storage */
const longestName = 100;
// eslint-disable-next-line no-control-regex -- these characters are what the names may not have
const unsafe = /[\u0000-\u001f"<>|:*?\\/]/;
const nameRule = (name: string) =>
  `The name '${name}' has more than ${longestName} characters, or characters that names of files cannot have.`;
/** This etag overwrites whatever there is. */
const lastWins = -1;

/** The extensions of the organisation, and what each of them stores. */
export class Extensions {
  readonly #installed = new Map<string, InstalledExtension>();
  #file: ExtensionDataFile | undefined;

  install(publisherName: string, extensionName: string, version = '1.0.0'): void {
    const collections = new Map<string, Map<string, ExtensionDocument>>();
    const key = keyOf(publisherName, extensionName);
    this.#installed.set(key, { publisherName, extensionName, version, collections });
    const stored = this.#stored[key];
    if (stored) fill(collections, stored);
  }

  /** Keeps all data in a file from now on, beginning with those that it has. */
  keepIn(file: ExtensionDataFile): void {
    this.#file = file;
    this.#read();
  }

  /** Writes what was changed to the file, where there is one. */
  save(): void {
    if (!this.#file) return;
    const installed = [...this.#installed].map(([key, { collections }]) => [
      key,
      Object.fromEntries([...collections].map(([name, documents]) => [name, Object.fromEntries(documents)])),
    ]);
    // Data of an extension that is not installed stay in the file.
    this.#stored = { ...this.#stored, ...(Object.fromEntries(installed) as StoredCollections) };
    this.#file.write(this.#stored);
  }

  #stored: StoredCollections = {};

  #read(): void {
    const changed = this.#file?.changed();
    if (!changed) return;
    this.#stored = changed;
    for (const [key, { collections }] of this.#installed) fill(collections, changed[key] ?? {});
  }

  /** With its data. */
  uninstall(publisherName: string, extensionName: string): void {
    this.#installed.delete(keyOf(publisherName, extensionName));
  }

  has(publisherName: string, extensionName: string): boolean {
    return this.#installed.has(keyOf(publisherName, extensionName));
  }

  list(): readonly InstalledExtension[] {
    return [...this.#installed.values()];
  }

  /** @throws OrganizationError when it is not installed */
  find(publisherName: string, extensionName: string): InstalledExtension {
    this.#read();
    const found = this.#installed.get(keyOf(publisherName, extensionName));
    if (!found) throw extensionNotInstalled(publisherName, extensionName);
    return found;
  }
}

function fill(collections: InstalledExtension['collections'], stored: StoredCollections[string]): void {
  collections.clear();
  for (const [name, documents] of Object.entries(stored)) collections.set(name, new Map(Object.entries(documents)));
}

const keyOf = (...names: readonly string[]): string => names.join('/').toLowerCase();

/**
 * The documents of one collection, which is there as soon as it has had a document.
 * https://learn.microsoft.com/azure/devops/extend/develop/data-storage
 */
export class Collection {
  constructor(
    private readonly collections: InstalledExtension['collections'],
    private readonly scope: string,
    private readonly name: string,
  ) {
    if (name.length > longestName || unsafe.test(name)) throw argumentInvalid('collectionName', nameRule(name));
  }

  get isThere(): boolean {
    return this.collections.has(this.#key);
  }

  /** @throws OrganizationError when there has been no document */
  all(): ReadonlyMap<string, ExtensionDocument> {
    const found = this.collections.get(this.#key);
    if (!found) throw collectionNotFound(this.name);
    return found;
  }

  /** @throws OrganizationError */
  read(id: string): ExtensionDocument {
    const found = this.all().get(id);
    if (!found) throw documentNotFound(id);
    return found;
  }

  /** A new document, which gets an id when it has none. @throws OrganizationError when its id is taken */
  create(given: JsonObject): ExtensionDocument {
    const id = idOf(given) ?? randomUUID();
    if (unsafe.test(id)) throw argumentInvalid('documentId', nameRule(id));
    if (this.collections.get(this.#key)?.has(id)) throw documentExists(id);
    return this.#write(id, given, 1);
  }

  /** Creates it, or replaces the one of the same etag. @throws OrganizationError when the etag is another */
  set(given: JsonObject): ExtensionDocument {
    const id = idOf(given);
    const known = id === undefined ? undefined : this.collections.get(this.#key)?.get(id);
    return known ? this.update(given) : this.create(given);
  }

  /** @throws OrganizationError when there is no such document, or the etag is another */
  update(given: JsonObject): ExtensionDocument {
    const id = idOf(given) ?? '';
    const { __etag: current } = this.read(id);
    const etag = given['__etag'];
    if (etag !== lastWins && etag !== current) throw documentStale(id);
    return this.#write(id, given, current + 1);
  }

  /** @throws OrganizationError */
  remove(id: string): void {
    this.read(id);
    this.collections.get(this.#key)?.delete(id);
  }

  get #key(): string {
    return keyOf(this.scope, this.name);
  }

  #write(id: string, given: JsonObject, etag: number): ExtensionDocument {
    if (Buffer.byteLength(JSON.stringify(given)) > largestDocument) throw documentTooLarge(largestDocument);
    const documents = this.collections.get(this.#key) ?? new Map<string, ExtensionDocument>();
    const kept = Object.entries(given).filter(([key]) => !key.startsWith('__'));
    const document = { ...(Object.fromEntries(kept) as JsonObject), id, __etag: etag };
    this.collections.set(this.#key, documents.set(id, document));
    return document;
  }
}

function idOf({ id }: JsonObject): string | undefined {
  return typeof id === 'string' && id !== '' ? id : undefined;
}
