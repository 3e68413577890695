import type { Deployment } from 'kubernetes-types/apps/v1';
import { TaskError } from '../../errors';
import { fieldManager, type KubernetesClient } from '../client/client';
import { carryOut } from './carryOut';
import { untilKnown, type DeployRequest, type DeploySurroundings } from './request';
import { endOtherSlots } from './finish';
import { imageOf } from './goodVersion';
import { annotations } from '../manifest/labels';
import { deployments, services } from '../client/resource';
import { isRunning, readLive, serving, type LiveService, type ServiceNames } from '../strategies/liveService';
import { plain, workloadOf } from '../strategies/plan';
import { isReplicasOwnedByOthers } from '../strategies/replicas';
import { promoted, type Slot } from '../strategies/slots';
import { switchTraffic } from '../strategies/switchTraffic';

/**
 * Makes a trial final: what the canary runs takes the place of the version beside it, and the canary goes; or, after
 * blue/green, the slot that served before ends. Nothing is done where there is no trial. Says what was done. Throws a
 * TaskError, as a deployment does.
 */
export async function promoteService(
  client: KubernetesClient,
  names: ServiceNames,
  request: Pick<DeployRequest, 'onFailure' | 'scoringPath' | 'smoke' | 'isForced'>,
  surroundings: DeploySurroundings,
): Promise<string> {
  surroundings.onFacts(untilKnown);
  const live = await readLive(client, names);
  const stable = theServing(live);
  if (live.canary) {
    await promoteCanary(client, live, live.canary, stable, request, surroundings);
    surroundings.onFacts({ resultState: 'Promoted' });
    return `${stable.metadata?.name ?? ''} runs what the canary ran; the canary was deleted.`;
  }
  tell(stable, surroundings);
  if (live.slot === undefined || live.previousSlot === undefined) {
    surroundings.onFacts({ resultState: 'Unchanged' });
    return 'There is nothing to promote.';
  }
  await endOtherSlots(client, names.deployment, [live.slot], surroundings);
  await forgetPrevious(client, names);
  surroundings.onFacts({ resultState: 'Promoted' });
  return `${live.slot} serves for good; ${live.previousSlot} was scaled to 0.`;
}

/**
 * Ends a trial: the canary goes; or, after blue/green, the slot that served before serves again. Nothing is done where
 * there is no trial. Says what was done. Throws a TaskError.
 */
export async function rejectService(
  client: KubernetesClient,
  names: ServiceNames,
  surroundings: DeploySurroundings,
): Promise<string> {
  const { onFacts } = surroundings;
  onFacts(untilKnown);
  const live = await readLive(client, names);
  if (live.canary) {
    await client.delete(deployments, live.canary.metadata?.name ?? '');
    onFacts({ resultState: 'Rejected' });
    tell(theServing(live), surroundings);
    return 'The canary was deleted.';
  }
  const { slot, previousSlot } = live;
  if (slot && previousSlot && isRunning(live.inSlots[previousSlot])) {
    await switchTraffic(client, names.service ?? '', { from: slot, to: previousSlot }, undefined);
    onFacts({ rolledBack: 'true', previousImage: imageIn(live, slot) });
    await endOtherSlots(client, names.deployment, [previousSlot], surroundings);
    onFacts({ resultState: 'Rejected' });
    tell(live.inSlots[previousSlot], surroundings);
    return `${previousSlot} serves again; ${slot} was scaled to 0.`;
  }
  tell(theServing(live), surroundings);
  // A step that was ended on its way may have moved the Service, and no more.
  if (slot && (await endOtherSlots(client, names.deployment, [slot], surroundings))) {
    onFacts({ rolledBack: 'true', resultState: 'Rejected' });
    return `${slot} serves; what stood beside it was scaled to 0.`;
  }
  onFacts({ resultState: 'Unchanged' });
  return 'There is nothing to reject.';
}

async function promoteCanary(
  client: KubernetesClient,
  live: LiveService,
  canary: Deployment,
  stable: Deployment,
  request: Pick<DeployRequest, 'onFailure' | 'scoringPath' | 'smoke' | 'isForced'>,
  surroundings: DeploySurroundings,
): Promise<void> {
  const wanted = applicable(promoted(canary, stable), stable);
  const release = {
    name: live.names.deployment,
    foundations: [],
    deployments: [wanted],
    services: [],
    routes: [],
    autoscalers: [],
    disruptionBudgets: [],
  };
  surroundings.onFacts({ previousImage: imageOf(stable.spec?.template) });
  const workload = await workloadOf(client, release, wanted, stable, undefined);
  await carryOut(
    client,
    { ...plain, release, names: live.names, workloads: [workload], service: live.service },
    request,
    surroundings,
  );
  await client.delete(deployments, canary.metadata?.name ?? '');
}

/** Without what the cluster keeps for itself; the replicas stay with whom they belong to. */
function applicable(wanted: Deployment, stable: Deployment): Deployment {
  const { name, labels, annotations: notes = {} } = wanted.metadata ?? {};
  const ours = new Set<string>(Object.values(annotations));
  const kept = Object.entries(notes).filter(([key]) => !ours.has(key) && !key.startsWith('deployment.kubernetes.io/'));
  const spec = { selector: {}, template: {}, ...wanted.spec };
  if (isReplicasOwnedByOthers(stable.metadata?.managedFields, fieldManager)) delete spec.replicas;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...(name !== undefined && { name }), ...(labels && { labels }), annotations: Object.fromEntries(kept) },
    spec,
  };
}

async function forgetPrevious(client: KubernetesClient, { service = '' }: ServiceNames): Promise<void> {
  await client.mergePatch(services, service, { metadata: { annotations: { [annotations.previousSlot]: null } } });
}

function theServing(live: LiveService): Deployment {
  const found = serving(live);
  if (!found) throw new TaskError(`There is no Deployment ${live.names.deployment} that serves: deploy it first.`);
  return found;
}

function imageIn({ inSlots }: LiveService, slot: Slot): string {
  return imageOf(inSlots[slot]?.spec?.template);
}

function tell(deployment: Deployment | undefined, { onFacts }: DeploySurroundings): void {
  onFacts({ deploymentName: deployment?.metadata?.name ?? '', image: imageOf(deployment?.spec?.template) });
}
