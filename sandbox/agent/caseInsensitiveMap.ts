/** A map whose keys differ only when they differ by more than case, as names do everywhere in Azure Pipelines. Keeps insertion order and the first spelling of each key. */
export class CaseInsensitiveMap<T> implements Iterable<readonly [string, T]> {
  readonly #entries = new Map<string, readonly [string, T]>();

  constructor(entries: Iterable<readonly [string, T]> = []) {
    for (const [key, value] of entries) this.set(key, value);
  }

  get(key: string): T | undefined {
    return this.#entries.get(fold(key))?.[1];
  }

  set(key: string, value: T): this {
    const spelling = this.#entries.get(fold(key))?.[0] ?? key;
    this.#entries.set(fold(key), [spelling, value]);
    return this;
  }

  keys(): string[] {
    return [...this].map(([key]) => key);
  }

  values(): T[] {
    return [...this].map(([, value]) => value);
  }

  [Symbol.iterator](): Iterator<readonly [string, T]> {
    return this.#entries.values();
  }
}

/**
 * .NET compares names "ordinal, ignore case", which is by the upper case of each character on its own: `ß` is not `SS`, and
 * a character beyond ASCII never becomes one of ASCII.
 */
export function fold(text: string): string {
  return text.replaceAll(/[a-z]+|[\u0080-\u{10ffff}]/gu, (part) => {
    const upper = part.toUpperCase();
    return part.charCodeAt(0) < 0x80 || (upper.length === part.length && upper.charCodeAt(0) >= 0x80) ? upper : part;
  });
}
