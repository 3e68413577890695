import type { Context } from '../../agent/context';
import { isStatus } from '../client/apiServer';
import type { KubernetesClient } from '../client/client';
import { park } from './undo';
import { labels, product } from '../manifest/labels';
import { objectsOf, type Release } from '../manifest/release';
import {
  autoscalers,
  configMaps,
  deployments,
  disruptionBudgets,
  kindKeyOf,
  replicaSets,
  secrets,
  type KubernetesObject,
  type Resource,
} from '../client/resource';
import { deleteObject, StillThereError } from '../rollout/untilDeleted';
import { scales } from '../strategies/scalers';
import { nameIn, slots, type Slot } from '../strategies/slots';

/** The label selector of everything that this product created for a service. */
export function ownedBy(service: string): string {
  return `${labels.service}=${service},${labels.managedBy}=${product}`;
}

/** Scales the Deployments of all other slots to 0; returns whether any was running. */
export async function endOtherSlots(
  client: KubernetesClient,
  deployment: string,
  kept: readonly Slot[],
  { agent }: Context,
): Promise<boolean> {
  let hasEnded = false;
  for (const slot of slots) {
    const name = nameIn(slot, deployment);
    if (kept.includes(slot) || !((await client.get(deployments, name))?.spec?.replicas ?? 0)) continue;
    agent.log(`Deployment ${name}: no longer needed, scaled to 0`);
    await park(client, name);
    hasEnded = true;
  }
  return hasEnded;
}

/** Deletes autoscalers and disruption budgets that an earlier release had and this one doesn't; returns whether there was an autoscaler. */
export async function deleteStaleGuards(
  client: KubernetesClient,
  release: Release,
  context: Context,
): Promise<boolean> {
  const wanted = new Set([...release.autoscalers, ...release.disruptionBudgets].map(keyOf));
  const targets = release.deployments.map(({ metadata }) => metadata?.name ?? '');
  const hadAutoscaler = await deleteStale(autoscalers, (each) =>
    targets.some((name) => each.metadata?.name === name || scales(each, name)),
  );
  await deleteStale(disruptionBudgets, ({ metadata }) => targets.includes(metadata?.name ?? ''));
  return hadAutoscaler;

  async function deleteStale<T extends KubernetesObject>(
    resource: Resource<T>,
    isOfTarget: (object: T) => boolean,
  ): Promise<boolean> {
    let hasDeleted = false;
    await ifAllowed(context, async () => {
      const { items } = await client.list(resource, { labelSelector: ownedBy(release.group) });
      for (const object of items) {
        const name = object.metadata?.name ?? '';
        if (!isOfTarget(object) || wanted.has(keyOf({ ...object, ...kindOf(resource) }))) continue;
        await deleteObject(client, { resource, object }, context);
        context.agent.log(`${resource.kind} ${name}: no longer part of the release, deleted`);
        hasDeleted = true;
      }
    });
    return hasDeleted;
  }
}

/**
 * Deletes ConfigMaps and Secrets of earlier releases that no version in the history uses. One that a finalizer keeps is a
 * warning: nothing depends on it, and the next deployment deletes it.
 */
export async function tidy(client: KubernetesClient, release: Release, context: Context): Promise<void> {
  const wanted = new Set(objectsOf(release).map(keyOf));
  const labelSelector = ownedBy(release.group);
  const kept = await client.list(replicaSets, { labelSelector });
  const inUse = JSON.stringify(kept.items.map(({ spec }) => spec?.template));
  for (const resource of [configMaps, secrets] as readonly Resource[])
    await ifAllowed(context, async () => {
      const { items } = await client.list(resource, { labelSelector: `${labelSelector},${labels.content}` });
      for (const object of items) {
        const name = object.metadata?.name ?? '';
        if (wanted.has(keyOf({ ...object, ...kindOf(resource) })) || inUse.includes(`"${name}"`)) continue;
        try {
          await deleteObject(client, { resource, object }, { ...context, deadline: context.clock.now() });
          context.agent.log(`${resource.kind} ${name}: no longer used by any version, deleted`);
        } catch (error) {
          if (!(error instanceof StillThereError)) throw error;
          context.agent.warning(error.message);
        }
      }
    });
}

/** Cleaning up is optional: many identities may deploy, but not list Secrets. */
async function ifAllowed({ agent }: Context, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isStatus(error, 403)) throw error;
    agent.log(`Objects of earlier versions may remain in the cluster. ${error.message}`);
  }
}

function keyOf(object: KubernetesObject): string {
  return `${kindKeyOf(object)} ${object.metadata?.name ?? ''}`;
}

/** What the items of a list omit. */
function kindOf({ apiVersion, kind }: Resource): Pick<KubernetesObject, 'apiVersion' | 'kind'> {
  return { apiVersion, kind };
}
