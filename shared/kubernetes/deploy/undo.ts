import type { Deployment } from 'kubernetes-types/apps/v1';
import { isDeepStrictEqual } from 'node:util';
import { withTimeout, type Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { isStatus } from '../client/apiServer';
import { applyConflicts } from '../client/applyConflicts';
import type { KubernetesClient } from '../client/client';
import type { GoodVersion } from './goodVersion';
import { annotations as marks } from '../manifest/labels';
import { deployments, type KubernetesObject } from '../client/resource';
import { confirmApply } from '../ownership/confirmApply';
import { SupersededError } from '../strategies/switchTraffic';
import { watchRollout, type RolloutEnd } from '../rollout/watchRollout';

/** For a rollback, however long the deployment took. */
const minutesToRollBack = 10;
/** Others write the object, too; not at each of so many attempts. */
const maxTries = 10;

/** Scales a Deployment to 0, and reads it back: its template stays. Throws a TaskError when it still has replicas. */
export async function park(client: KubernetesClient, name: string): Promise<void> {
  const live = await client.get(deployments, name);
  if (!live || live.spec?.replicas === 0) return;
  await client.mergePatch(deployments, name, { spec: { replicas: 0 } });
  if ((await client.get(deployments, name))?.spec?.replicas)
    throw new TaskError(`The cluster accepted to scale Deployment ${name} to 0, but it still has replicas. Run again.`);
}

/**
 * Restores a Service as it was read, and reads it back. Fields that the cluster allocated, such as its address, stay. Throws
 * a TaskError when the cluster does not have it then.
 */
export async function reapply(
  client: KubernetesClient,
  seen: KubernetesObject & { readonly spec?: object },
): Promise<void> {
  const { apiVersion = '', kind = '', metadata: { name, labels, annotations = {} } = {} } = seen;
  const notes = Object.entries(annotations).filter(([key]) => key !== marks.previousSlot);
  const spec = Object.entries(seen.spec ?? {}).filter(([field]) => !allocated.has(field));
  const object = {
    apiVersion,
    kind,
    metadata: {
      ...(name !== undefined && { name }),
      ...(labels && { labels }),
      annotations: Object.fromEntries(notes),
    },
    spec: Object.fromEntries(spec),
  };
  const resource = await client.resourceOf(apiVersion, kind);
  const planned = await client.apply(resource, object, { isForced: true, isDryRun: true });
  const applied = await client.apply(resource, object, { isForced: true });
  await confirmApply(client, resource, applied.object, planned.object);
}

/** Fields of the spec of a Service that the cluster allocates. */
const allocated = new Set(['clusterIP', 'clusterIPs', 'healthCheckNodePort', 'ipFamilies', 'ipFamilyPolicy']);

/**
 * Restores a good version of a Deployment in place of the one that was applied, and waits for it. Throws a
 * SupersededError when the Deployment no longer runs what was applied: then somebody else has deployed it.
 */
export async function restore(
  client: KubernetesClient,
  applied: Deployment,
  wanted: Deployment,
  good: GoodVersion,
  context: Context,
): Promise<RolloutEnd> {
  const restored = await applyGood(client, applied, wanted, good);
  const goal = { applied: restored, mayBeEmpty: good.replicas === 0 };
  return await watchRollout(client, goal, withTimeout(context, minutesToRollBack));
}

async function applyGood(
  client: KubernetesClient,
  applied: Deployment,
  wanted: Deployment,
  good: GoodVersion,
): Promise<Deployment> {
  const name = wanted.metadata?.name ?? '';
  for (let tries = 1; ; tries++) {
    const live = await client.get(deployments, name);
    if (!live || live.metadata?.uid !== applied.metadata?.uid || !isOurs(live, applied, good))
      throw new SupersededError(`Superseded: ${name} was deployed by somebody else meanwhile, and was left unchanged.`);
    const { resourceVersion } = live.metadata ?? {};
    const metadata = { ...goodMetadata(wanted, good), ...(resourceVersion !== undefined && { resourceVersion }) };
    const object = { ...wanted, metadata, spec: goodSpec(wanted, good) };
    try {
      return (await client.apply(deployments, object, { isForced: true })).object;
    } catch (error) {
      // The object was written meanwhile, for example by the Deployment controller: read it again.
      if (tries >= maxTries || !isStatus(error, 409) || applyConflicts(error)) throw error;
    }
  }
}

function isOurs(live: Deployment, applied: Deployment, good: GoodVersion): boolean {
  return [applied.spec?.template, good.template].some((template) => isDeepStrictEqual(live.spec?.template, template));
}

/** Labels and annotations that name the version come from the good one. */
function goodMetadata({ metadata }: Deployment, { template }: GoodVersion): NonNullable<Deployment['metadata']> {
  const renewed = (values: Readonly<Record<string, string>> = {}, good: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, good[name] ?? value]));
  return {
    ...metadata,
    labels: renewed(metadata?.labels, template.metadata?.labels),
    annotations: renewed(metadata?.annotations, template.metadata?.annotations),
  };
}

/** With its replicas, unless an autoscaler manages them. */
function goodSpec({ spec }: Deployment, { template, replicas }: GoodVersion): NonNullable<Deployment['spec']> {
  return { selector: {}, ...spec, template, ...(spec?.replicas !== undefined && { replicas }) };
}
