import { scryptSync } from 'node:crypto';
import { entryKey } from '../../comparison/knownBehavior';
import { isList, isMap, type Json, type JsonMap } from '../../json';
import type { ContainerGroup, GroupBody } from './containerInstances';
import { groupBehaviors } from './knownBehavior';

/** Every value by its place, such as `containers.score.image`; the level `properties`, which every resource has, is left out. */
export function settingsOf(
  value: Json | undefined,
  path: readonly string[] = [],
  settings = new Map<string, string>(),
): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) {
    if (value !== null && value !== undefined) settings.set(path.join('.'), String(value));
    return settings;
  }
  const list = path.at(-1) ?? '';
  for (const [name, entry] of Object.entries(value)) {
    const part = lowerId(keyOf(entry, list) ?? name);
    settingsOf(entry, part === 'properties' ? path : [...path, part], settings);
  }
  return settings;
}

/** One map overlaid with another; entries of lists with the same key are merged. */
export function merged(base: JsonMap, over: JsonMap): JsonMap {
  const result: Record<string, Json | undefined> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const there = result[name];
    if (value === undefined) continue;
    if (isMap(value) && isMap(there)) result[name] = merged(there, value);
    else if (isList(value) && isList(there) && entryKey(groupBehaviors, [name]) !== undefined)
      result[name] = mergedLists(name, there, value);
    else result[name] = value;
  }
  return result;
}

/** The tag that holds the fingerprint of all settings, including secrets. */
export const digestTag = 'model-pipeline-settings';

/**
 * A fingerprint of all settings. The tag that holds it can be read by many, so the hash is slow enough to prevent guessing
 * of secrets, and is salted per group.
 */
export function digestOf(body: GroupBody, groupId: string): string {
  const settings = JSON.stringify([...settingsOf(body)].sort(([one], [other]) => (one < other ? -1 : 1)));
  const salt = groupId.toLowerCase();
  const key = `${salt} ${settings}`;
  const known = digests.get(key);
  if (known !== undefined) return known;
  const digest = scryptSync(settings, salt, 16).toString('hex');
  digests.set(key, digest);
  return digest;
}

/** Those already made, by what they are of: each takes about 50 ms of processor time. */
const digests = new Map<string, string>();

export function hasDigest(group: ContainerGroup, digest: string): boolean {
  return group.tags?.[digestTag] === digest;
}

/** Resource ids are case-insensitive. */
export function lowerId(text: string): string {
  return /^\/subscriptions\//i.test(text) ? text.toLowerCase() : text;
}

function mergedLists(list: string, base: readonly Json[], over: readonly Json[]): readonly Json[] {
  const names = new Set(over.map((entry) => keyOf(entry, list)));
  const kept = base.filter((entry) => !names.has(keyOf(entry, list)));
  const laid = over.map((entry) => {
    const there = base.find((each) => keyOf(each, list) === keyOf(entry, list));
    // A variable may change from a secret to a plain value or back: the new entry replaces the old one.
    return isMap(entry) && isMap(there) && list !== 'environmentVariables' ? merged(there, entry) : entry;
  });
  // The described container comes first.
  return [...laid, ...kept];
}

/** What an entry of a list is known by; undefined where its position matters. */
export function keyOf(entry: Json | undefined, list: string): string | undefined {
  const key = isMap(entry) ? entry[entryKey(groupBehaviors, [list]) ?? ''] : undefined;
  return typeof key === 'string' || typeof key === 'number' ? String(key) : undefined;
}
