import { TaskError } from './errors';

/**
 * A name as a segment of the path of a URL. Throws a TaskError for a name that cannot be one: URLs drop `.` and `..`, also
 * encoded ones, an empty segment would name the whole collection, and half of a surrogate pair has no encoding.
 */
export function pathSegment(name: string): string {
  if (!/^\.{0,2}$/.test(name) && !/\p{Surrogate}/u.test(name)) return encodeURIComponent(name);
  throw new TaskError(`The name '${name}' cannot be part of the address of a resource.`);
}

/** The same for each segment of a path. Slashes stay, also doubled ones. */
export function pathSegments(path: string): string {
  return path
    .split('/')
    .map((segment) => (segment === '' ? '' : pathSegment(segment)))
    .join('/');
}
