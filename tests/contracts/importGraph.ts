import path from 'node:path';
import ts from 'typescript';

/**
 * Circles of imports, types included, each as the files on the way round. Every file that is in a circle is in one of them.
 * @param sources by path from the project's root
 */
export function importCircles(sources: ReadonlyMap<string, string>): readonly (readonly string[])[] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (file: string): void => {
    const start = way.indexOf(file);
    if (start >= 0) circles.push([...way.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    way.push(file);
    for (const imported of importsOf(file, sources)) visit(imported);
    way.pop();
    done.add(file);
  };
  for (const file of sources.keys()) visit(file);
  return circles;
}

function importsOf(file: string, sources: ReadonlyMap<string, string>): readonly string[] {
  const { importedFiles } = ts.preProcessFile(sources.get(file) ?? '', true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => path.posix.join(path.posix.dirname(file), fileName))
    .flatMap((target) => [target, `${target}.ts`, `${target}.tsx`].filter((name) => sources.has(name)));
}
