export interface Project {
  readonly id: string;
  name: string;
  description: string | undefined;
  visibility: 'private' | 'public' | 'organization';
  /** Id of its process. */
  readonly processId: string;
  /** The scope of its groups in the Graph API. */
  readonly scopeId: string;
  defaultTeamId: string;
  revision: number;
  /** Epoch milliseconds. */
  lastUpdateTime: number;
  /** Names and values of `projects/{id}/properties`. */
  readonly properties: Map<string, unknown>;
}
