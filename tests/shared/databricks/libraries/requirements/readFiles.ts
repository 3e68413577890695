import { join } from 'node:path';
import type { Dependencies, Remark } from '../../../../../shared/databricks/libraries/requirements/dependencyList';
import type { Library } from '../../../../../shared/databricks/api/libraries';

/** A `readFile` over files that are given as texts or bytes. */
export function filesOf(files: Readonly<Record<string, string | Uint8Array>>): (path: string) => Uint8Array {
  const known = new Map(Object.entries(files).map(([path, content]) => [join(path), Buffer.from(content)]));
  return (path) => {
    const bytes = known.get(join(path));
    if (!bytes) throw new Error(`no such file: ${path}`);
    return bytes;
  };
}

export function packagesOf({ libraries }: Dependencies): readonly string[] {
  return libraries.map((library: Library) => ('pypi' in library ? library.pypi.package : JSON.stringify(library)));
}

export function written(remarks: readonly Remark[]): readonly string[] {
  return remarks.map(({ file, line, text }) => `${file}:${line} ${text}`);
}
