/** Where the token of a request comes from. `shared/identity` has one file per scheme, which keeps its secrets in `#private` fields. */
export interface TokenSource {
  /** Who this is, for messages, never the secret: `service principal 1f2e…`. It may become more precise with the first token. */
  readonly identity: string;
  /** A token that is valid now. Rejects with a TaskError that says why there is none. */
  token(signal?: AbortSignal): Promise<string>;
  /** The service refused this token: forget it. Returns false when there is no other, so that the call can't be repeated. */
  refused(token: string): boolean;
  /** Further headers that authenticate the caller: secret, too. */
  headers?(signal?: AbortSignal): Promise<Readonly<Record<string, string>>>;
}
