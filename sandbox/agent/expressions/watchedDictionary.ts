import { CaseInsensitiveMap } from '../caseInsensitiveMap';
import type { Value } from './value';

/** A dictionary that tells when an expression reads something secret from it: by its key, or all of it at once. */
export class WatchedDictionary extends CaseInsensitiveMap<Value> {
  readonly #secrets: CaseInsensitiveMap<true>;

  constructor(
    entries: Iterable<readonly [string, { readonly value: string; readonly isSecret?: boolean }]>,
    readonly onSecretRead: () => void,
  ) {
    const known = [...entries];
    super(known.map(([key, { value }]) => [key, value]));
    this.#secrets = new CaseInsensitiveMap(
      known.flatMap(([key, { isSecret }]) => (isSecret === true ? [[key, true] as const] : [])),
    );
  }

  override get(key: string): Value | undefined {
    if (this.#secrets.get(key)) this.onSecretRead();
    return super.get(key);
  }

  override [Symbol.iterator](): Iterator<readonly [string, Value]> {
    if (this.#secrets.keys().length > 0) this.onSecretRead();
    return super[Symbol.iterator]();
  }
}
