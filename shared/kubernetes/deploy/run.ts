import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import type { Context } from '../../agent/context';
import type { KubernetesClient } from '../client/client';
import type { Plan } from '../strategies/plan';
import type { GoodVersion } from './goodVersion';
import type { OnFacts, VersionRequest } from './request';

/** One deployment under way: what its steps share. */
export interface DeployRun {
  readonly client: KubernetesClient;
  readonly plan: Plan;
  readonly request: VersionRequest;
  readonly context: Context;
  readonly onFacts: OnFacts;
  readonly progress: Progress;
}

/** What a deployment has done so far: the rollback needs it. */
export interface Progress {
  /** The version to roll back to, by the name of its Deployment. */
  readonly goods: Map<string, GoodVersion>;
  /** The Deployments as the API server returned them, by name. */
  readonly applied: Map<string, Deployment>;
  /** The Services that existed, as they were. */
  readonly replaced: Service[];
  hasMoved: boolean;
}
