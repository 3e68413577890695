import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import { TaskError } from '../../errors';
import { HttpError } from '../../http/errors';
import { fieldManager, type KubernetesClient } from '../client/client';
import type { Release } from '../manifest/release';
import { deployments } from '../client/resource';
import { kubectlVerdict } from '../rollout/rollout';
import { isUnproven, type LiveService, type ServiceNames } from './liveService';
import { withReplicas } from './replicas';
import { selects, type Move, type Slot } from './slots';

/** A Deployment that is to be brought in line. */
export interface Workload {
  readonly wanted: Deployment;
  readonly live: Deployment | undefined;
  /** Whether applying it would change what is asked of it. */
  readonly isChanged: boolean;
}

/** What a deployment does, by its strategy. */
export interface Plan {
  /** As it goes into the cluster; its Deployments are the workloads. */
  readonly release: Release;
  readonly names: ServiceNames;
  readonly workloads: readonly Workload[];
  /** Which leads requests to the workloads. */
  readonly service: Service | undefined;
  /** To move the Service from one slot to another at the end. */
  readonly move: Move | undefined;
  /** What leads to the new pods before the Service does. */
  readonly preview: Service | undefined;
  /** To where the Service goes back when the slot that it was moved to before, and has yet to prove itself, fails. */
  readonly fallback: Move | undefined;
  /** Back to the slot that has proven itself, before the other one is made anew. */
  readonly recovery: Move | undefined;
  readonly isCanary: boolean;
  /** Which slots stay; what stands in the others ends afterwards. Undefined where that is no business of the strategy. */
  readonly keptSlots: readonly Slot[] | undefined;
  /** Said before it begins. */
  readonly note: string | undefined;
}

/** What a strategy plans from. */
export interface PlanSource {
  readonly client: KubernetesClient;
  readonly release: Release;
  readonly live: LiveService;
}

/** Nothing out of the ordinary. */
export const plain = {
  move: undefined,
  preview: undefined,
  fallback: undefined,
  recovery: undefined,
  isCanary: false,
  keptSlots: undefined,
  note: undefined,
} as const;

/** The Service that selects the pods of a release. */
export function mainService({ services, deployments: [deployment] }: Release): Service | undefined {
  return services.find((service) => deployment?.spec && selects(service, deployment.spec.template));
}

/** Compares a Deployment, with the replicas that it is to have, to what is there: by a dry run, which knows all defaults. */
export async function workloadOf(
  client: KubernetesClient,
  release: Release,
  deployment: Deployment,
  live: Deployment | undefined,
  serving: Deployment | undefined,
): Promise<Workload> {
  const autoscaler = release.autoscalers.find(
    ({ spec }) => spec?.scaleTargetRef.kind === 'Deployment' && spec.scaleTargetRef.name === deployment.metadata?.name,
  );
  const wanted = withReplicas(deployment, autoscaler, live, serving, fieldManager);
  return { wanted, live, isChanged: live === undefined || (await changes(client, wanted, live)) };
}

async function changes(client: KubernetesClient, wanted: Deployment, live: Deployment): Promise<boolean> {
  try {
    const { object } = await client.apply(deployments, wanted, { isDryRun: true, isForced: true });
    return object.metadata?.generation !== live.metadata?.generation;
  } catch (error) {
    // What the cluster refuses is found again, and said, with all else that it refuses.
    if (error instanceof HttpError && !error.isTransient) return true;
    throw error;
  }
}

/** Whether a workload runs as it should, and has proven itself. */
export function isSettled({ live, isChanged }: Workload): boolean {
  return live !== undefined && !isChanged && !isUnproven(live) && kubectlVerdict(live).state === 'done';
}

/** A canary would go on taking its share beside another version than the one that it was made for. */
export function refuseCanary({ canary }: LiveService): void {
  if (canary)
    throw new TaskError(
      `${canary.metadata?.name ?? ''} is a canary that takes a share of the requests: promote or reject it first.`,
    );
}

/** The one Deployment of a release. Throws a TaskError when there are more. */
export function theDeployment({ deployments: all }: Release, strategy: string): Deployment {
  const [deployment, ...more] = all;
  if (!deployment || more.length > 0)
    throw new TaskError(`The strategy ${strategy} is for one Deployment; the manifests hold ${all.length}.`);
  return deployment;
}
