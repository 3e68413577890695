import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { Context } from '../../agent/context';
import { isStatus } from '../client/apiServer';
import type { KubernetesClient } from '../client/client';
import { autoscalers, deployments, isOf } from '../client/resource';
import { labels, product } from '../manifest/labels';
import { fieldSetOf, holds } from '../ownership/fieldSet';

/** The autoscalers of others; undefined when the identity is not allowed to list them. */
export type OtherAutoscalers = readonly HorizontalPodAutoscaler[] | undefined;

/** Somebody outside of the release who manages the replicas of a Deployment. */
export interface Scaler {
  /** For messages: `HorizontalPodAutoscaler score`, or the field manager. */
  readonly title: string;
  /** The bounds of an autoscaler. */
  readonly bounds: HorizontalPodAutoscaler['spec'];
}

/** Reads the autoscalers that were not deployed for this service, such as those of KEDA or `kubectl autoscale`. */
export async function readOtherAutoscalers(
  client: KubernetesClient,
  service: string,
  { agent }: Context,
): Promise<OtherAutoscalers> {
  try {
    const { items } = await client.list(autoscalers);
    return items.filter(({ metadata: { labels: own = {} } = {} }) => {
      return own[labels.service] !== service || own[labels.managedBy] !== product;
    });
  } catch (error) {
    if (!isStatus(error, 403)) throw error;
    agent.log(`Autoscalers of other tools are recognized only by the replicas that they set. ${error.message}`);
    return undefined;
  }
}

/** Whether an autoscaler scales the Deployment of this name. */
export function scales({ spec }: HorizontalPodAutoscaler, name: string): boolean {
  return spec !== undefined && isOf(spec.scaleTargetRef, deployments) && spec.scaleTargetRef.name === name;
}

/**
 * Who else manages the replicas of a Deployment: an autoscaler that targets it, or who set them by the scale subresource.
 * The latter yields when it is forced, and when nothing is left running.
 */
export function scalerOf(
  name: string,
  live: Deployment | undefined,
  others: OtherAutoscalers,
  isForced: boolean,
): Scaler | undefined {
  const autoscaler = others?.find((each) => scales(each, name));
  if (autoscaler) return { title: `${autoscalers.kind} ${autoscaler.metadata?.name ?? ''}`, bounds: autoscaler.spec };
  if (isForced || (live?.spec?.replicas ?? 0) === 0) return undefined;
  const entry = scaleEntries(live).find(({ manager }) => {
    // The controller of autoscalers: without one, nobody manages the replicas any more.
    return !(others && manager === 'kube-controller-manager');
  });
  return entry && { title: entry.manager ?? 'another tool', bounds: undefined };
}

/** Whether a Deployment was scaled to 0 by its autoscaler, as KEDA does while there is no load. */
export function isIdle(live: Deployment | undefined, scaler: Scaler | undefined): boolean {
  return scaler?.bounds !== undefined && live?.spec?.replicas === 0 && scaleEntries(live).length > 0;
}

function scaleEntries(live: Deployment | undefined) {
  return (live?.metadata?.managedFields ?? []).filter(
    ({ subresource, fieldsV1 }) => subresource === 'scale' && holds(fieldSetOf(fieldsV1), 'f:spec', 'f:replicas'),
  );
}
