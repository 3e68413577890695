import { createHash } from 'node:crypto';
import { isList, isMap, type Json, type JsonMap } from '../json';
import { byKey, canonicalText, differencePlace, isConcealed, isEmpty, type Difference } from './difference';
import { entryKey, isWriteOnly, type KnownBehaviors } from './knownBehavior';

/** The tag of an object that remembers what cannot be compared. */
export const digestTag = 'definition-digest';

/** Tags with the digest, if there is one and room for another tag. */
export function withDigest(tags: Json | undefined, digest: string | undefined, mostTags: number): JsonMap {
  const all = isMap(tags) ? tags : {};
  return digest === undefined || Object.keys(all).length >= mostTags ? all : { ...all, [digestTag]: digest };
}

/** The digest that tags have. */
export function digestIn(tags: Json | undefined): string | undefined {
  const tag = isMap(tags) ? tags[digestTag] : undefined;
  return typeof tag === 'string' ? tag : undefined;
}

/** What somebody wrote and the service is known not to return, so that it is never a difference from what is found. */
export function unreturned(
  wanted: Json | undefined,
  behaviors: KnownBehaviors,
  path: readonly string[] = [],
): readonly Difference[] {
  if (isEmpty(wanted)) return [];
  if (isWriteOnly(behaviors, path)) return [{ path, wanted, found: undefined }];
  const entries = isList(wanted) ? (byKey(wanted, entryKey(behaviors, path)) ?? wanted) : wanted;
  if (!isMap(entries) && !isList(entries)) return [];
  return Object.entries(entries).flatMap(([name, value]) => unreturned(value, behaviors, [...path, name]));
}

/** Differences together with what is not returned, each place once. */
export function withUnreturned(
  differences: readonly Difference[],
  hidden: readonly Difference[],
): readonly Difference[] {
  const isPart = ({ path }: Difference): boolean =>
    differences.some((other) => other.path.every((name, index) => path[index] === name));
  return [...differences, ...hidden.filter((difference) => !isPart(difference))];
}

/** Whether the service does not return a value or adds one, instead of returning another value. */
export function isUnconfirmed({ wanted, found, isEntry }: Difference): boolean {
  return !isEntry && (wanted === undefined || (found ?? null) === null);
}

/**
 * A digest of what cannot be compared, to be kept with the object: as long as it stays the same, everything is as it was
 * last asked for. Undefined when there is nothing to remember. Everybody who may read a tag can try out what may be
 * behind a digest, so it never covers a value that may be a secret; a reference to a secret is none.
 */
export function digestOf(differences: readonly Difference[]): string | undefined {
  if (differences.length === 0) return undefined;
  const lines = differences.map((difference) => {
    const { wanted = null, found = null } = withoutSecrets(difference);
    return `${differencePlace(difference)} ${canonicalText(wanted)} ${canonicalText(found)}`;
  });
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex').slice(0, 16);
}

/** What to know about values that may be secrets, and so are left out of the digest; undefined when there are none. */
export function secretLeftOut(differences: readonly Difference[]): string | undefined {
  const places = differences.filter(hasSecret).map(differencePlace);
  if (places.length === 0) return undefined;
  return (
    `Databricks does not return ${places.join(', ')}, so a change of only a secret in it is not noticed. ` +
    'Use a reference to a Databricks secret, {{secrets/scope/key}}.'
  );
}

function hasSecret(difference: Difference): boolean {
  const { wanted = null } = withoutSecrets(difference);
  return canonicalText(wanted) !== canonicalText(difference.wanted ?? null);
}

function withoutSecrets({ path, wanted, found }: Difference): Pick<Difference, 'wanted' | 'found'> {
  const isSecret = path.some(isConcealed);
  return { wanted: publicPart(wanted ?? null, isSecret), found: publicPart(found ?? null, isSecret) };
}

function publicPart(value: Json, isSecret: boolean, name = ''): Json {
  if (isList(value)) return value.map((entry) => publicPart(entry, isSecret));
  if (isMap(value))
    return Object.fromEntries(
      Object.entries(value).map(([field, inside]) => [
        field,
        publicPart(inside ?? null, isSecret || isConcealed(field), field),
      ]),
    );
  const isReference = typeof value === 'string' && /^\{\{secrets\/[^{}]+\}\}$/.test(value);
  const isPublic = isReference || name === 'username' || typeof value === 'boolean' || isEmpty(value);
  return !isSecret || isPublic ? value : '***';
}
