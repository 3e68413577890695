import { createHmac, randomBytes } from 'node:crypto';

/** What a shared access signature lets its holder do, in the letters of Azure Storage. */
export interface Grant {
  readonly account: string;
  readonly container: string;
  /** Such as `racwl`. */
  readonly permissions: string;
  /** In epoch milliseconds. */
  readonly expiresAt: number;
  /** Signed by a key of Entra instead of the key of the account. */
  readonly isUserDelegation: boolean;
}

/** Why a signature doesn't let anybody in. */
export type SignatureFault = 'malformed' | 'expired' | 'wrong';

/** Makes the signatures of all accounts and checks them; only its own are good. */
export class SharedAccess {
  readonly #secret = randomBytes(32);

  /** The query of a URL, without a question mark. */
  grant({ account, container, permissions, expiresAt, isUserDelegation }: Grant): string {
    const query = {
      ...(isUserDelegation && { skoid: '00000000-0000-4000-8000-000000000000', sks: 'b' }),
      sv: '2021-08-06',
      spr: 'https,http',
      se: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
      sr: 'c',
      sp: permissions,
    };
    const parameters = new URLSearchParams(query);
    parameters.set('sig', this.#sign(account, container, parameters));
    return parameters.toString();
  }

  /** The grant that a query shows for a container; undefined without a signature. */
  read(query: URLSearchParams, account: string, container: string, now: number): Grant | SignatureFault | undefined {
    const signature = query.get('sig');
    if (signature === null) return undefined;
    const expiresAt = Date.parse(query.get('se') ?? '');
    if (Number.isNaN(expiresAt)) return 'malformed';
    if (signature !== this.#sign(account, container, query)) return 'wrong';
    if (expiresAt <= now) return 'expired';
    const isUserDelegation = query.has('skoid');
    return { account, container, permissions: query.get('sp') ?? '', expiresAt, isUserDelegation };
  }

  /** The key of an account, in base64. */
  keyOf(account: string): string {
    return createHmac('sha512', this.#secret).update(`key of ${account}`).digest('base64');
  }

  #sign(account: string, container: string, query: URLSearchParams): string {
    const signed = ['skoid', 'sks', 'sv', 'spr', 'se', 'sr', 'sp'].map((name) => query.get(name) ?? '');
    return createHmac('sha256', this.#secret)
      .update([account, container, ...signed].join('\n'))
      .digest('base64');
  }
}
