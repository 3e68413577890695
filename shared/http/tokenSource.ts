/** Where the bearer token of a request comes from. `shared/identity` has one file per scheme, which keeps its secrets in `#private` fields. */
export interface TokenSource {
  /** Who this is, for messages, never the secret: `service principal 1f2e…`. It may become more precise with the first token. */
  readonly identity: string;
  /** A token that is good now. Rejects with a TaskError that says why there is none. */
  token(signal?: AbortSignal): Promise<string>;
  /** The service refused this token: forget it. Returns false when there can be no other, so that repeating is vain. */
  refused(token: string): boolean;
  /** More that proves who calls, as headers of their own: secret, too. */
  headers?(signal?: AbortSignal): Promise<Readonly<Record<string, string>>>;
}
