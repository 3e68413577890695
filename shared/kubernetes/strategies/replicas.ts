import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { ManagedFieldsEntry } from 'kubernetes-types/meta/v1';

/** Field managers that a deployment by server-side apply replaces, and controllers that manage single fields. */
const overridable =
  /^(kubectl|model-pipelines$|before-first-apply$|kube-controller-manager$|cloud-controller-manager$|service-controller$)/;

/** Whether the fields of all other managers of an object may be overridden: all of them are known ones that we replace. */
export function mayOverride(managedFields: readonly ManagedFieldsEntry[] = []): boolean {
  return managedFields
    .filter(({ subresource }) => subresource !== 'status')
    .every(({ manager = '' }) => overridable.test(manager));
}

/**
 * The Deployment with the replicas to apply: none when an autoscaler manages them, so that its number stays. The first
 * time, the number of an earlier deployment is kept: as long as nobody else owns the field, leaving it out would set it
 * to 1.
 */
export function withReplicas(
  wanted: Deployment,
  autoscaler: HorizontalPodAutoscaler | undefined,
  live: Deployment | undefined,
  serving: Deployment | undefined,
  fieldManager: string,
): Deployment {
  if (!autoscaler?.spec || !wanted.spec) return wanted;
  const spec = { ...wanted.spec };
  delete spec.replicas;
  const present = live?.spec?.replicas ?? 0;
  if (present > 0 && isReplicasOwnedByOthers(live?.metadata?.managedFields, fieldManager)) return { ...wanted, spec };
  const { minReplicas = 1, maxReplicas } = autoscaler.spec;
  const before = present > 0 ? present : (serving?.spec?.replicas ?? 0);
  return { ...wanted, spec: { ...spec, replicas: Math.min(maxReplicas, Math.max(minReplicas, before)) } };
}

/** Whether somebody else, such as an autoscaler, manages the replicas of a Deployment. */
export function isReplicasOwnedByOthers(
  managedFields: readonly ManagedFieldsEntry[] = [],
  fieldManager: string,
): boolean {
  return managedFields.some(
    ({ manager, operation, fieldsV1 }) =>
      !(manager === fieldManager && operation === 'Apply') && holds(fieldsV1, 'f:spec', 'f:replicas'),
  );
}

function holds(fields: unknown, ...path: readonly string[]): boolean {
  let value = fields;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !(step in value)) return false;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return true;
}
