import { deployments } from '../client/resource';
import { fallbackOf, serving } from './liveService';
import { mainService, plain, refuseCanary, workloadOf, type Plan, type PlanSource } from './plan';
import { inSlot, slotOf } from './slots';

/**
 * Replaces the pods of each Deployment one after the other. A service that blue/green switched to another slot returns to
 * its own slot: the Service follows when the new pods are proven.
 */
export async function planRolling(source: PlanSource): Promise<Plan> {
  const { client, release, live } = source;
  refuseCanary(live);
  const service = mainService(release);
  const isSlotted = slotOf(service) !== undefined;
  const placed = isSlotted ? inSlot(release, 'stable', live.slot ?? 'stable') : release;
  const workloads = await Promise.all(
    placed.deployments.map(async (deployment) => {
      const present = await client.get(deployments, deployment.metadata?.name ?? '');
      return workloadOf(source, placed, deployment, present, isSlotted ? serving(live) : present);
    }),
  );
  return {
    ...plain,
    release: placed,
    names: live.names,
    workloads,
    service: mainServiceOf(placed, service?.metadata?.name),
    move:
      isSlotted && live.slot !== undefined && live.slot !== 'stable' ? { from: live.slot, to: 'stable' } : undefined,
    fallback: isSlotted ? fallbackOf(live) : undefined,
    keptSlots: placed.deployments.length === 1 ? ['stable'] : undefined,
  };
}

function mainServiceOf({ services }: Plan['release'], name: string | undefined): Plan['service'] {
  return services.find(({ metadata }) => metadata?.name === name);
}
