import type { Json, JsonMap } from '../json';

/** One thing that is known of how a service treats a setting. */
export type KnownBehavior = {
  /**
   * Names from the outside in: `tasks.*.run_if`. An entry of a list has its key, or else its position, as its name.
   * `*` stands for any characters of one name, `**` for any number of names.
   */
  readonly path: string;
  /** Where it is documented or was observed: an address, or a file of a public repository. */
  readonly source: string;
} & (
  | {
      /**
       * `ignored`: the service manages the setting, whatever anybody writes. `writeOnly`: it accepts the setting and
       * does not return it. Neither is ever a difference.
       */
      readonly is: 'ignored' | 'writeOnly';
      /** Only where this setting beside it was written, and is not false. */
      readonly ifWritten?: string;
    }
  | {
      /** Where nothing was written, a default value of the service is not reported as a difference. */
      readonly is: 'default';
      /** The only values that it may have; any value when not given. */
      readonly values?: readonly Json[];
      /** Not where this setting beside it was written, which excludes it. */
      readonly unlessWritten?: string;
    }
  | {
      /** A list in which the order has no meaning. */
      readonly is: 'set';
      /** The field by which its entries are known; without it, they are known by their whole value. */
      readonly key?: string;
    }
  | {
      /** Other values by which the service returns a value that was written. */
      readonly is: 'alias';
      readonly values: Readonly<Record<string, readonly Json[]>>;
    }
  | {
      /** A word of the service that has the same meaning in lower case. */
      readonly is: 'anyCase';
    }
);

/** All that is known of one kind of resource. Of several rows for one path, the first of a kind applies. */
export type KnownBehaviors = readonly KnownBehavior[];

/** For documents that say nothing about what they leave out: whatever is found there is no difference. */
export const onlyWritten: KnownBehaviors = [{ path: '**', is: 'default', source: 'the meaning of such a document' }];

/** The same behaviors of a resource that is part of another one, at each of these paths. */
export function within(paths: readonly string[], behaviors: KnownBehaviors): KnownBehaviors {
  return paths.flatMap((path) => behaviors.map((behavior) => ({ ...behavior, path: `${path}.${behavior.path}` })));
}

/** Whether what was written and what is found at a path is never compared. `beside` is what was written around it. */
export function isIncomparable(behaviors: KnownBehaviors, path: readonly string[], beside: JsonMap = {}): boolean {
  return behaviors.some(
    (behavior) =>
      (behavior.is === 'ignored' || behavior.is === 'writeOnly') &&
      isAt(behavior.path, path) &&
      (behavior.ifWritten === undefined || Boolean(beside[behavior.ifWritten])),
  );
}

/** Whether the service accepts a setting and does not return it. */
export function isWriteOnly(behaviors: KnownBehaviors, path: readonly string[]): boolean {
  return behaviors.some((behavior) => behavior.is === 'writeOnly' && isAt(behavior.path, path));
}

/** Whether a text at a path means the same in upper and lower case. */
export function isAnyCase(behaviors: KnownBehaviors, path: readonly string[]): boolean {
  return behaviors.some((behavior) => behavior.is === 'anyCase' && isAt(behavior.path, path));
}

/** The field by which the entries of a list are known; undefined for a list in which the order matters. */
export function entryKey(behaviors: KnownBehaviors, path: readonly string[]): string | undefined {
  for (const behavior of behaviors) if (behavior.is === 'set' && isAt(behavior.path, path)) return behavior.key;
  return undefined;
}

/** Whether the order of a list has no meaning, and its entries are known by their whole value. */
export function isUnordered(behaviors: KnownBehaviors, path: readonly string[]): boolean {
  return behaviors.some((behavior) => behavior.is === 'set' && behavior.key === undefined && isAt(behavior.path, path));
}

/** Whether a value that is found is another name of the one that was written. */
export function isAlias(
  behaviors: KnownBehaviors,
  path: readonly string[],
  wanted: Json | undefined,
  found: Json | undefined,
): boolean {
  if (typeof wanted !== 'string' || found === undefined) return false;
  return behaviors.some(
    (behavior) => behavior.is === 'alias' && isAt(behavior.path, path) && behavior.values[wanted]?.includes(found),
  );
}

/** Whether a value that nobody wrote is one that the service fills in. `beside` is what was written around it. */
export function isFilledIn(behaviors: KnownBehaviors, path: readonly string[], value: Json, beside: JsonMap): boolean {
  for (const behavior of behaviors) {
    if (behavior.is !== 'default' || !isAt(behavior.path, path)) continue;
    const { values, unlessWritten } = behavior;
    if (unlessWritten !== undefined) return (beside[unlessWritten] ?? null) === null;
    return values === undefined || values.includes(value);
  }
  return false;
}

/** The names of each pattern, compiled once; undefined stands for `**`. */
const compiled = new Map<string, readonly (RegExp | undefined)[]>();

/** Whether a path matches a pattern, as `KnownBehavior.path` explains it. */
export function isAt(pattern: string, path: readonly string[]): boolean {
  let names = compiled.get(pattern);
  if (!names) {
    names = pattern
      .split('.')
      .map((name) => (name === '**' ? undefined : new RegExp(`^${name.replaceAll('*', '.*')}$`, 's')));
    compiled.set(pattern, names);
  }
  return matches(names, path);
}

function matches(names: readonly (RegExp | undefined)[], path: readonly string[]): boolean {
  if (names.length === 0) return path.length === 0;
  const [first, ...rest] = names;
  if (first === undefined) return rest.length === 0 || path.some((_, skipped) => matches(rest, path.slice(skipped)));
  const [name, ...more] = path;
  return name !== undefined && first.test(name) && matches(rest, more);
}
