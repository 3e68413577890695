/** Azure DevOps as the local agent and its tasks see it. */
export interface Collection {
  /** Of the organisation; ends with a slash. */
  readonly url: string;
  /** The job's token, `System.AccessToken`. */
  readonly accessToken: string;
  /** Told of each job before its first step. */
  startJob?(job: StartedJob): void;
}

export interface StartedJob {
  /** The job's variables, by name. */
  readonly variables: { get(name: string): string | undefined };
  /** Ids of the service connections that inputs of its tasks name; undefined for all. */
  readonly connectionIds: readonly string[] | undefined;
}
