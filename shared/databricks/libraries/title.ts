import type { Library } from '../api/libraries';
import { presentable } from './requirements/presentable';

/** A library to read, on one line and without passwords: `pypi pandas==2.2.3`, `whl /Volumes/c/s/v/a.whl`. */
export function libraryTitle(library: Library): string {
  return presentable(partsOf(library).join(' '), 300);
}

function partsOf(library: Library): readonly string[] {
  if ('pypi' in library) return ['pypi', library.pypi.package, ...from(library.pypi.repo)];
  if ('maven' in library) return ['maven', library.maven.coordinates, ...from(library.maven.repo)];
  if ('cran' in library) return ['cran', library.cran.package, ...from(library.cran.repo)];
  return Object.entries(library).flat();
}

function from(repo: string | undefined): readonly string[] {
  return repo ? [`from ${repo}`] : [];
}
