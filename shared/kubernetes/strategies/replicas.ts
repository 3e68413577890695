import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { ManagedFieldsEntry } from 'kubernetes-types/meta/v1';
import { annotations, marked } from '../manifest/labels';
import { isOwnedByOthers } from '../ownership/managers';
import type { Scaler } from './scalers';

/** What the number of replicas of a Deployment depends on. */
export interface ReplicaSource {
  /** The autoscaler of the release. */
  readonly autoscaler: HorizontalPodAutoscaler | undefined;
  /** Who else manages the replicas. */
  readonly scaler: Scaler | undefined;
  readonly live: Deployment | undefined;
  /** Who owns which fields of the live Deployment when it is applied. */
  readonly managedFields: readonly ManagedFieldsEntry[] | undefined;
  readonly serving: Deployment | undefined;
}

/**
 * The Deployment with the replicas to apply: none when an autoscaler or somebody else manages them, so that their number
 * stays. The first time, the number of an earlier deployment is kept: as long as nobody else owns the field, leaving it
 * out would set it to 1.
 */
export function withReplicas(
  wanted: Deployment,
  { autoscaler, scaler, live, managedFields, serving }: ReplicaSource,
): Deployment {
  const bounds = autoscaler?.spec ?? scaler?.bounds;
  if (!(bounds ?? scaler) || !wanted.spec) return wanted;
  const present = live?.spec?.replicas ?? 0;
  if (present > 0 && isReplicasOwnedByOthers(managedFields)) return withoutReplicas(wanted);
  const before = present > 0 ? present : (serving?.spec?.replicas ?? 0);
  const isKept = present > 0 && !autoscaler;
  const { minReplicas = 1, maxReplicas = Infinity } = bounds ?? {};
  const replicas = isKept ? present : Math.min(maxReplicas, Math.max(minReplicas, before));
  return { ...wanted, spec: { ...wanted.spec, replicas } };
}

/**
 * The Deployment with as many replicas as the one that it replaces, when somebody scales that one: the described number may
 * not be enough for its traffic. It keeps them until another number is described. The same Deployment when nothing is to be
 * kept.
 */
export function withReplicasOf(
  replaced: Deployment | undefined,
  wanted: Deployment,
  live: Deployment | undefined,
): Deployment {
  const described = wanted.spec?.replicas ?? 1;
  const present = live?.spec?.replicas ?? 0;
  const isStarted = present > 0 && live?.metadata?.annotations?.[annotations.described] === String(described);
  const replicas = replaced?.spec?.replicas ?? (isStarted ? present : 0);
  if (!wanted.spec || replicas === 0 || replicas === described) return wanted;
  const metadata = marked(wanted.metadata, { annotations: { [annotations.described]: String(described) } });
  return { ...wanted, metadata, spec: { ...wanted.spec, replicas } };
}

/** The Deployment without a number of replicas. */
export function withoutReplicas(wanted: Deployment): Deployment {
  if (!wanted.spec) return wanted;
  const spec = { ...wanted.spec };
  delete spec.replicas;
  return { ...wanted, spec };
}

/** Whether somebody else, such as an autoscaler, manages the replicas of a Deployment. */
export function isReplicasOwnedByOthers(managedFields: readonly ManagedFieldsEntry[] | undefined): boolean {
  return isOwnedByOthers(managedFields, 'f:spec', 'f:replicas');
}
