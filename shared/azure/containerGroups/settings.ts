import { scryptSync } from 'node:crypto';
import { isList, isMap, type Json, type JsonMap } from '../../json';
import type { ContainerGroup, GroupBody } from './containerInstances';

/** By the name of a list, what its entries are known by. */
const keys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  environmentVariables: 'name',
  volumes: 'name',
  volumeMounts: 'name',
  ports: 'port',
  imageRegistryCredentials: 'server',
  subnetIds: 'id',
};

/** Every value by its place, such as `containers.score.image`; `properties` are left out of it, for all things have them. */
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

/** One map with what another says in its place; entries of lists that have the same name become one. */
export function merged(base: JsonMap, over: JsonMap): JsonMap {
  const result: Record<string, Json | undefined> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const there = result[name];
    if (value === undefined) continue;
    if (isMap(value) && isMap(there)) result[name] = merged(there, value);
    else if (isList(value) && isList(there) && name in keys) result[name] = mergedLists(name, there, value);
    else result[name] = value;
  }
  return result;
}

/** The name of the tag by which a deployment knows whether its settings, the secrets among them, are the same. */
export const digestTag = 'model-pipeline-settings';

/**
 * A fingerprint of all settings. It stands in a tag that many may read, so it is made by a function that is slow enough
 * to keep people from guessing secrets, and is another one for each group.
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

/** Resource ids are the same whatever their case. */
export function lowerId(text: string): string {
  return /^\/subscriptions\//i.test(text) ? text.toLowerCase() : text;
}

function mergedLists(list: string, base: readonly Json[], over: readonly Json[]): readonly Json[] {
  const names = new Set(over.map((entry) => keyOf(entry, list)));
  const kept = base.filter((entry) => !names.has(keyOf(entry, list)));
  const laid = over.map((entry) => {
    const there = base.find((each) => keyOf(each, list) === keyOf(entry, list));
    // A variable that was a secret is none any more, or the other way round: of these only the new one counts.
    return isMap(entry) && isMap(there) && list !== 'environmentVariables' ? merged(there, entry) : entry;
  });
  // The container that is described comes first.
  return [...laid, ...kept];
}

function keyOf(entry: Json | undefined, list: string): string | undefined {
  const key = isMap(entry) ? entry[keys[list] ?? ''] : undefined;
  return typeof key === 'string' || typeof key === 'number' ? String(key) : undefined;
}
