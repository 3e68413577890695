import { randomUUID } from 'node:crypto';
import { frozen } from './json';
import { expired } from './status';
import type { Kinds, KubeObject, Plural } from './types';

/** One change of one object. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly plural: Plural;
  readonly object: KubeObject;
  /** What was there before. */
  readonly previous?: KubeObject;
  readonly revision: number;
}

/** An object as a store has it: frozen, so that several stores can share it. */
export interface SavedObject {
  readonly plural: Plural;
  readonly object: KubeObject;
}

const keptChanges = 20_000;

/**
 * All objects of the cluster, and the history of their changes. What it gives out is frozen: who wants to change an
 * object stores another one.
 */
export class Store {
  readonly #objects = new Map<Plural, Map<string, KubeObject>>();
  /** In the order of their keys, as long as nothing changes. */
  readonly #lists = new Map<Plural, readonly KubeObject[]>();
  readonly #listeners = new Set<(change: Change) => void>();
  #history: Change[] = [];
  #revision = 1000;
  #oldest = 1000;

  /** Of the newest change. */
  get revision(): number {
    return this.#revision;
  }

  get<K extends Plural>(plural: K, namespace: string | undefined, name: string): Kinds[K] | undefined {
    return this.#kind(plural).get(keyOf(namespace, name)) as Kinds[K] | undefined;
  }

  /** Of one namespace, or of all; in the order of namespace and name. */
  list<K extends Plural>(plural: K, namespace?: string): Kinds[K][] {
    let all = this.#lists.get(plural) as readonly Kinds[K][] | undefined;
    if (!all) {
      const entries = [...this.#kind(plural)].sort(([a], [b]) => byText(a, b));
      all = entries.map(([, object]) => object as Kinds[K]);
      this.#lists.set(plural, all);
    }
    return namespace === undefined ? [...all] : all.filter(({ metadata }) => metadata.namespace === namespace);
  }

  /** Every object, oldest version first. */
  all(): readonly SavedObject[] {
    return [...this.#objects]
      .flatMap(([plural, objects]) => [...objects.values()].map((object) => ({ plural, object })))
      .sort((a, b) => versionOf(a) - versionOf(b));
  }

  /** Takes in the objects of another store as they are, before anybody looks at this one. */
  restore(saved: readonly SavedObject[]): void {
    for (const { plural, object } of saved) this.#kind(plural).set(keyOfObject(object), object);
    this.#revision = Math.max(this.#revision, ...saved.map(versionOf));
    this.#oldest = this.#revision;
  }

  insert<K extends Plural>(plural: K, object: Kinds[K]): Kinds[K] {
    return this.#keep('ADDED', plural, object);
  }

  replace<K extends Plural>(plural: K, object: Kinds[K]): Kinds[K] {
    return this.#keep('MODIFIED', plural, object);
  }

  /** Removes the object; its last state gets the version of the removal. */
  remove<K extends Plural>(plural: K, object: Kinds[K]): Kinds[K] {
    const last = this.#versioned(object);
    this.#kind(plural).delete(keyOfObject(object));
    this.#record({ type: 'DELETED', plural, object: last, previous: object, revision: this.#revision });
    return last;
  }

  /** What changed after a version, oldest first. Throws 410 when that is no longer known. */
  changesAfter(revision: number): readonly Change[] {
    if (revision < this.#oldest) throw expired(`too old resource version: ${revision} (${this.#oldest})`);
    return this.#history.filter((change) => change.revision > revision);
  }

  /** Forgets the history, as etcd does every few minutes. */
  compact(): void {
    this.#history = [];
    this.#oldest = this.#revision;
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #keep<K extends Plural>(type: 'ADDED' | 'MODIFIED', plural: K, object: Kinds[K]): Kinds[K] {
    const key = keyOfObject(object);
    const previous = this.#kind(plural).get(key);
    const kept = this.#versioned(object);
    this.#kind(plural).set(key, kept);
    this.#record({ type, plural, object: kept, ...(previous && { previous }), revision: this.#revision });
    return kept;
  }

  #versioned<T extends KubeObject>(object: T): T {
    this.#revision += 1;
    const metadata = {
      ...object.metadata,
      uid: object.metadata.uid || randomUUID(),
      resourceVersion: String(this.#revision),
    };
    return frozen({ ...object, metadata });
  }

  #record(change: Change): void {
    this.#lists.delete(change.plural);
    this.#history.push(change);
    if (this.#history.length > 2 * keptChanges) {
      this.#history = this.#history.slice(-keptChanges);
      this.#oldest = (this.#history[0]?.revision ?? this.#revision) - 1;
    }
    for (const listener of [...this.#listeners]) listener(change);
  }

  #kind(plural: Plural): Map<string, KubeObject> {
    let kind = this.#objects.get(plural);
    if (!kind) this.#objects.set(plural, (kind = new Map<string, KubeObject>()));
    return kind;
  }
}

const keyOf = (namespace: string | undefined, name: string) => `${namespace ?? ''}/${name}`;
const versionOf = ({ object }: SavedObject) => Number(object.metadata.resourceVersion);
const keyOfObject = ({ metadata }: KubeObject) => keyOf(metadata.namespace, metadata.name);

/** Compares as bytes, as etcd sorts its keys, in every locale alike. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
