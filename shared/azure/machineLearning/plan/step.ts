import type { Deployment } from '../api/deployments';
import type { AuthMode, Endpoint, Traffic } from '../api/endpoints';

/** What there is. */
export interface Seen {
  readonly endpoint: Endpoint | undefined;
  readonly deployments: readonly Deployment[];
}

/** What there is to be. */
export interface Wanted {
  readonly digest: string;
  /** By default blue and green by turns. */
  readonly deploymentName?: string | undefined;
  /** The number of instances, where it is given. */
  readonly capacity?: number | undefined;
  readonly strategy: 'blueGreen' | 'canary' | 'rolling';
  /** The share that a canary ends with. */
  readonly canaryPercent: number;
  readonly keepsOld: boolean;
  /** Where the endpoint runs; undefined for one that Azure manages. */
  readonly computeId?: string | undefined;
  readonly authMode?: AuthMode | undefined;
  readonly publicNetworkAccess?: string | undefined;
  readonly identityId?: string | undefined;
}

/** What cannot be done, for those who know how to ask for something else. */
export type RefusalReason =
  | 'foreignSlot'
  | 'liveSlot'
  | 'slotWithTraffic'
  | 'foreignEndpoint'
  | 'compute'
  | 'authMode'
  | 'identity'
  | 'noEndpoint'
  | 'noCanary'
  | 'nothingBefore';

/** The next thing to do. After each one, what there is is read again. */
export type Step =
  | { readonly kind: 'refuse'; readonly problem: string; readonly reason: RefusalReason }
  | { readonly kind: 'createEndpoint' }
  | { readonly kind: 'changeEndpoint' }
  | { readonly kind: 'deleteEndpoint'; readonly reason: string }
  | { readonly kind: 'waitForEndpoint' }
  /** Another run works on it. */
  | { readonly kind: 'waitForDeployment'; readonly name: string }
  | { readonly kind: 'createDeployment'; readonly name: string; readonly replaces: string | undefined }
  /** Changes the deployment that serves, in place. */
  | { readonly kind: 'updateDeployment'; readonly name: string }
  /** An earlier run started what is wanted. */
  | { readonly kind: 'follow'; readonly name: string }
  | { readonly kind: 'deleteDeployment'; readonly name: string; readonly reason: string }
  | { readonly kind: 'scale'; readonly name: string; readonly capacity: number }
  /** Tests a deployment, gives it a share of the requests, and tests again. */
  | { readonly kind: 'switch'; readonly name: string; readonly traffic: Traffic }
  | { readonly kind: 'done'; readonly name: string; readonly isCanary: boolean };

/** Whether Azure works on it. Azure has other words for that than it documents, but only these for an end. */
export function isInTransition({ properties: { provisioningState } }: Deployment | Endpoint): boolean {
  return !/^(succeeded|failed|canceled|cancelled)$/i.test(provisioningState);
}

export function hasSucceeded({ properties: { provisioningState } }: Deployment | Endpoint): boolean {
  return /^succeeded$/i.test(provisioningState);
}

export function refused(reason: RefusalReason, problem: string): Step {
  return { kind: 'refuse', problem, reason };
}
