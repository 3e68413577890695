import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import { TaskError } from '../../errors';
import { HttpError } from '../../http/errors';
import { fieldManager, type KubernetesClient } from '../client/client';
import type { Release } from '../manifest/release';
import { deployments, isOf } from '../client/resource';
import { kubectlVerdict } from '../rollout/rollout';
import { isUnproven, type LiveService, type ServiceNames } from './liveService';
import { withReplicas } from './replicas';
import type { Move, Slot } from './slots';

/** A Deployment to apply. */
export interface Workload {
  readonly wanted: Deployment;
  readonly live: Deployment | undefined;
  /** Whether applying it would change its spec. */
  readonly isChanged: boolean;
}

/** The plan of a deployment, by its strategy. */
export interface Plan {
  /** The objects to apply; its Deployments are the workloads. */
  readonly release: Release;
  readonly names: ServiceNames;
  readonly workloads: readonly Workload[];
  /** The Service that routes traffic to the workloads. */
  readonly service: Service | undefined;
  /** The switch of the Service from one slot to another at the end. */
  readonly move: Move | undefined;
  /** A Service that selects the new pods before the switch. */
  readonly preview: Service | undefined;
  /** The switch back when the slot that an earlier attempt switched to, and that is not proven yet, fails. */
  readonly fallback: Move | undefined;
  /** The switch back to the proven slot, before the other one is deployed again. */
  readonly recovery: Move | undefined;
  readonly isCanary: boolean;
  /** The slots that keep running; the others are scaled to 0 at the end. Undefined when the strategy has no slots. */
  readonly keptSlots: readonly Slot[] | undefined;
  /** Logged at the start. */
  readonly note: string | undefined;
}

/** The input of a strategy. */
export interface PlanSource {
  readonly client: KubernetesClient;
  readonly release: Release;
  readonly live: LiveService;
}

/** The defaults of a plan. */
export const plain = {
  move: undefined,
  preview: undefined,
  fallback: undefined,
  recovery: undefined,
  isCanary: false,
  keptSlots: undefined,
  note: undefined,
} as const;

/** The Service through which a release is reached. */
export function mainService({ services, serving }: Release): Service | undefined {
  return services.find(({ metadata }) => metadata?.name === serving?.service);
}

/** Compares a Deployment, with its wanted replicas, to the live one by a dry run, which applies all defaults. */
export async function workloadOf(
  client: KubernetesClient,
  release: Release,
  deployment: Deployment,
  live: Deployment | undefined,
  serving: Deployment | undefined,
): Promise<Workload> {
  const autoscaler = release.autoscalers.find(
    ({ spec }) =>
      spec && isOf(spec.scaleTargetRef, deployments) && spec.scaleTargetRef.name === deployment.metadata?.name,
  );
  const wanted = withReplicas(deployment, autoscaler, live, serving, fieldManager);
  return { wanted, live, isChanged: live === undefined || (await changes(client, wanted, live)) };
}

async function changes(client: KubernetesClient, wanted: Deployment, live: Deployment): Promise<boolean> {
  try {
    const { object } = await client.apply(deployments, wanted, { isDryRun: true, isForced: true });
    return object.metadata?.generation !== live.metadata?.generation;
  } catch (error) {
    // A refusal is found again by the preflight check, and reported with all others.
    if (error instanceof HttpError && !error.isTransient) return true;
    throw error;
  }
}

/** Whether a workload is unchanged, running and proven. */
export function isSettled({ live, isChanged }: Workload): boolean {
  return live !== undefined && !isChanged && !isUnproven(live) && kubectlVerdict(live).state === 'done';
}

/** Throws a TaskError while there is a canary: it would keep its share beside a version that it was not made for. */
export function refuseCanary({ canary }: LiveService): void {
  if (canary)
    throw new TaskError(
      `${canary.metadata?.name ?? ''} is a canary that receives a share of the traffic. Promote or reject it first.`,
    );
}

/** The one Deployment of a release. Throws a TaskError when there are more. */
export function theDeployment({ deployments: all }: Release, strategy: string): Deployment {
  const [deployment, ...more] = all;
  if (!deployment || more.length > 0)
    throw new TaskError(`The strategy ${strategy} supports one Deployment; the manifests contain ${all.length}.`);
  return deployment;
}
