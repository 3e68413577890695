/** Where the bearer token of a request comes from. `shared/identity` has one file per scheme, which keeps its secrets in `#private` fields. */
export interface TokenSource {
  /** Who this is, for messages, never the secret: `the personal access token of connection 'dev'`. */
  readonly identity: string;
  /** A token that is good now. Rejects with a TaskError that says why there is none. */
  token(signal?: AbortSignal): Promise<string>;
  /** The service refused this token: forget it. Returns false when there can be no other, so that repeating is vain. */
  refused(token: string): boolean;
}
