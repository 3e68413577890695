import { TaskError } from '../../errors';
import { fallbackOf, isRunning, serving } from './liveService';
import { mainService, plain, refuseCanary, theDeployment, workloadOf, type Plan, type PlanSource } from './plan';
import { inSlot, previewOf, type Slot } from './slots';

/**
 * Sets the new version up beside the one that serves, at full size, and moves the Service when it has proven itself.
 * The old one stays until `promote`, so that one can go back at once. Throws a TaskError where it can't be done.
 */
export async function planBlueGreen({ client, release, live }: PlanSource): Promise<Plan> {
  refuseCanary(live);
  const deployment = theDeployment(release, 'blueGreen');
  const service = mainService(release);
  if (!service) throw new TaskError('The strategy blueGreen needs a Service that selects the pods of the Deployment.');
  if (live.service && live.slot === undefined && isRunning(live.inSlots.stable))
    throw new TaskError(
      `The Service ${service.metadata?.name ?? ''} selects the pods of ${deployment.metadata?.name ?? ''} and would select those of a second Deployment, too. ` +
        'To begin with blueGreen, deploy under new names once.',
    );

  // What already gets the requests may be what is wanted: this step ran before, or was ended on its way.
  const fallback = fallbackOf(live);
  if (live.slot) {
    const plan = await planIn(live.slot, live.slot);
    const [workload] = plan.workloads;
    if (workload?.live && !workload.isChanged)
      return { ...plan, fallback, keptSlots: [live.slot, live.previousSlot ?? live.slot] };
  }
  const from = fallback?.to ?? live.slot;
  const to = from === 'blue' ? 'green' : 'blue';
  const plan = await planIn(to, from ?? to);
  const note = from
    ? `${from} serves; the new version goes into ${to}.`
    : `Nothing serves yet; the first version goes into ${to}.`;
  const keptSlots: readonly Slot[] = [to, from ?? to];
  return { ...plan, keptSlots, move: from && { from, to }, recovery: fallback, preview: previewOf(service, to), note };

  async function planIn(slot: Slot, pointedAt: Slot): Promise<Plan> {
    const placed = inSlot(release, slot, pointedAt);
    const [wanted = deployment] = placed.deployments;
    return {
      ...plain,
      release: placed,
      names: live.names,
      workloads: [await workloadOf(client, placed, wanted, live.inSlots[slot], serving(live))],
      service: placed.services.find(({ metadata }) => metadata?.name === service?.metadata?.name),
    };
  }
}
