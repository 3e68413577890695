import { randomUUID } from 'node:crypto';
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

/** As reported in SpecFlow issue 2747. */
const largestDocument = 5_244_928;
/** This etag overwrites whatever there is. */
const lastWins = -1;

/** The extensions of the organisation, and what each of them stores. */
export class Extensions {
  readonly #installed = new Map<string, InstalledExtension>();

  install(publisherName: string, extensionName: string, version = '1.0.0'): void {
    const extension = { publisherName, extensionName, version, collections: new Map() };
    this.#installed.set(keyOf(publisherName, extensionName), extension);
  }

  has(publisherName: string, extensionName: string): boolean {
    return this.#installed.has(keyOf(publisherName, extensionName));
  }

  /** With its data. */
  uninstall(publisherName: string, extensionName: string): void {
    this.#installed.delete(keyOf(publisherName, extensionName));
  }

  list(): readonly InstalledExtension[] {
    return [...this.#installed.values()];
  }

  /** @throws OrganizationError when it is not installed */
  find(publisherName: string, extensionName: string): InstalledExtension {
    const found = this.#installed.get(keyOf(publisherName, extensionName));
    if (!found) throw extensionNotInstalled(publisherName, extensionName);
    return found;
  }
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
  ) {}

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
    const document = { ...given, id, __etag: etag };
    this.collections.set(this.#key, documents.set(id, document));
    return document;
  }
}

function idOf({ id }: JsonObject): string | undefined {
  return typeof id === 'string' && id !== '' ? id : undefined;
}
