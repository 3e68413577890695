import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import type { KubernetesClient } from '../client/client';
import { carryOut } from './carryOut';
import { untilKnown, type OnFacts, type VersionRequest } from './request';
import { endOtherSlots } from './finish';
import { imageOf } from './goodVersion';
import { annotations } from '../manifest/labels';
import { deployments, services } from '../client/resource';
import { isRunning, readLive, serving, type LiveService, type ServiceNames } from '../strategies/liveService';
import { plain, workloadOf } from '../strategies/plan';
import { deleteObject } from '../rollout/untilDeleted';
import { isReplicasOwnedByOthers, withoutReplicas } from '../strategies/replicas';
import { mayOverride } from '../ownership/managers';
import { takeoverOf } from '../ownership/takeOver';
import { promoted, type Slot } from '../strategies/slots';
import { switchTraffic } from '../strategies/switchTraffic';

/**
 * Promotes a trial: the version of the canary replaces the stable one, and the canary is deleted; or, after blue/green,
 * the slot that served before is scaled to 0. Does nothing when there is no trial. Returns what was done. Throws a
 * TaskError, as a deployment does.
 */
export async function promoteService(
  client: KubernetesClient,
  names: ServiceNames,
  request: VersionRequest,
  context: Context,
  onFacts: OnFacts,
): Promise<string> {
  onFacts(untilKnown);
  const live = await readLive(client, names);
  const stable = theServing(live);
  if (live.canary) {
    await promoteCanary(client, live, live.canary, stable, request, context, onFacts);
    onFacts({ resultState: 'Promoted' });
    return `${stable.metadata?.name ?? ''} runs the version of the canary now; the canary was deleted.`;
  }
  tell(live, stable, onFacts);
  if (live.slot === undefined || live.previousSlot === undefined) {
    onFacts({ resultState: 'Unchanged' });
    return 'There is nothing to promote.';
  }
  await endOtherSlots(client, names.deployment, [live.slot], context);
  await forgetPrevious(client, names);
  onFacts({ resultState: 'Promoted' });
  return `${live.slot} was promoted; ${live.previousSlot} was scaled to 0.`;
}

/**
 * Rejects a trial: the canary is deleted; or, after blue/green, traffic returns to the slot that served before. Does
 * nothing when there is no trial. Returns what was done. Throws a TaskError.
 */
export async function rejectService(
  client: KubernetesClient,
  names: ServiceNames,
  context: Context,
  onFacts: OnFacts,
): Promise<string> {
  onFacts(untilKnown);
  const live = await readLive(client, names);
  if (live.canary) {
    await deleteObject(client, { resource: deployments, object: live.canary }, context);
    onFacts({ resultState: 'Rejected' });
    tell(live, theServing(live), onFacts);
    return 'The canary was deleted.';
  }
  const { slot, previousSlot } = live;
  if (slot && previousSlot && isRunning(live.inSlots[previousSlot])) {
    await switchTraffic(client, names.service ?? '', { from: slot, to: previousSlot }, undefined);
    onFacts({ rolledBack: 'true', previousImage: imageIn(live, slot) });
    await endOtherSlots(client, names.deployment, [previousSlot], context);
    onFacts({ resultState: 'Rejected' });
    tell(live, live.inSlots[previousSlot], onFacts);
    return `${previousSlot} serves again; ${slot} was scaled to 0.`;
  }
  tell(live, theServing(live), onFacts);
  // A rejection that was interrupted may have switched the traffic, and nothing else.
  if (slot && (await endOtherSlots(client, names.deployment, [slot], context))) {
    onFacts({ rolledBack: 'true', resultState: 'Rejected' });
    return `${slot} serves; the other slot was scaled to 0.`;
  }
  onFacts({ resultState: 'Unchanged' });
  return 'There is nothing to reject.';
}

async function promoteCanary(
  client: KubernetesClient,
  live: LiveService,
  canary: Deployment,
  stable: Deployment,
  request: VersionRequest,
  context: Context,
  onFacts: OnFacts,
): Promise<void> {
  const { isForced } = request;
  const wanted = applicable(promoted(canary, stable), stable, isForced);
  const release = {
    name: live.names.deployment,
    group: live.names.deployment,
    foundations: [],
    deployments: [wanted],
    services: [],
    routes: [],
    autoscalers: [],
    disruptionBudgets: [],
  };
  onFacts({ previousImage: imageOf(stable.spec?.template, live.names.container) });
  const source = { client, otherAutoscalers: [], isForced };
  const workload = await workloadOf(source, release, wanted, stable, undefined);
  await carryOut(
    client,
    { ...plain, isPartial: true, release, names: live.names, workloads: [workload], service: live.service },
    request,
    context,
    onFacts,
  );
  await deleteObject(client, { resource: deployments, object: canary }, context);
}

/** Without fields that the cluster maintains; without replicas when somebody else manages them. */
function applicable(wanted: Deployment, stable: Deployment, isForced: boolean): Deployment {
  const { name, labels, annotations: notes = {} } = wanted.metadata ?? {};
  const ours = new Set<string>(Object.values(annotations));
  const kept = Object.entries(notes).filter(([key]) => !ours.has(key) && !key.startsWith('deployment.kubernetes.io/'));
  const { managedFields } = stable.metadata ?? {};
  const owners = takeoverOf(stable, isForced || mayOverride(managedFields))?.managedFields ?? managedFields;
  const complete: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...(name !== undefined && { name }), ...(labels && { labels }), annotations: Object.fromEntries(kept) },
    spec: { selector: {}, template: {}, ...wanted.spec },
  };
  return isReplicasOwnedByOthers(owners) ? withoutReplicas(complete) : complete;
}

async function forgetPrevious(client: KubernetesClient, { service = '' }: ServiceNames): Promise<void> {
  await client.mergePatch(services, service, { metadata: { annotations: { [annotations.previousSlot]: null } } });
}

function theServing(live: LiveService): Deployment {
  const found = serving(live);
  if (!found) throw new TaskError(`There is no Deployment ${live.names.deployment} that serves. Deploy it first.`);
  return found;
}

function imageIn({ inSlots, names }: LiveService, slot: Slot): string {
  return imageOf(inSlots[slot]?.spec?.template, names.container);
}

function tell({ names }: LiveService, deployment: Deployment | undefined, onFacts: OnFacts): void {
  const image = imageOf(deployment?.spec?.template, names.container);
  onFacts({ deploymentName: deployment?.metadata?.name ?? '', image });
}
