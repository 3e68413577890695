import type { Library } from '../api/libraries';
import { InvalidRequirement, normalRequirement, parseRequirement } from './requirements/requirement';

/** The same text for libraries that are the same, however they are written: compares what is wanted with what a cluster has. */
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

/** What is no requirement, such as `git+https://…`, stands for itself. */
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
