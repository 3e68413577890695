import { scryptSync } from 'node:crypto';
import { isList, isMap, type Json, type JsonMap } from '../../../json';
import type { Deployment } from '../api/deployments';
import type { Endpoint } from '../api/endpoints';

/** The tag that holds the fingerprint of all settings of a deployment. An endpoint that a step created has it, too. */
export const settingsTag = 'model-pipeline-settings';
const generationTag = 'model-pipeline-generation';
const replacesTag = 'model-pipeline-replaces';

/** The tags by which the next step recognizes a deployment. */
export function tagsOf(
  digest: string,
  { generation, replaces }: { readonly generation: number; readonly replaces: string | undefined },
): Readonly<Record<string, string>> {
  return {
    [settingsTag]: digest,
    [generationTag]: String(generation),
    ...(replaces !== undefined && { [replacesTag]: replaces }),
  };
}

/** Whether a step like this made it. */
export function isOurs({ tags }: Pick<Deployment | Endpoint, 'tags'>): boolean {
  return tags?.[settingsTag] !== undefined;
}

/** The fingerprint of the settings that a deployment was made with; undefined for one that somebody else made. */
export function settingsOf({ tags }: Deployment): string | undefined {
  return tags?.[settingsTag];
}

export function hasDigest(deployment: Deployment, digest: string): boolean {
  return settingsOf(deployment) === digest;
}

/** Of two deployments, the later one has the higher one. 0 for one that somebody else made. */
export function generationOf({ tags }: Deployment): number {
  const generation = Number(tags?.[generationTag] ?? 0);
  return Number.isSafeInteger(generation) ? generation : 0;
}

/** The name of the deployment that served when this one was made. */
export function replacedBy({ tags }: Deployment): string | undefined {
  return tags?.[replacesTag];
}

/**
 * A fingerprint of what is sent for a deployment, but for its tags and its number of instances, which are changed in place.
 * Azure returns other settings than it was sent, so that those are not compared. The tag can be read by many, and variables
 * may be secret: the hash is slow enough to prevent guessing, and is salted per endpoint.
 */
export function digestOf({ properties }: JsonMap, endpointPath: string): string {
  const salt = endpointPath.toLowerCase();
  const settings = canonical(properties ?? null);
  const key = `${salt} ${settings}`;
  const digest = digests.get(key) ?? scryptSync(settings, salt, 16).toString('hex');
  digests.set(key, digest);
  return digest;
}

/** Those already made, by what they are of: each takes about 50 ms of processor time. */
const digests = new Map<string, string>();

/** The same text for the same value: ids of resources are case-insensitive, and maps have no order. */
function canonical(value: Json): string {
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  if (isMap(value))
    return `{${Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => `${JSON.stringify(name)}:${canonical(each ?? null)}`)
      .join(',')}}`;
  const text = typeof value === 'bigint' ? String(value) : value;
  const isId = typeof text === 'string' && /^\/subscriptions\//i.test(text);
  return JSON.stringify(isId ? text.toLowerCase() : text);
}
