import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Service } from 'kubernetes-types/core/v1';
import type { KubernetesClient } from '../client/client';
import { annotations } from '../manifest/labels';
import { deployments, services } from '../client/resource';
import { canaryNameOf, nameIn, slotOf, slots, type Move, type Slot } from './slots';

/** By which the objects of a service are found. */
export interface ServiceNames {
  /** Of the Deployment in the slot `stable`. */
  readonly deployment: string;
  /** Of the Service; undefined where nothing leads requests to the pods. */
  readonly service: string | undefined;
}

/** A service as it is in the cluster. */
export interface LiveService {
  readonly names: ServiceNames;
  readonly service: Service | undefined;
  /** That the Service points at. */
  readonly slot: Slot | undefined;
  /** That it pointed at before, as long as one can go back there. */
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

/** What gets the requests now: where no Service points at a slot, the one Deployment that there is. */
export function serving({ slot = 'stable', inSlots }: LiveService): Deployment | undefined {
  return inSlots[slot];
}

/** Has a Deployment replicas at all? */
export function isRunning(deployment: Deployment | undefined): deployment is Deployment {
  return deployment !== undefined && (deployment.spec?.replicas ?? 1) > 0;
}

/** Whether a Deployment runs what has yet to prove itself. */
export function isUnproven({ metadata }: Deployment): boolean {
  return metadata?.annotations?.[annotations.unproven] !== undefined;
}

/** Where the Service can go back to while the slot that it points at has yet to prove itself. */
export function fallbackOf({ slot, previousSlot, inSlots }: LiveService): Move | undefined {
  const present = slot && inSlots[slot];
  if (!present || !isUnproven(present) || !previousSlot || previousSlot === slot) return undefined;
  return isRunning(inSlots[previousSlot]) ? { from: slot, to: previousSlot } : undefined;
}
