import { posix } from 'node:path';
import type { Library } from '../api/libraries';
import { InvalidRequirement, normalName, parseRequirement } from './requirements/requirement';
import { packageOfWheel } from './wheelName';

/**
 * The same text for libraries of which a cluster can have only one at a time: versions of one package, also when one of
 * them is a wheel; jars with the same file name. Undefined when that is not known.
 */
export function packageOf(library: Library): string | undefined {
  if ('pypi' in library) return pythonPackage(nameOf(library.pypi.package));
  if ('maven' in library) return `maven ${library.maven.coordinates.trim().split(':', 2).join(':')}`;
  if ('cran' in library) return `cran ${library.cran.package.trim()}`;
  if ('whl' in library) return pythonPackage(packageOfWheel(posix.basename(library.whl)));
  if ('jar' in library) return `jar ${posix.basename(library.jar)}`;
  return undefined;
}

function pythonPackage(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `python ${normalName(name)}`;
}

/** Undefined for a text that is not a requirement, such as a URL. */
function nameOf(requirement: string): string | undefined {
  try {
    return parseRequirement(requirement).name;
  } catch (error) {
    if (!(error instanceof InvalidRequirement)) throw error;
    return undefined;
  }
}
