import type { JsonObject } from '../json';

/** Why a cluster ended: the `termination_reason` of the Clusters API. Any words are possible. */
export interface TerminationReason extends JsonObject {
  readonly code: string;
  /** `SUCCESS`, `CLIENT_ERROR`, `SERVICE_FAULT` or `CLOUD_FAILURE`. */
  readonly type: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

export type ClusterState =
  'PENDING' | 'RUNNING' | 'RESTARTING' | 'RESIZING' | 'TERMINATING' | 'TERMINATED' | 'ERROR' | 'UNKNOWN';

export interface ClusterEvent {
  readonly timestamp: number;
  readonly type: string;
  readonly details: JsonObject;
}

export interface Cluster {
  readonly id: string;
  /** What the user asked for, with the values of the policy. */
  spec: JsonObject;
  state: ClusterState;
  stateMessage: string;
  readonly source: 'API' | 'JOB';
  readonly creator: string;
  readonly createdTime: number;
  startTime: number;
  /** When it last came up. */
  restartedTime?: number;
  terminatedTime?: number;
  terminationReason?: TerminationReason;
  /** Another one for each life of the driver. */
  sparkContextId?: string;
  isPinned: boolean;
  /** With which it was created; cleared when it terminates. */
  idempotencyToken?: string;
  /** Oldest first. */
  readonly events: ClusterEvent[];
}
