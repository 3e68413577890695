import { TaskError } from '../errors';

interface Named {
  readonly id: string;
  readonly name: string;
  readonly creator: string;
}

/** The only one with exactly this name. Throws a TaskError when there is none, or several, whose ids it then lists. */
export function theOneNamed<T extends Named>(what: 'job' | 'cluster', name: string, found: readonly T[]): T {
  const [only, ...more] = found.filter((one) => one.name === name);
  if (!only)
    throw new TaskError(
      `There is no ${what} named '${name}' in the workspace, or this identity is not allowed to view it.`,
    );
  if (more.length === 0) return only;
  const all = [only, ...more].map(({ id, creator }) => `${id} (created by ${creator || 'a deleted user'})`);
  throw new TaskError(
    `${all.length} ${what}s are named '${name}': ${all.join(', ')}. Give the id of one, or rename or delete the others.`,
  );
}
