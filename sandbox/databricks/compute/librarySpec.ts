import { invalidParameter } from '../apiError';
import { isJsonObject, type JsonObject, textOf, toJson } from '../json';

export const libraryKinds = ['pypi', 'maven', 'cran', 'jar', 'whl', 'egg', 'requirements'] as const;
export type LibraryKind = (typeof libraryKinds)[number];

export function kindOfLibrary(library: JsonObject): LibraryKind | undefined {
  return libraryKinds.find((kind) => library[kind] !== undefined);
}

/** The package, the coordinates or the path. */
export function nameOfLibrary(library: JsonObject): string {
  const kind = kindOfLibrary(library);
  const value = kind && library[kind];
  const { package: name, coordinates } = isJsonObject(value) ? value : {};
  return textOf(value) ?? textOf(name) ?? textOf(coordinates) ?? '';
}

/** Libraries are the same when all they say is the same. */
export function isSameLibrary(one: JsonObject, other: JsonObject): boolean {
  return toJson(sorted(one)) === toJson(sorted(other));
}

function sorted(object: JsonObject): JsonObject {
  const names = Object.keys(object).sort();
  return Object.fromEntries(
    names.map((name) => {
      const value = object[name];
      return [name, isJsonObject(value) ? sorted(value) : value];
    }),
  );
}

/** @throws ApiError 400 */
export function checkLibrary(library: JsonObject): void {
  const kinds = Object.keys(library);
  const kind = kindOfLibrary(library);
  if (kinds.length !== 1 || kind === undefined)
    throw invalidParameter(
      `A library must have exactly one of ${libraryKinds.join(', ')}, got ${kinds.join(', ') || 'none'}`,
    );
  if (nameOfLibrary(library) === '') throw invalidParameter(`Missing required field in library ${kind}`);
  // "Only Workspace paths and Unity Catalog Volumes paths are supported."
  if (kind === 'requirements' && !/^\/(Workspace|Volumes)\//.test(nameOfLibrary(library)))
    throw invalidParameter(
      `Only Workspace paths and Volumes paths are supported for requirements, got ${nameOfLibrary(library)}`,
    );
}

/** As messages of runs write it, for example `whl: "/Workspace/x.whl"`. */
export function describeLibrary(library: JsonObject): string {
  const kind = kindOfLibrary(library) ?? '';
  const value = library[kind];
  if (!isJsonObject(value)) return `${kind}: ${toJson(value)}`;
  const fields = Object.entries(value).map(([name, entry]) => `  ${name}: ${toJson(entry)}\n`);
  return `${kind} {\n${fields.join('')}}`;
}
