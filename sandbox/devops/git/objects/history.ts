import type { ObjectStore } from './objectStore';

/**
 * The commits that can be reached from some, newest first where that is known.
 * @param isEnd commits whose parents are not followed
 */
export function ancestors(
  objects: ObjectStore,
  from: readonly string[],
  isEnd: (oid: string) => boolean = () => false,
): Set<string> {
  const seen = new Set<string>();
  const waiting = from.filter((oid) => objects.isA('commit', oid));
  for (let oid = waiting.shift(); oid !== undefined; oid = waiting.shift()) {
    if (seen.has(oid)) continue;
    seen.add(oid);
    if (!isEnd(oid)) waiting.push(...objects.readCommit(oid).parents);
  }
  return seen;
}

/** Whether `ancestor` is `oid` or one of the commits before it. */
export const isAncestor = (objects: ObjectStore, ancestor: string, oid: string) =>
  ancestors(objects, [oid]).has(ancestor);

/** The newest commit that both have; undefined if their histories have nothing in common. */
export function mergeBase(objects: ObjectStore, one: string, other: string): string | undefined {
  const others = ancestors(objects, [other]);
  const common = [...ancestors(objects, [one])].filter((oid) => others.has(oid));
  // With a commit all that precede it are common too: only the newest are nobody's parent.
  const parents = new Set(common.flatMap((oid) => objects.readCommit(oid).parents));
  return common.find((oid) => !parents.has(oid));
}

/** The commits from `oid` on, by time as `git log` lists them: a commit never precedes its children. */
export function log(objects: ObjectStore, oid: string): string[] {
  const all = ancestors(objects, [oid]);
  const children = new Map([...all].map((each) => [each, 0]));
  for (const each of all)
    for (const parent of objects.readCommit(each).parents) children.set(parent, (children.get(parent) ?? 0) + 1);
  const [listed, ready]: [string[], string[]] = [[], [oid]];
  const seconds = (each: string) => objects.readCommit(each).committer.seconds;
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    listed.push(next);
    for (const parent of objects.readCommit(next).parents) {
      const left = (children.get(parent) ?? 1) - 1;
      children.set(parent, left);
      if (left === 0) ready.push(parent);
    }
    ready.sort((a, b) => seconds(b) - seconds(a));
  }
  return listed;
}
