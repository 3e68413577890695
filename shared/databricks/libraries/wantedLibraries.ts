import type { NamedFile } from '../../files/namedFile';
import { readSource } from '../../files/sourceFile';
import { isList, isMap, type Json } from '../../json';
import type { Library } from '../api/libraries';
import { libraryKey } from './key';
import { packageOf } from './packageOf';
import { largestBytes } from './requirements/decodeText';
import type { Dependencies, Remark } from './requirements/dependencyList';
import { readCondaEnvironment } from './requirements/readCondaEnvironment';
import { readRequirements, type ReadOptions } from './requirements/readRequirements';
import { libraryTitle } from './title';
import { uploadedLibrary, type Upload } from './uploadLibraries';

/** Where the wanted libraries are written. */
export interface LibrarySources {
  /** A requirements.txt. */
  readonly requirements: NamedFile | undefined;
  /** A conda environment.yml. */
  readonly environment: NamedFile | undefined;
  /** Libraries as in the body of `libraries/install`. */
  readonly libraries: readonly Json[] | undefined;
  readonly files: readonly Upload[];
}

export type LibrarySource = keyof LibrarySources;

/** Something in one of the sources that cannot be installed, in a sentence. */
export interface LibraryProblem {
  readonly source: LibrarySource;
  readonly problem: string;
}

export interface WantedLibraries {
  /** Each once. */
  readonly libraries: readonly Library[];
  readonly notes: readonly Remark[];
  readonly problems: readonly LibraryProblem[];
}

/** Reads all wanted libraries, for a cluster with this Python where it is known. Nothing should be done while there are problems. */
export function wantedLibraries(
  sources: LibrarySources,
  cluster: Pick<ReadOptions, 'python' | 'machine'> = {},
): WantedLibraries {
  const { requirements, environment, libraries: items = [], files } = sources;
  const options = ({ folders }: NamedFile): ReadOptions => ({
    readFile: (path) => readSource(path, folders, largestBytes),
    ...cluster,
  });
  const lists: readonly SourceList[] = [
    ...(requirements === undefined
      ? []
      : [{ source: 'requirements' as const, ...readRequirements(requirements.path, options(requirements)) }]),
    ...(environment === undefined
      ? []
      : [{ source: 'environment' as const, ...readCondaEnvironment(environment.path, options(environment)) }]),
  ];
  const wishes: readonly Wish[] = [
    ...lists.flatMap(({ source, libraries }) => libraries.map((library) => ({ source, library }))),
    ...items.map((item) => ({ source: 'libraries' as const, library: withoutEmpty(item) as Library })),
    ...files.map((upload) => ({ source: 'files' as const, library: uploadedLibrary(upload) })),
  ];
  const byKey = new Map(wishes.map((wish) => [libraryKey(wish.library), wish]));
  return {
    libraries: [...byKey.values()].map(({ library }) => library),
    notes: lists.flatMap(({ notes }) => notes),
    problems: [
      ...lists.flatMap(({ source, problems }) => problems.map((one) => ({ source, problem: located(one) }))),
      ...contradictions([...byKey.values()]),
    ],
  };
}

/** The problems that remain whatever machines, and unless it is given, whatever Python the cluster has. */
export function certainProblems(sources: LibrarySources, python?: string): readonly LibraryProblem[] {
  const { problems } = wantedLibraries(sources, { python });
  const others = problems.length === 0 ? [] : [{ python: python ?? '3.12.3' }, { python, machine: 'aarch64' }];
  const texts = others.map((other) => new Set(wantedLibraries(sources, other).problems.map(({ problem }) => problem)));
  return problems.filter(({ problem }) => texts.every((those) => those.has(problem)));
}

/** `requirements.txt:3: …` */
export function located({ file, line, text }: Remark): string {
  return `${file}:${line}: ${text}`;
}

interface SourceList extends Dependencies {
  readonly source: LibrarySource;
}

interface Wish {
  readonly source: LibrarySource;
  readonly library: Library;
}

const titles: Readonly<Record<LibrarySource, string>> = {
  requirements: 'the requirements file',
  environment: 'the conda environment',
  libraries: 'the list of libraries',
  files: 'the files',
};

/** A cluster can have only one version of a package. */
function contradictions(wishes: readonly Wish[]): readonly LibraryProblem[] {
  const first = new Map<string, Wish>();
  return wishes.flatMap(({ source, library }) => {
    const name = packageOf(library);
    if (name === undefined) return [];
    const other = first.get(name);
    first.set(name, other ?? { source, library });
    if (!other) return [];
    const problem = `${libraryTitle(library)} contradicts ${libraryTitle(other.library)} in ${titles[other.source]}: a cluster can have only one of them.`;
    return [{ source, problem }];
  });
}

function withoutEmpty(value: Json): Json {
  if (isList(value)) return value.map(withoutEmpty);
  if (!isMap(value)) return value;
  const given = Object.entries(value).flatMap(([name, part]) =>
    part === undefined || part === null ? [] : [[name, withoutEmpty(part)]],
  );
  return Object.fromEntries(given) as Json;
}
