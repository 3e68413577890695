import type { Identities } from './identities';
import type { Identity } from './identity';
import { allBits, findNamespace, namespaces } from './namespaces';

/** An entry of an access control list: the bits that are allowed and denied to an identity. */
export interface Entry {
  readonly allow: number;
  readonly deny: number;
}

/** What is set at a token of a namespace. */
export interface AccessList {
  /** As it was written first. */
  readonly token: string;
  inheritsPermissions: boolean;
  /** By identity descriptor. */
  readonly entries: Map<string, Entry>;
}

/** The access control lists of all namespaces, and what follows from them. */
export class Security {
  readonly #lists = new Map<string, Map<string, AccessList>>();

  constructor(private readonly identities: Identities) {}

  /** All lists of a namespace. */
  lists(namespaceId: string): readonly AccessList[] {
    return [...this.#of(namespaceId).values()];
  }

  find(namespaceId: string, token: string): AccessList | undefined {
    return this.#of(namespaceId).get(keyOf(token));
  }

  /** The list of a token; an empty one is made for it. */
  list(namespaceId: string, token: string): AccessList {
    const lists = this.#of(namespaceId);
    const found = lists.get(keyOf(token));
    if (found) return found;
    const list: AccessList = { token, inheritsPermissions: true, entries: new Map() };
    lists.set(keyOf(token), list);
    return list;
  }

  /** Adds bits to an entry, and takes them off its other side; without `merge` they take the place of the entry. */
  set(namespaceId: string, token: string, descriptor: string, { allow, deny }: Entry, merge = true): Entry {
    const { entries } = this.list(namespaceId, token);
    const before = merge ? (entries.get(descriptor) ?? none) : none;
    const entry = { allow: (before.allow & ~deny) | allow, deny: (before.deny & ~allow) | deny };
    entries.set(descriptor, entry);
    return entry;
  }

  /** Takes bits off both sides of an entry, and gives back what is left of it. */
  unset(namespaceId: string, token: string, descriptor: string, bits: number): Entry {
    const entries = this.find(namespaceId, token)?.entries;
    const before = entries?.get(descriptor) ?? none;
    const entry = { allow: before.allow & ~bits, deny: before.deny & ~bits };
    if (entries?.has(descriptor)) entries.set(descriptor, entry);
    return entry;
  }

  /** False when there was none. */
  removeEntry(namespaceId: string, token: string, descriptor: string): boolean {
    return this.find(namespaceId, token)?.entries.delete(descriptor) ?? false;
  }

  /** Removes the lists of a token, and those below it when asked for. False when there were none. */
  removeLists(namespaceId: string, token: string, recurse: boolean): boolean {
    const lists = this.#of(namespaceId);
    const separator = separatorOf(namespaceId);
    const keys = [...lists.keys()].filter(
      (key) => key === keyOf(token) || (recurse && key.startsWith(keyOf(token) + separator)),
    );
    for (const key of keys) lists.delete(key);
    return keys.length > 0;
  }

  /** Whether all bits are allowed. */
  allows(identity: Identity, namespaceId: string, token: string, bits: number): boolean {
    const { allow } = this.effective(identity, namespaceId, token);
    return (allow & bits) === bits;
  }

  /**
   * What holds for an identity at a token, by its own entries and those of its groups: a denied bit wins over an
   * allowed one at the same token, what is set at a token wins over what is set above it. Administrators of the
   * organisation may do everything.
   */
  effective(identity: Identity, namespaceId: string, token: string): Entry {
    const everybody = this.identities.closureOf(identity);
    const namespace = findNamespace(namespaceId);
    if (namespace && everybody.some(({ id }) => this.administrators.has(id)))
      return { allow: allBits(namespace), deny: 0 };
    const descriptors = everybody.map(({ descriptor }) => descriptor);
    let [allow, deny] = [0, 0];
    for (const at of ancestorsOf(token, separatorOf(namespaceId))) {
      const list = this.find(namespaceId, at);
      if (!list) continue;
      const entries = descriptors.map((descriptor) => list.entries.get(descriptor) ?? none);
      const open = ~(allow | deny);
      const denied = entries.reduce((bits, entry) => bits | entry.deny, 0) & open;
      deny |= denied;
      allow |= entries.reduce((bits, entry) => bits | entry.allow, 0) & open & ~denied;
      if (!list.inheritsPermissions) break;
    }
    return { allow, deny };
  }

  /** Storage keys of the groups whose members may do everything. */
  readonly administrators = new Set<string>();

  #of(namespaceId: string): Map<string, AccessList> {
    const id = namespaceId.toLowerCase();
    const found = this.#lists.get(id) ?? new Map<string, AccessList>();
    this.#lists.set(id, found);
    return found;
  }
}

const none: Entry = { allow: 0, deny: 0 };

const keyOf = (token: string) => token.toLowerCase();

const separatorOf = (namespaceId: string) =>
  namespaces.find((namespace) => namespace.id === namespaceId.toLowerCase())?.separator ?? '/';

/** A token and all above it, the nearest first. */
function ancestorsOf(token: string, separator: string): readonly string[] {
  const parts = token.split(separator);
  return parts.map((_, index) => parts.slice(0, parts.length - index).join(separator));
}
