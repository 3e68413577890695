import type { Deployment } from 'kubernetes-types/apps/v1';
import { isDeepStrictEqual } from 'node:util';
import { isStatus } from '../client/apiServer';
import { applyConflicts } from '../client/applyConflicts';
import type { KubernetesClient } from '../client/client';
import type { DeploySurroundings } from './request';
import type { GoodVersion } from './goodVersion';
import { annotations as marks } from '../manifest/labels';
import { deployments, type KubernetesObject } from '../client/resource';
import { SupersededError } from '../strategies/switchTraffic';
import { watchRollout, type RolloutEnd } from '../rollout/watchRollout';

/** For a rollback, whatever time the deployment has used up. */
const minutesToRollBack = 10;

/** Runs a Deployment with no replicas: what it would run stays written down. */
export async function park(client: KubernetesClient, name: string): Promise<void> {
  const live = await client.get(deployments, name);
  if (live && live.spec?.replicas !== 0) await client.mergePatch(deployments, name, { spec: { replicas: 0 } });
}

/** Gives a Service back what it said when it was looked at. What the cluster gave it, such as its address, stays. */
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
  await client.apply(await client.resourceOf(apiVersion, kind), object, { isForced: true });
}

/** Of the spec of a Service. */
const allocated = new Set(['clusterIP', 'clusterIPs', 'healthCheckNodePort', 'ipFamilies', 'ipFamilyPolicy']);

/**
 * Has a Deployment run a good version again in the place of the one that was applied, and waits for it. Throws a
 * SupersededError when it no longer runs what was applied: then it is not ours any more.
 */
export async function restore(
  client: KubernetesClient,
  applied: Deployment,
  wanted: Deployment,
  good: GoodVersion,
  { clock, signal, report }: DeploySurroundings,
): Promise<RolloutEnd> {
  const restored = await applyGood(client, applied, wanted, good);
  const deadline = clock.now() + minutesToRollBack * 60_000;
  return await watchRollout(
    client,
    { applied: restored, deadline, mayBeEmpty: good.replicas === 0 },
    { clock, signal, report },
  );
}

async function applyGood(
  client: KubernetesClient,
  applied: Deployment,
  wanted: Deployment,
  good: GoodVersion,
): Promise<Deployment> {
  const name = wanted.metadata?.name ?? '';
  for (;;) {
    const live = await client.get(deployments, name);
    if (!live || live.metadata?.uid !== applied.metadata?.uid || !isOurs(live, applied, good))
      throw new SupersededError(`Superseded: somebody else has deployed ${name} meanwhile. It was left alone.`);
    const { resourceVersion } = live.metadata ?? {};
    const metadata = { ...goodMetadata(wanted, good), ...(resourceVersion !== undefined && { resourceVersion }) };
    const object = { ...wanted, metadata, spec: goodSpec(wanted, good) };
    try {
      return (await client.apply(deployments, object, { isForced: true })).object;
    } catch (error) {
      // Somebody, such as the Deployment's controller, has written to it since: look again.
      if (!isStatus(error, 409) || applyConflicts(error)) throw error;
    }
  }
}

function isOurs(live: Deployment, applied: Deployment, good: GoodVersion): boolean {
  return [applied.spec?.template, good.template].some((template) => isDeepStrictEqual(live.spec?.template, template));
}

/** What says which version it is comes from the good one. */
function goodMetadata({ metadata }: Deployment, { template }: GoodVersion): NonNullable<Deployment['metadata']> {
  const renewed = (values: Readonly<Record<string, string>> = {}, good: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, good[name] ?? value]));
  return {
    ...metadata,
    labels: renewed(metadata?.labels, template.metadata?.labels),
    annotations: renewed(metadata?.annotations, template.metadata?.annotations),
  };
}

/** Its replicas, too, unless an autoscaler looks after them. */
function goodSpec({ spec }: Deployment, { template, replicas }: GoodVersion): NonNullable<Deployment['spec']> {
  return { selector: {}, ...spec, template, ...(spec?.replicas !== undefined && { replicas }) };
}
