import type { Deployment } from '../api/deployments';
import type { Endpoint, Traffic } from '../api/endpoints';
import type { Step, Wanted } from '../plan/step';
import { trafficOf } from '../plan/traffic';

export type EndpointChange = 'created' | 'updated' | 'replaced' | 'unchanged' | 'deleted';

export type ResultState =
  'Deployed' | 'Unchanged' | 'Canary' | 'Promoted' | 'Rejected' | 'RolledBack' | 'Failed' | 'Deleted';

/** What a step has come to, as far as it is known: also while it goes on, and when it fails. */
export interface Progress {
  readonly deploymentName?: string | undefined;
  /** The deployment that answered most of the requests before. */
  readonly previousDeployment?: string | undefined;
  readonly scoringUri?: string | undefined;
  readonly traffic?: Traffic | undefined;
  readonly isRolledBack?: boolean | undefined;
}

export interface Outcome {
  readonly endpoint: Endpoint;
  readonly deployment: Deployment | undefined;
  readonly change: EndpointChange;
  readonly isCanary: boolean;
}

/** What the steps have changed, in one word. */
export function changeOf(steps: readonly Step['kind'][], previous: string | undefined): EndpointChange {
  const did = (...kinds: readonly Step['kind'][]): boolean => kinds.some((kind) => steps.includes(kind));
  if (did('switch')) return previous === undefined ? 'created' : 'replaced';
  if (did('updateDeployment', 'scale', 'changeEndpoint', 'deleteDeployment')) return 'updated';
  return 'unchanged';
}

export function progressOf(endpoint: Endpoint | undefined): Progress {
  if (!endpoint) return {};
  return { scoringUri: endpoint.properties.scoringUri, traffic: trafficOf(endpoint) };
}

/** What is done with a deployment that does not serve. */
export type OnFailure = 'rollback' | 'leave' | 'delete';

/** What a step asks for, as `Wanted` needs it. */
export type Asked = Omit<Wanted, 'digest'>;
