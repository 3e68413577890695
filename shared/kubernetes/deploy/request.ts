import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Context } from '../../agent/context';
import type { SmokeTest } from '../../smokeTest/runSmokeTest';
import type { KubernetesClient } from '../client/client';
import type { KubernetesObject } from '../client/resource';
import type { Release } from '../manifest/release';
import type { Plan } from '../strategies/plan';
import type { GoodVersion } from './goodVersion';

/** What is known of a service while it is deployed; each fact is reported as soon as it is known. */
export interface ServiceFacts {
  readonly scoringUri: string;
  readonly deploymentName: string;
  readonly image: string;
  /** `sha256:…`, as the cluster pulled it. */
  readonly digest: string;
  /** The Deployment's own number for its template. */
  readonly revision: string;
  /** The image of the version that served before. */
  readonly previousImage: string;
  readonly rolledBack: 'true' | 'false';
  readonly resultState: ResultState;
}

export type OnFacts = (facts: Partial<ServiceFacts>) => void;

export type ResultState =
  'Deployed' | 'Unchanged' | 'Canary' | 'Promoted' | 'Rejected' | 'RolledBack' | 'Failed' | 'Superseded' | 'Deleted';

/** The result until the step knows a better one. */
export const untilKnown = { rolledBack: 'false', resultState: 'Failed' } as const satisfies Partial<ServiceFacts>;

/** How a new version is tested, and what to do when it fails. */
export interface VersionRequest {
  /** `rollback`: the previous version serves again; `delete`: like that, and the new objects are deleted; `leave`: everything stays for inspection. */
  readonly onFailure: 'rollback' | 'leave' | 'delete';
  readonly scoringPath: string;
  readonly smoke: SmokeTest | undefined;
  /** Takes ownership of fields from unknown managers, such as Helm. */
  readonly isForced: boolean;
}

export interface DeployRequest extends VersionRequest {
  readonly release: Release;
  readonly strategy: 'rolling' | 'blueGreen' | 'canary';
  readonly canaryPercent: number;
}

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
  /** The Services and routes that were changed, as they were. */
  readonly replaced: KubernetesObject[];
  hasMoved: boolean;
}
