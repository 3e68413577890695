import { randomBytes } from 'node:crypto';

const newKey = (): string => randomBytes(24).toString('base64url');
const hour = 3600;

/** What lets callers score at an endpoint: two keys, and tokens that live a day. */
export class EndpointKeys {
  #primary: string;
  #secondary: string;
  readonly #tokens = new Map<string, number>();

  constructor(
    {
      primaryKey = newKey(),
      secondaryKey = newKey(),
    }: { readonly primaryKey?: string; readonly secondaryKey?: string },
    /** Of tokens. */
    private readonly clock: { now(): number },
  ) {
    [this.#primary, this.#secondary] = [primaryKey, secondaryKey];
  }

  list(): { readonly primaryKey: string; readonly secondaryKey: string } {
    return { primaryKey: this.#primary, secondaryKey: this.#secondary };
  }

  /** The key that is replaced is good no longer. */
  regenerate(keyType: 'Primary' | 'Secondary', value = newKey()): void {
    if (keyType === 'Primary') this.#primary = value;
    else this.#secondary = value;
  }

  isKey(value: string): boolean {
    return value === this.#primary || value === this.#secondary;
  }

  newToken(): object {
    const accessToken = newKey();
    const now = Math.floor(this.clock.now() / 1000);
    const expiryTimeUtc = now + 24 * hour;
    this.#tokens.set(accessToken, expiryTimeUtc);
    return { accessToken, tokenType: 'Bearer', expiryTimeUtc, refreshAfterTimeUtc: now + 12 * hour };
  }

  isToken(value: string): boolean {
    const expiry = this.#tokens.get(value);
    return expiry !== undefined && expiry > this.clock.now() / 1000;
  }
}
