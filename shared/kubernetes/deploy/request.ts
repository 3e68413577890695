import type { Agent } from '../../agent/agent';
import type { Clock } from '../../clock';
import type { SmokeTest } from '../../smokeTest/runSmokeTest';
import type { Release } from '../manifest/release';

/** What is known of a service while it is deployed; each is told as soon as it is known. */
export interface ServiceFacts {
  readonly scoringUri: string;
  readonly deploymentName: string;
  readonly image: string;
  /** `sha256:…`, as the cluster pulled it. */
  readonly digest: string;
  /** The Deployment's own number for its template. */
  readonly revision: string;
  /** Of what served before. */
  readonly previousImage: string;
  readonly rolledBack: 'true' | 'false';
  readonly resultState: ResultState;
}

export type ResultState =
  'Deployed' | 'Unchanged' | 'Canary' | 'Promoted' | 'Rejected' | 'RolledBack' | 'Failed' | 'Superseded' | 'Deleted';

/** How a step ends until it is known to be otherwise. */
export const untilKnown = { rolledBack: 'false', resultState: 'Failed' } as const satisfies Partial<ServiceFacts>;

export interface DeployRequest {
  readonly release: Release;
  readonly strategy: 'rolling' | 'blueGreen' | 'canary';
  readonly canaryPercent: number;
  /** `rollback`: what served before serves again; `delete`: and what is new is deleted; `leave`: all stays for a look. */
  readonly onFailure: 'rollback' | 'leave' | 'delete';
  readonly scoringPath: string;
  readonly smoke: SmokeTest | undefined;
  /** Takes fields from managers that are not known, such as Helm. */
  readonly isForced: boolean;
}

export interface DeploySurroundings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** When the rollout is to be over, in milliseconds since 1970. */
  readonly deadline: number;
  readonly report: Pick<Agent, 'log' | 'group' | 'warning' | 'error' | 'progress' | 'attachToLog'>;
  /** For calls to the service itself. */
  readonly agent: Pick<Agent, 'debug' | 'proxyFor' | 'certificates'>;
  readonly onFacts: (facts: Partial<ServiceFacts>) => void;
}
