import { isDeepStrictEqual } from 'node:util';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import { TaskError } from '../../errors';
import { isFinalRefusal } from '../../http/errors';
import type { KubernetesClient } from '../client/client';
import type { Release } from '../manifest/release';
import { deployments, type KubernetesObject } from '../client/resource';
import { changeBy } from '../ownership/change';
import { mayOverride } from '../ownership/managers';
import { takeoverOf } from '../ownership/takeOver';
import { kubectlVerdict } from '../rollout/rollout';
import { isRunning, isUnproven, isUntested, type LiveService, type ServiceNames } from './liveService';
import { withoutReplicas, withReplicas, withReplicasOf } from './replicas';
import { isIdle, scalerOf, scales, type OtherAutoscalers, type Scaler } from './scalers';
import type { Move, Slot } from './slots';

/** A Deployment to apply. */
export interface Workload {
  readonly wanted: Deployment;
  readonly live: Deployment | undefined;
  /** Whether applying it would change it. */
  readonly isChanged: boolean;
  /** Whether applying it would replace its pods. */
  readonly hasNewPods: boolean;
  /** Says who else manages its replicas. */
  readonly note?: string;
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
  /** Whether the release is only a part of the service: what it does not contain stays. */
  readonly isPartial: boolean;
  /** The slots that keep running; the others are scaled to 0 at the end. Undefined when the strategy has no slots. */
  readonly keptSlots: readonly Slot[] | undefined;
  /** The objects that differ from their description, and that the strategy leaves as they are. */
  readonly leftOut: readonly KubernetesObject[];
  /** Logged at the start. */
  readonly note: string | undefined;
}

/** The input of a strategy. */
export interface PlanSource {
  readonly client: KubernetesClient;
  readonly release: Release;
  readonly live: LiveService;
  readonly otherAutoscalers: OtherAutoscalers;
  /** Takes ownership of fields from unknown managers. */
  readonly isForced: boolean;
}

/** The defaults of a plan. */
export const plain = {
  move: undefined,
  preview: undefined,
  fallback: undefined,
  recovery: undefined,
  isCanary: false,
  isPartial: false,
  keptSlots: undefined,
  leftOut: [],
  note: undefined,
} as const;

/** The Service through which a release is reached. */
export function mainService({ services, serving }: Release): Service | undefined {
  return services.find(({ metadata }) => metadata?.name === serving?.service);
}

/**
 * Compares a Deployment, with its wanted replicas, to the live one by a dry run, which applies all defaults. Replicas that
 * somebody else manages stay as they are.
 */
export async function workloadOf(
  { client, otherAutoscalers, isForced }: Pick<PlanSource, 'client' | 'otherAutoscalers' | 'isForced'>,
  { autoscalers }: Release,
  deployment: Deployment,
  live: Deployment | undefined,
  serving: Deployment | undefined,
): Promise<Workload> {
  const name = deployment.metadata?.name ?? '';
  const autoscaler = autoscalers.find((each) => scales(each, name));
  const scaler = autoscaler ? undefined : scalerOf(name, live, otherAutoscalers, isForced);
  const takeover = takeoverOf(live, isForced || mayOverride(live?.metadata?.managedFields));
  const managedFields = takeover?.managedFields ?? live?.metadata?.managedFields;
  const before = serving?.metadata?.name ?? name;
  const hasScaler = autoscaler !== undefined || scaler !== undefined;
  const scalerBefore =
    hasScaler || before === name || !isRunning(serving)
      ? undefined
      : scalerOf(before, serving, otherAutoscalers, isForced);
  const note = scaler
    ? { note: scalerNote(name, live, scaler) }
    : scalerBefore && { note: startNote(name, before, serving, scalerBefore) };
  // What removes the fields that are taken over is not known before.
  const changeTo = (wanted: Deployment): Promise<Change> | Change =>
    live && !takeover ? changeOf(client, wanted, live) : { isChanged: true, hasNewPods: true };

  if (isIdle(live, scaler)) {
    // What is idle is started only to prove new pods.
    const idle = withoutReplicas(deployment);
    const change = await changeTo(idle);
    if (!change.hasNewPods) return { wanted: idle, live, ...change, ...note };
  }
  const wanted = hasScaler
    ? withReplicas(deployment, { autoscaler, scaler, live, managedFields, serving })
    : withReplicasOf(scalerBefore && serving, deployment, live);
  return { wanted, live, ...(await changeTo(wanted)), ...note };
}

function scalerNote(name: string, live: Deployment | undefined, { title, bounds }: Scaler): string {
  const replicas = live?.spec?.replicas;
  if (replicas === undefined) return `Deployment ${name}: ${title} manages its replicas`;
  const number = replicas === 1 ? '1 replica stays' : `${replicas} replicas stay`;
  return `Deployment ${name}: ${number}, because ${title} ${bounds ? 'manages their number' : 'scaled it'}`;
}

function startNote(name: string, before: string, serving: Deployment | undefined, { title }: Scaler): string {
  const replicas = serving?.spec?.replicas ?? 1;
  const number = replicas === 1 ? '1 replica' : `${replicas} replicas`;
  return `Deployment ${name}: started with ${number}, as many as ${title} gives ${before}. ${title} does not scale ${name}`;
}

type Change = Pick<Workload, 'isChanged' | 'hasNewPods'>;

async function changeOf(client: KubernetesClient, wanted: Deployment, live: Deployment): Promise<Change> {
  try {
    const planned = await changeBy(client, deployments, wanted, true, live);
    const hasNewPods = planned !== undefined && !isDeepStrictEqual(planned.spec?.template, live.spec?.template);
    return { isChanged: planned !== undefined, hasNewPods };
  } catch (error) {
    // A refusal is found again by the preflight check, and reported with all others.
    if (isFinalRefusal(error)) return { isChanged: true, hasNewPods: true };
    throw error;
  }
}

/** Whether a workload is unchanged, proven and tested. */
export function isKept({ live, isChanged }: Workload): boolean {
  return live !== undefined && !isChanged && !isUnproven(live) && !isUntested(live);
}

/** Whether all replicas of a workload run. An autoscaler may be changing their number. */
export function isSettled({ live }: Workload): boolean {
  return live !== undefined && kubectlVerdict(live).state === 'done';
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
