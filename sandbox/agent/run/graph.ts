import { fold } from '../caseInsensitiveMap';
import type { Result } from '../report';

/** A stage or a job, as far as the order goes. */
interface Unit {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

/** Each after what it depends on, otherwise as written. There are no circles: the plan was checked. */
export function inOrder<T extends Unit>(units: readonly T[]): T[] {
  const ordered: T[] = [];
  const add = (unit: T): void => {
    if (ordered.includes(unit)) return;
    for (const name of unit.dependsOn) units.filter((each) => fold(each.name) === fold(name)).forEach(add);
    ordered.push(unit);
  };
  units.forEach(add);
  return ordered;
}

/** What there is of those names, by upper-case name. */
export function pick<T>(names: readonly string[], from: ReadonlyMap<string, T>): T[] {
  return names.flatMap((name) => from.get(fold(name)) ?? []);
}

/** Results, by upper-case name, of all that the named units are and depend on, directly and through others. */
export function resultsBefore(
  names: readonly string[],
  units: readonly Unit[],
  outcomes: ReadonlyMap<string, { readonly result: Result }>,
): ReadonlyMap<string, Result> {
  const found = new Map<string, Result>();
  const add = (name: string): void => {
    const outcome = outcomes.get(fold(name));
    if (!outcome || found.has(fold(name))) return;
    found.set(fold(name), outcome.result);
    units.find((unit) => fold(unit.name) === fold(name))?.dependsOn.forEach(add);
  };
  names.forEach(add);
  return found;
}
