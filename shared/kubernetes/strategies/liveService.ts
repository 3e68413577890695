import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import type { KubernetesClient } from '../client/client';
import { annotations } from '../manifest/labels';
import { deployments, services } from '../client/resource';
import { canaryNameOf, nameIn, slotOf, slots, type Move, type Slot } from './slots';

/** The names of the objects of a service. */
export interface ServiceNames {
  /** The Deployment in the slot `stable`. */
  readonly deployment: string;
  /** The Service; undefined when there is none. */
  readonly service: string | undefined;
  /** The container that answers; the first one, where that is not known. */
  readonly container?: string | undefined;
  /** The number of the port that is called, of the Service or the container; told from their names, where it is not known. */
  readonly port?: number | undefined;
}

/** A service as it exists in the cluster. */
export interface LiveService {
  readonly names: ServiceNames;
  readonly service: Service | undefined;
  /** The slot that the Service selects. */
  readonly slot: Slot | undefined;
  /** The slot that it selected before, as long as traffic can be switched back. */
  readonly previousSlot: Slot | undefined;
  readonly inSlots: Readonly<Record<Slot, Deployment | undefined>>;
  readonly canary: Deployment | undefined;
}

export async function readLive(client: KubernetesClient, names: ServiceNames): Promise<LiveService> {
  const { deployment: name } = names;
  const [service, canary, stable, blue, green] = await Promise.all([
    names.service === undefined ? undefined : client.get(services, names.service),
    client.get(deployments, canaryNameOf(name)),
    ...slots.map((slot) => client.get(deployments, nameIn(slot, name))),
  ]);
  const previous = service?.metadata?.annotations?.[annotations.previousSlot];
  return {
    names,
    service,
    slot: slotOf(service),
    previousSlot: slots.find((slot) => slot === previous),
    inSlots: { stable, blue, green },
    canary,
  };
}

/** The Deployment that receives traffic; when no Service selects a slot, the only one. */
export function serving({ slot = 'stable', inSlots }: LiveService): Deployment | undefined {
  return inSlots[slot];
}

/** Whether a Deployment has replicas at all. */
export function isRunning(deployment: Deployment | undefined): deployment is Deployment {
  return deployment !== undefined && (deployment.spec?.replicas ?? 1) > 0;
}

/** Whether a Deployment runs a version that is not proven yet. */
export function isUnproven({ metadata }: Deployment): boolean {
  return metadata?.annotations?.[annotations.unproven] !== undefined;
}

/** Whether a change of what surrounds the pods of a Deployment, such as its Service, is not tested yet. */
export function isUntested({ metadata }: Deployment): boolean {
  return metadata?.annotations?.[annotations.untested] !== undefined;
}

/** The slot to switch back to, while the one that the Service selects is not proven. */
export function fallbackOf({ slot, previousSlot, inSlots }: LiveService): Move | undefined {
  const present = slot && inSlots[slot];
  if (!present || !isUnproven(present) || !previousSlot || previousSlot === slot) return undefined;
  return isRunning(inSlots[previousSlot]) ? { from: slot, to: previousSlot } : undefined;
}
