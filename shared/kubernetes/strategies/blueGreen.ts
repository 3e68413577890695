import { TaskError } from '../../errors';
import { fallbackOf, isRunning, serving } from './liveService';
import { mainService, plain, refuseCanary, theDeployment, workloadOf, type Plan, type PlanSource } from './plan';
import { inSlot, previewOf, type Slot } from './slots';

/**
 * Deploys the new version beside the serving one, at full size, and switches the Service when it is proven. The old one
 * stays until `promote`, so that traffic can be switched back at once. Throws a TaskError when it can't be done.
 */
export async function planBlueGreen(source: PlanSource): Promise<Plan> {
  const { release, live } = source;
  refuseCanary(live);
  const deployment = theDeployment(release, 'blueGreen');
  const service = mainService(release);
  if (!service) throw new TaskError('The strategy blueGreen needs a Service that selects the pods of the Deployment.');
  if (live.service && live.slot === undefined && isRunning(live.inSlots.stable))
    throw new TaskError(
      `The Service ${service.metadata?.name ?? ''} selects the pods of ${deployment.metadata?.name ?? ''} and would also select those of a second Deployment. ` +
        'To start with the strategy blueGreen, deploy once under new names.',
    );

  // The serving version may be the wanted one already: this step ran before, or was interrupted.
  const fallback = fallbackOf(live);
  if (live.slot) {
    const plan = await planIn(live.slot, live.slot);
    const [workload] = plan.workloads;
    if (workload?.live && !workload.hasNewPods)
      return { ...plan, fallback, keptSlots: [live.slot, live.previousSlot ?? live.slot] };
  }
  const from = fallback?.to ?? live.slot;
  const to = from === 'blue' ? 'green' : 'blue';
  const plan = await planIn(to, from ?? to);
  const note = from
    ? `${from} serves; deploying the new version to ${to}.`
    : `Nothing serves yet; deploying the first version to ${to}.`;
  const keptSlots: readonly Slot[] = [to, from ?? to];
  return { ...plan, keptSlots, move: from && { from, to }, recovery: fallback, preview: previewOf(service, to), note };

  async function planIn(slot: Slot, pointedAt: Slot): Promise<Plan> {
    const placed = inSlot(release, slot, pointedAt);
    const [wanted = deployment] = placed.deployments;
    return {
      ...plain,
      release: placed,
      names: live.names,
      workloads: [await workloadOf(source, placed, wanted, live.inSlots[slot], serving(live))],
      service: placed.services.find(({ metadata }) => metadata?.name === service?.metadata?.name),
    };
  }
}
