import { isDeepStrictEqual } from 'node:util';
import type { ManagedFieldsEntry } from 'kubernetes-types/meta/v1';
import { isTransient } from '../../http/errors';
import { isStatus } from '../client/apiServer';
import { fieldManager, type KubernetesClient } from '../client/client';
import { titleOf, type KubernetesObject, type Resource } from '../client/resource';
import { fieldSetOf, holds, pathsBeyond, pathText, unionOf, valueAt, type FieldPath, type FieldSet } from './fieldSet';
import { isOurApply, isOverridable } from './managers';

const lastApplied: FieldPath = ['f:metadata', 'f:annotations', 'f:kubectl.kubernetes.io/last-applied-configuration'];
const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** How the fields that were applied on the client side, as `kubectl apply` does, become ours. */
export interface Takeover {
  /** Who applied them. */
  readonly managers: readonly string[];
  readonly fields: FieldSet;
  /** The object before. */
  readonly live: KubernetesObject;
  readonly managedFields: readonly ManagedFieldsEntry[];
}

const maxTries = 5;

/**
 * How to take over an object that was applied on the client side; undefined when it was not. An apply removes only fields
 * that were applied by the same manager before: without a takeover, those that kubectl applied and that are no longer
 * wanted would stay. The same as kubectl does for `--server-side` (client-go, `util/csaupgrade`): the entries of such
 * managers are merged into ours. `isForced`: also those of managers that we do not replace otherwise.
 */
export function takeoverOf(live: KubernetesObject | undefined, isForced: boolean): Takeover | undefined {
  if (!live) return undefined;
  const { annotations, managedFields: entries = [] } = live.metadata ?? {};
  const managers = [...new Set(entries.filter(isClientSide).map(({ manager = '' }) => manager))];
  if (managers.length === 0) return undefined;
  const taken = entries.filter(isClientSide).map(({ fieldsV1 }) => fieldSetOf(fieldsV1));
  return { managers, fields: unionOf(taken), live, managedFields: managers.reduce(merged, entries) };

  function isClientSide({ manager = '', operation, subresource, fieldsV1 }: ManagedFieldsEntry): boolean {
    if (operation !== 'Update' || subresource) return false;
    if (manager === 'kubectl-client-side-apply') return true;
    // The name that old versions of kubectl used for everything.
    if (manager === 'kubectl') return annotations?.[lastAppliedAnnotation] !== undefined;
    return holds(fieldSetOf(fieldsV1), ...lastApplied) && (isForced || isOverridable(manager));
  }
}

/** Without the entries of a manager that applied on the client side: our entry has those of the same version. */
function merged(entries: readonly ManagedFieldsEntry[], manager: string): readonly ManagedFieldsEntry[] {
  const isTaken = (entry: ManagedFieldsEntry): boolean =>
    entry.manager === manager && entry.operation === 'Update' && !entry.subresource;
  const taken = entries.filter(isTaken);
  const [first] = taken;
  if (!first) return entries;
  const present = entries.find(isOurApply);
  const ours = present ?? { ...first, manager: fieldManager, operation: 'Apply' };
  const ofSameVersion = taken.filter(({ apiVersion }) => apiVersion === ours.apiVersion);
  const fieldsV1 = unionOf([ours, ...ofSameVersion].map((entry) => fieldSetOf(entry.fieldsV1)));
  return entries
    .map((entry) => (entry === (present ?? first) ? { ...ours, fieldsV1 } : entry))
    .filter((entry) => !isTaken(entry));
}

/**
 * Takes over an object that was applied on the client side, and returns what was taken over; undefined when there was
 * nothing. The next apply removes what is not wanted. Nothing else of the object is changed.
 */
export async function takeOver(
  client: KubernetesClient,
  resource: Resource,
  name: string,
  isForced: boolean,
): Promise<Takeover | undefined> {
  let last: Takeover | undefined;
  for (let tries = 1; ; tries++) {
    const live = await client.get(resource, name);
    const takeover = takeoverOf(live, isForced);
    // The patch whose answer was lost may have been made.
    if (!takeover) return last;
    last = takeover;
    try {
      await client.jsonPatch(resource, name, [
        { op: 'replace', path: '/metadata/managedFields', value: takeover.managedFields.map(entryJson) },
        // Not a test: a version that is out of date must be a conflict, not an invalid patch.
        { op: 'replace', path: '/metadata/resourceVersion', value: live?.metadata?.resourceVersion ?? '' },
      ]);
      return takeover;
    } catch (error) {
      if (tries >= maxTries || !(isTransient(error) || isStatus(error, 409))) throw error;
    }
  }
}

/** What was taken over of an object, and what the apply after that has removed or reset to its default, in one line. */
export function takeoverText({ managers, fields, live }: Takeover, applied: KubernetesObject): string {
  const ours = applied.metadata?.managedFields?.find(isOurApply);
  const lost = pathsBeyond(fields, fieldSetOf(ours?.fieldsV1)).filter(
    (path) => !isDeepStrictEqual(valueAt(live, path), valueAt(applied, path)),
  );
  // Of a structure what it contained, of an item the item.
  const ends = lost.filter((path) => !(path.at(-1)?.startsWith('f:') && lost.some((other) => isBelow(other, path))));
  const topmost = ends.filter((path) => !ends.some((other) => isBelow(path, other))).map(pathText);
  const paths = topmost.filter((text) => text !== pathText(lastApplied));
  const what = `${titleOf(applied)}: took over the fields that ${managers.join(' and ')} applied`;
  return paths.length === 0 ? what : `${what}; no longer described, and removed or reset: ${paths.join(', ')}`;
}

function isBelow(path: FieldPath, other: FieldPath): boolean {
  return other.length < path.length && other.every((element, index) => element === path[index]);
}

function entryJson({ fieldsV1, ...entry }: ManagedFieldsEntry) {
  return { ...entry, fieldsV1: fieldSetOf(fieldsV1) };
}
