import type { Library } from '../api/libraries';
import { InvalidRequirement, normalRequirement, parseRequirement } from './requirements/requirement';

/** The same text for equal libraries, however they are written: to compare wanted libraries with those of a cluster. */
export function libraryKey(library: Library): string {
  return JSON.stringify(partsOf(library));
}

function partsOf(library: Library): readonly string[] {
  if ('pypi' in library) return ['pypi', normalPackage(library.pypi.package), normalRepo(library.pypi.repo)];
  if ('maven' in library) {
    const { coordinates, repo, exclusions = [] } = library.maven;
    return ['maven', coordinates.trim(), normalRepo(repo), ...exclusions.map((one) => one.trim()).sort()];
  }
  if ('cran' in library) return ['cran', library.cran.package.trim(), normalRepo(library.cran.repo)];
  return Object.entries(library).flat();
}

/** A text that is not a requirement, such as `git+https://…`, is kept as it is. */
function normalPackage(text: string): string {
  try {
    return normalRequirement(parseRequirement(text));
  } catch (error) {
    if (!(error instanceof InvalidRequirement)) throw error;
    return text.trim();
  }
}

function normalRepo(repo = ''): string {
  return repo.trim().replace(/\/$/, '');
}
