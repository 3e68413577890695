import { isStatus } from '../client/apiServer';
import type { KubernetesClient } from '../client/client';
import type { DeploySurroundings } from './request';
import { park } from './undo';
import { labels, product } from '../manifest/labels';
import { objectsOf, type Release } from '../manifest/release';
import {
  autoscalers,
  configMaps,
  deployments,
  disruptionBudgets,
  replicaSets,
  secrets,
  type KubernetesObject,
  type Resource,
} from '../client/resource';
import { nameIn, slots, type Slot } from '../strategies/slots';

/** What this product made for a service. */
export function ownedBy(service: string): string {
  return `${labels.service}=${service},${labels.managedBy}=${product}`;
}

/** Ends the Deployments of all slots but some; tells whether any had to be. */
export async function endOtherSlots(
  client: KubernetesClient,
  deployment: string,
  kept: readonly Slot[],
  { report }: DeploySurroundings,
): Promise<boolean> {
  let hasEnded = false;
  for (const slot of slots) {
    const name = nameIn(slot, deployment);
    if (kept.includes(slot) || !((await client.get(deployments, name))?.spec?.replicas ?? 0)) continue;
    report.log(`Deployment ${name}: no longer needed, scaled to 0`);
    await park(client, name);
    hasEnded = true;
  }
  return hasEnded;
}

/** Deletes the autoscaler and the disruption budget that a Deployment had in an earlier release and has no more; tells whether that was an autoscaler. */
export async function deleteStaleGuards(
  client: KubernetesClient,
  release: Release,
  surroundings: DeploySurroundings,
): Promise<boolean> {
  const wanted = new Set([...release.autoscalers, ...release.disruptionBudgets].map(keyOf));
  const targets = new Set(release.deployments.map(({ metadata }) => metadata?.name));
  let hadAutoscaler = false;
  for (const resource of [autoscalers, disruptionBudgets] as readonly Resource[])
    await ifAllowed(surroundings, async () => {
      const { items } = await client.list(resource, { labelSelector: ownedBy(release.name) });
      for (const object of items) {
        const name = object.metadata?.name ?? '';
        if (!targets.has(name) || wanted.has(keyOf({ ...object, kind: resource.kind }))) continue;
        surroundings.report.log(`${resource.kind} ${name}: no longer asked for, deleted`);
        await client.delete(resource, name);
        hadAutoscaler ||= resource.kind === autoscalers.kind;
      }
    });
  return hadAutoscaler;
}

/** Deletes configuration of earlier releases that no version uses that one can go back to. */
export async function tidy(
  client: KubernetesClient,
  release: Release,
  surroundings: DeploySurroundings,
): Promise<void> {
  const wanted = new Set(objectsOf(release).map(keyOf));
  const labelSelector = ownedBy(release.name);
  const kept = await client.list(replicaSets, { labelSelector });
  const inUse = JSON.stringify(kept.items.map(({ spec }) => spec?.template));
  for (const resource of [configMaps, secrets] as readonly Resource[])
    await ifAllowed(surroundings, async () => {
      const { items } = await client.list(resource, { labelSelector: `${labelSelector},${labels.content}` });
      for (const object of items) {
        const name = object.metadata?.name ?? '';
        if (wanted.has(keyOf({ ...object, kind: resource.kind })) || inUse.includes(`"${name}"`)) continue;
        surroundings.report.log(`${resource.kind} ${name}: no version uses it any more, deleted`);
        await client.delete(resource, name);
      }
    });
}

/** Nothing depends on tidiness: many may deploy, but not list secrets. */
async function ifAllowed({ report }: DeploySurroundings, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isStatus(error, 403)) throw error;
    report.log(`Something of earlier versions may be left in the cluster. ${error.message}`);
  }
}

function keyOf({ kind = '', metadata }: KubernetesObject): string {
  return `${kind} ${metadata?.name ?? ''}`;
}
