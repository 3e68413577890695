import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { Service } from 'kubernetes-types/core/v1';
import type { LabelSelector, ObjectMeta } from 'kubernetes-types/meta/v1';
import { labels, marked } from '../manifest/labels';
import type { Release } from '../manifest/release';

/** A Deployment that may serve; the Service selects one of them. */
export type Slot = 'stable' | 'blue' | 'green';

/** The switch of a Service. */
export interface Move {
  readonly from: Slot;
  readonly to: Slot;
}

export const slots: readonly Slot[] = ['stable', 'blue', 'green'];

/** The slot that a Service selects; undefined when it selects none. */
export function slotOf(service: Service | undefined): Slot | undefined {
  const value = service?.spec?.selector?.[labels.slot];
  return slots.find((slot) => slot === value);
}

/** The name of the Deployment in a slot, and of its autoscaler and disruption budget. */
export function nameIn(slot: Slot, name: string): string {
  return slot === 'stable' ? name : `${name}-${slot}`;
}

export function canaryNameOf(name: string): string {
  return `${name}-canary`;
}

/** The Service through which a slot is reached that receives no traffic yet. */
export function previewNameOf(name: string): string {
  return `${name}-preview`;
}

/** A release of one Deployment in a slot; its Services still select `pointedAt`. */
export function inSlot(release: Release, slot: Slot, pointedAt: Slot): Release {
  const own = { [labels.slot]: slot };
  return {
    ...release,
    deployments: release.deployments.map((deployment) => renamed(deployment, (name) => nameIn(slot, name), own)),
    services: release.services.map((service) => pointingAt(service, pointedAt)),
    autoscalers: release.autoscalers.map((autoscaler) => autoscalerIn(autoscaler, slot)),
    disruptionBudgets: release.disruptionBudgets.map((budget) => ({
      ...budget,
      metadata: named(budget.metadata, (name) => nameIn(slot, name)),
      spec: { ...budget.spec, selector: selecting(budget.spec?.selector, own) },
    })),
  };
}

/** The Deployment that receives a share of the traffic of a slot. */
export function asCanary(deployment: Deployment, slot: Slot | undefined, replicas: number): Deployment {
  const own = { ...(slot && { [labels.slot]: slot }), [labels.track]: 'canary' };
  const canary = renamed(deployment, canaryNameOf, own);
  return { ...canary, spec: { ...specOf(canary), replicas } };
}

/** The stable Deployment with the version of the canary. */
export function promoted(canary: Deployment, stable: Deployment): Deployment {
  const { template } = specOf(stable);
  const own = Object.fromEntries(
    [labels.slot, labels.track].flatMap((label) => {
      const value = template.metadata?.labels?.[label];
      return value === undefined ? [] : [[label, value]];
    }),
  );
  const moved = renamed(withoutTrack(canary), () => stable.metadata?.name ?? '', own);
  return { ...moved, spec: { ...specOf(stable), template: specOf(moved).template } };
}

export function pointingAt(service: Service, slot: Slot): Service {
  return { ...service, spec: { ...service.spec, selector: { ...service.spec?.selector, [labels.slot]: slot } } };
}

/** A Service that selects only this slot: for tests before the real Service is switched. */
export function previewOf(service: Service, slot: Slot): Service {
  const { ports = [], selector = {} } = service.spec ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: previewNameOf(service.metadata?.name ?? ''),
      ...(service.metadata?.labels && { labels: service.metadata.labels }),
    },
    spec: {
      type: 'ClusterIP',
      selector: { ...selector, [labels.slot]: slot },
      ports: ports.map(({ name, port, targetPort, protocol }) => ({
        port,
        ...(name !== undefined && { name }),
        ...(targetPort !== undefined && { targetPort }),
        ...(protocol !== undefined && { protocol }),
      })),
    },
  };
}

function renamed(
  deployment: Deployment,
  rename: (name: string) => string,
  own: Readonly<Record<string, string>>,
): Deployment {
  const { template, selector } = specOf(deployment);
  const { topologySpreadConstraints: spread } = template.spec ?? {};
  return {
    ...deployment,
    metadata: named(deployment.metadata, rename),
    spec: {
      ...specOf(deployment),
      selector: selecting(selector, own),
      template: {
        metadata: marked(template.metadata, { labels: own }),
        ...(template.spec && {
          spec: {
            ...template.spec,
            ...(spread && {
              topologySpreadConstraints: spread.map((constraint) => ({
                ...constraint,
                labelSelector: selecting(constraint.labelSelector, own),
              })),
            }),
          },
        }),
      },
    },
  };
}

/** Without the label that marks a canary. */
function withoutTrack(canary: Deployment): Deployment {
  const spec = specOf(canary);
  const { labels: all = {}, ...metadata } = spec.template.metadata ?? {};
  const kept = Object.entries(all).filter(([label]) => label !== labels.track);
  const template = { ...spec.template, metadata: { ...metadata, labels: Object.fromEntries(kept) } };
  return { ...canary, spec: { ...spec, template } };
}

function autoscalerIn(autoscaler: HorizontalPodAutoscaler, slot: Slot): HorizontalPodAutoscaler {
  const { spec } = autoscaler;
  const moved = { ...autoscaler, metadata: named(autoscaler.metadata, (name) => nameIn(slot, name)) };
  if (!spec) return moved;
  const { scaleTargetRef } = spec;
  return {
    ...moved,
    spec: { ...spec, scaleTargetRef: { ...scaleTargetRef, name: nameIn(slot, scaleTargetRef.name) } },
  };
}

function named(metadata: ObjectMeta | undefined, rename: (name: string) => string): ObjectMeta {
  return { ...metadata, name: rename(metadata?.name ?? '') };
}

function selecting(selector: LabelSelector | undefined, own: Readonly<Record<string, string>>): LabelSelector {
  return { ...selector, matchLabels: { ...selector?.matchLabels, ...own } };
}

type DeploymentSpec = NonNullable<Deployment['spec']>;

function specOf({ spec }: Deployment): DeploymentSpec {
  return spec ?? { selector: {}, template: {} };
}
