import { differences, type Difference } from '../../comparison/difference';
import { onlyWritten } from '../../comparison/knownBehavior';
import {
  digestIn,
  digestOf,
  digestTag,
  isUnconfirmed,
  secretLeftOut,
  unreturned,
  withDigest,
  withUnreturned,
} from '../../comparison/unreturned';
import { isList, isMap, type Json } from '../../json';
import type { Cluster, ClusterSettings } from '../api/clusters';
import { specTypes } from '../specs/specTypes';
import { clusterBehaviors } from './knownBehavior';

/** The size can also be changed without asking for a new specification (`clusters/resize`). */
const sizes = ['num_workers', 'autoscale'];
const mostTags = 45;

/**
 * Where a cluster differs from its specification as it was written. A setting that nobody wrote, or no longer writes, may
 * have any value. The service or a policy may replace what was asked for (`auto:latest-lts`), or not return it, so a
 * setting that was last requested with the same value is not reported as a difference, except for the size. What the
 * service does not return as it was requested either is a difference unless a tag of the cluster remembers it.
 */
export function clusterDifferences(
  wanted: ClusterSettings,
  { settings, asked }: Pick<Cluster, 'settings' | 'asked'>,
): readonly Difference[] {
  const isNew = ({ path: [name = '', field] }: Difference): boolean =>
    field !== digestTag &&
    (sizes.includes(name) || !(name in asked) || differences(wanted[name], asked[name], onlyWritten).length > 0);
  // A cluster that was resized was asked for with another size.
  const others = Object.fromEntries(Object.entries(asked).filter(([name]) => !sizes.includes(name)));
  const found = completed(settings, others);
  const all = differences(wanted, found, clusterBehaviors).filter(isNew);
  if (digestIn(settings['custom_tags']) === expectedDigest(wanted))
    return all.filter((difference) => !isUnknown(difference));
  return withUnreturned(all, unreturned(wanted, clusterBehaviors).filter(isNew));
}

/** What is returned, and what is returned only as it was asked for. */
function completed(settings: Json | undefined, asked: Json | undefined): Json | undefined {
  if (settings === undefined) return asked;
  if (isMap(settings) && isMap(asked)) {
    const entries = Object.entries(asked).map(([name, value]) => [name, completed(settings[name], value)] as const);
    return { ...settings, ...Object.fromEntries(entries) };
  }
  if (!isList(settings) || !isList(asked) || settings.length !== asked.length) return settings;
  return settings.map((entry, index) => completed(entry, asked[index]) ?? null);
}

/** The specification to send: with a tag that remembers what the service is not known to return. */
export function rememberedSpec<Spec extends ClusterSettings>(spec: Spec): Spec {
  const digest = expectedDigest(spec);
  return digest === undefined ? spec : { ...spec, custom_tags: withDigest(spec['custom_tags'], digest, mostTags) };
}

/** What to know about secrets of a specification whose change is not noticed. */
export function secretNotice(spec: ClusterSettings): string | undefined {
  return secretLeftOut(unreturned(spec, clusterBehaviors));
}

/** Whether a cluster can get all that it lacks by being resized, which does not restart it. */
export function isResizable({ state }: Pick<Cluster, 'state'>, differences: readonly Difference[]): boolean {
  return state === 'RUNNING' && differences.every(({ path: [name = ''] }) => sizes.includes(name));
}

/** The part of a specification that `clusters/resize` takes. */
export function sizeIn({ num_workers, autoscale }: ClusterSettings): ClusterSettings {
  return autoscale === undefined || autoscale === null ? { num_workers } : { autoscale };
}

function expectedDigest(wanted: ClusterSettings): string | undefined {
  const unknown = Object.keys(wanted).filter((name) => !isKnown(name));
  const all = unknown.map((name) => ({ path: [name], wanted: wanted[name], found: undefined }));
  return digestOf([...unreturned(wanted, clusterBehaviors), ...all]);
}

/** A setting that the service does not return, and does not know as far as is known here. */
function isUnknown(difference: Difference): boolean {
  return isUnconfirmed(difference) && !isKnown(difference.path[0] ?? '');
}

function isKnown(name: string): boolean {
  return Object.hasOwn(specTypes['ClusterSpec'] ?? {}, name);
}
