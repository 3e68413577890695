/** A job that may ask for tokens. */
export interface StartedJob {
  /** The job's variables, by name. */
  readonly variables: { get(name: string): string | undefined };
  /** Ids of the service connections that inputs of its tasks name; undefined for all. */
  readonly connectionIds: readonly string[] | undefined;
}
