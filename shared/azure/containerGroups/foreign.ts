import { isEmpty } from '../../comparison/difference';
import { isFilledIn, isIncomparable } from '../../comparison/knownBehavior';
import { TaskError } from '../../errors';
import { isList, isMap, type Json } from '../../json';
import type { ContainerGroup, GroupBody } from './containerInstances';
import { differenceLine, groupDifferences } from './difference';
import { addedByAzure } from './knownBehavior';
import type { GroupPlan } from './plan';
import { digestTag, keyOf, lowerId } from './settings';

/** There is a container group of that name that was not created by this task, and it may not be changed. */
export class ForeignGroupError extends TaskError {
  override readonly name = 'ForeignGroupError';
}

/** Whether this task deployed a group: it leaves a tag. */
export function isOurs({ tags }: ContainerGroup): boolean {
  return tags?.[digestTag] !== undefined;
}

/** The refusal to change a group of somebody else, with everything that it would lose. */
export function refusedChange(body: GroupBody, found: ContainerGroup, plan: GroupPlan): ForeignGroupError {
  const isReplaced = plan.kind === 'replace' || plan.kind === 'recreate';
  const changed = groupDifferences(body, found).filter((each) => each.wanted !== undefined && each.found !== undefined);
  const lines = [...changed.map(differenceLine), ...lostSettings(body, found)];
  const loss = lines.length > 0 ? `, and change or remove:\n  ${lines.join('\n  ')}\n` : '.';
  return new ForeignGroupError(
    `${foreign(found)} Nothing was changed. The deployment would ${isReplaced ? 'delete it and create it again' : 'restart it'}${loss}`,
  );
}

/** The refusal to delete a group of somebody else. */
export function refusedDeletion(found: ContainerGroup): ForeignGroupError {
  return new ForeignGroupError(`${foreign(found)} Nothing was deleted.`);
}

/** As lines of a log: the settings of a group that its definition does not name, which an update removes. */
export function lostSettings(body: GroupBody, found: ContainerGroup): readonly string[] {
  return lostIn(body, found, []);
}

function foreign({ name }: ContainerGroup): string {
  return `There is already a container group '${name}', which was not created by this task: it lacks the tag '${digestTag}'.`;
}

function lostIn(wanted: Json | undefined, found: Json | undefined, path: readonly string[]): readonly string[] {
  if (isEmpty(found) || isIncomparable(addedByAzure, path) || isFilledIn(addedByAzure, path, found ?? null, {}))
    return [];
  const place = path.join('.');
  const parts = partsOf(found, path);
  if (!parts) {
    if (!isEmpty(wanted)) return [];
    return [
      typeof found === 'object' ? `- ${place}` : differenceLine({ place, wanted: undefined, found: String(found) }),
    ];
  }
  const isListed = path.length === 0 || place === 'tags' || isList(found);
  if (isEmpty(wanted) && !isListed) return [`- ${place}`];
  const named = partsOf(wanted, path);
  return [...parts].flatMap(([name, part]) =>
    // Every resource has the level `properties`, which says nothing.
    lostIn(named?.get(name), part, name === 'properties' ? path : [...path, name]),
  );
}

/** The fields of a map, or the entries of a list by their keys. */
function partsOf(value: Json | undefined, path: readonly string[]): ReadonlyMap<string, Json | undefined> | undefined {
  if (isMap(value)) return new Map(Object.entries(value).map(([name, part]) => [lowerId(name), part]));
  const list = path.at(-1) ?? '';
  const entries = isList(value)
    ? value.map((entry) => [lowerId(keyOf(entry, list) ?? ''), entry] as const)
    : [['', null] as const];
  return entries.every(([key]) => key !== '') ? new Map(entries) : undefined;
}
