import { isDeepStrictEqual } from 'node:util';
import { isList, isMap, stringifyJson, type Json, type JsonMap } from '../json';
import { namesSecret } from '../secretNames';
import {
  entryKey,
  isAlias,
  isAnyCase,
  isFilledIn,
  isIncomparable,
  isUnordered,
  type KnownBehaviors,
} from './knownBehavior';

/** One place where what somebody wrote and what the service has are not the same. */
export interface Difference {
  /** The names that lead there; an entry of a list that has a key is named by it: `tasks`, `train`, `timeout_seconds`. */
  readonly path: readonly string[];
  /** Undefined where nothing was written, and what was found should not be there. */
  readonly wanted: Json | undefined;
  /** Undefined where there is nothing yet. */
  readonly found: Json | undefined;
  /** Whether it is an entry that a list lacks or has in addition, so that the list has another value. */
  readonly isEntry?: true;
}

/**
 * Where what the service has differs from what somebody wrote. What nobody wrote (null is not written) is a difference
 * unless the service is known to fill it in; `onlyWritten` compares nothing but what was written. Numbers and texts that
 * mean the same are equal. What is empty (null, false, 0, '', a list or map of nothing else) is the same as what is
 * missing, because services leave such values out.
 */
export function differences(
  wanted: Json | undefined,
  found: Json | undefined,
  behaviors: KnownBehaviors,
  path: readonly string[] = [],
  beside: JsonMap = {},
): readonly Difference[] {
  if (isIncomparable(behaviors, path, beside)) return [];
  if (isMap(wanted) && isMap(found)) return mapDifferences(wanted, found, behaviors, path);
  if (isList(wanted)) {
    const present = isList(found) ? found : [];
    const key = entryKey(behaviors, path);
    const [wantedByKey, presentByKey] = [byKey(wanted, key), byKey(present, key)];
    if (wantedByKey && presentByKey) {
      const isThere = present.length > 0;
      return mapDifferences(wantedByKey, presentByKey, behaviors, path, true).map((difference) =>
        isThere && isEntryOf(path, difference) ? { ...difference, isEntry: true } : difference,
      );
    }
    if (isUnordered(behaviors, path) && haveSameEntries(wanted, present)) return [];
    if (wanted.length === present.length)
      return wanted.flatMap((entry, index) => differences(entry, present[index], behaviors, [...path, String(index)]));
  }
  if (isSame(wanted, found) || isAlias(behaviors, path, wanted, found)) return [];
  if (isAnyCase(behaviors, path) && isSame(lowerCase(wanted), lowerCase(found))) return [];
  return [{ path, wanted, found }];
}

function lowerCase(value: Json | undefined): Json | undefined {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/** Where a difference is: `tasks.train.timeout_seconds`. */
export function differencePlace({ path: [first = '', ...rest] }: Difference): string {
  return rest.reduce((text, name) => text + (/^[\w-]+$/.test(name) ? `.${name}` : `['${name}']`), first);
}

/** What setting the wanted value does to the place. */
export function differenceKind({ wanted, found }: Difference): 'added' | 'changed' | 'removed' {
  if (isEmpty(found)) return 'added';
  return isEmpty(wanted) ? 'removed' : 'changed';
}

/** A difference in a line: `+ name: new`, `- name: old`, `~ name: old → new`. What may be a secret is not shown. */
export function differenceLine(difference: Difference): string {
  const { path, wanted, found } = difference;
  const place = differencePlace(difference);
  const kind = differenceKind(difference);
  if (kind === 'added') return `+ ${place}: ${shown(wanted, path)}`;
  if (kind === 'removed') return `- ${place}: ${shown(found, path)}`;
  return `~ ${place}: ${shown(found, path)} → ${shown(wanted, path)}`;
}

function mapDifferences(
  wanted: JsonMap,
  found: JsonMap,
  behaviors: KnownBehaviors,
  path: readonly string[],
  isKeyedList = false,
): readonly Difference[] {
  const written = Object.keys(wanted).filter((name) => (wanted[name] ?? null) !== null);
  const unwritten = Object.keys(found).filter((name) => !written.includes(name) && !isEmpty(found[name]));
  return [
    ...written.flatMap((name) =>
      differences(
        wanted[name],
        Object.hasOwn(found, name) ? found[name] : undefined,
        behaviors,
        [...path, name],
        wanted,
      ),
    ),
    ...unwritten
      .map((name) => ({ path: [...path, name], wanted: undefined, found: found[name] }))
      .filter((extra) => !isIncomparable(behaviors, extra.path, wanted))
      // A list was written whole: the service adds no entries to it.
      .filter((extra) => isKeyedList || !isFilledIn(behaviors, extra.path, extra.found ?? null, wanted)),
  ];
}

function isEntryOf(list: readonly string[], { path, wanted, found }: Difference): boolean {
  return path.length === list.length + 1 && (wanted === undefined || found === undefined);
}

function haveSameEntries(one: readonly Json[], other: readonly Json[]): boolean {
  const [texts, otherTexts] = [one, other].map((list) => list.map(canonicalText).sort());
  return isDeepStrictEqual(texts, otherTexts);
}

/** A text that is the same for values that mean the same: without the order of fields, and 1 as "1". */
export function canonicalText(value: Json): string {
  if (isList(value)) return `[${value.map(canonicalText).join()}]`;
  if (!isMap(value)) return JSON.stringify(String(value));
  const fields = Object.entries(value).map(
    ([name, field]) => `${JSON.stringify(name)}:${canonicalText(field ?? null)}`,
  );
  return `{${fields.sort().join()}}`;
}

/** The entries of a list by one of their fields; undefined where one has no such field, or two have the same value. */
export function byKey(list: readonly Json[], key: string | undefined): JsonMap | undefined {
  if (key === undefined) return undefined;
  const entries = list.flatMap((entry) => {
    const name = isMap(entry) ? entry[key] : undefined;
    return typeof name === 'string' ? [[name, entry] as const] : [];
  });
  const map = Object.fromEntries(entries);
  return Object.keys(map).length === list.length ? map : undefined;
}

function isSame(wanted: Json | undefined, found: Json | undefined): boolean {
  if (isEmpty(wanted) && isEmpty(found)) return true;
  if (typeof wanted === 'object' || typeof found === 'object') return false;
  if (String(wanted) === String(found)) return true;
  // 1 and "1.0", but not the texts "1" and "1.0", which may be versions.
  const isNumber = [wanted, found].some((value) => typeof value === 'number');
  return isNumber && [wanted, found].every(isExactNumber) && Number(wanted) === Number(found);
}

function isExactNumber(value: Json | undefined): boolean {
  if (typeof value !== 'number' && (typeof value !== 'string' || !/\d/.test(value))) return false;
  return Math.abs(Number(value)) <= Number.MAX_SAFE_INTEGER;
}

export function isEmpty(value: Json | undefined): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' ? Object.values(value).every(isEmpty) : !value;
}

/** Settings of any service in which people leave secrets that no pipeline knows to mask. */
const concealed: readonly string[] = [
  'base_parameters',
  'basic_auth',
  'job_parameters',
  'named_parameters',
  'parameters',
  'spark_conf',
  'spark_env_vars',
];
const longestShown = 300;

/** Whether what a setting of this name holds must not be shown. */
export function isConcealed(name: string): boolean {
  return concealed.includes(name) || namesSecret(name);
}

function shown(value: Json | undefined, path: readonly string[]): string {
  if (typeof value !== 'boolean' && path.some(isConcealed)) return '***';
  const text = typeof value === 'string' ? value : stringifyJson(conceal(value ?? null));
  const withoutPasswords = text.replace(/\/\/[^/@\s"]+@/g, '//***@');
  return withoutPasswords.length > longestShown ? `${withoutPasswords.slice(0, longestShown)}…` : withoutPasswords;
}

function conceal(value: Json): Json {
  if (isList(value)) return value.map(conceal);
  if (!isMap(value)) return value;
  // As Kubernetes and Azure write variables: `{name: API_KEY, value: …}`.
  const isVariable = typeof value['name'] === 'string' && isConcealed(value['name']);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    fields.map(([name, field = null]) => {
      const isHidden = typeof field !== 'boolean' && (isConcealed(name) || (isVariable && /^value$/i.test(name)));
      return [name, isHidden ? '***' : conceal(field)];
    }),
  );
}
