import type { ManagedFieldsEntry } from 'kubernetes-types/meta/v1';
import { fieldManager } from '../client/client';
import { fieldSetOf, holds, unionOf, type FieldSet } from './fieldSet';

/** Field managers that a deployment by server-side apply replaces, and controllers that manage single fields. */
const overridable =
  /^(kubectl|model-pipelines$|before-first-apply$|kube-controller-manager$|cloud-controller-manager$|service-controller$)/;

/** Whether a deployment by server-side apply replaces this manager. */
export function isOverridable(manager = ''): boolean {
  return overridable.test(manager);
}

/**
 * Whether the fields of all other managers of an object may be overridden: all of them are known ones that we replace.
 * Those who write a subresource own the status or the replicas, which are left to them.
 */
export function mayOverride(managedFields: readonly ManagedFieldsEntry[] = []): boolean {
  return managedFields.filter(({ subresource }) => !subresource).every(({ manager }) => isOverridable(manager));
}

/** The fields that we own, whether by apply or by a patch. */
export function ownFields(managedFields: readonly ManagedFieldsEntry[] = []): FieldSet {
  const ours = managedFields.filter(({ manager, subresource }) => manager === fieldManager && !subresource);
  return unionOf(ours.map(({ fieldsV1 }) => fieldSetOf(fieldsV1)));
}

/** Whether somebody other than our apply owns a field. */
export function isOwnedByOthers(
  managedFields: readonly ManagedFieldsEntry[] = [],
  ...path: readonly string[]
): boolean {
  return managedFields.some((entry) => !isOurApply(entry) && holds(fieldSetOf(entry.fieldsV1), ...path));
}

export function isOurApply({ manager, operation, subresource }: ManagedFieldsEntry): boolean {
  return manager === fieldManager && operation === 'Apply' && !subresource;
}
