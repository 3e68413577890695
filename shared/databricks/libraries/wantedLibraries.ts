import { readFileSync } from 'node:fs';
import { InputError, type InputProblem } from '../../errors';
import type { Json } from '../../json';
import type { Library } from '../api/libraries';
import { libraryKey } from './key';
import type { Dependencies, Remark } from './requirements/dependencyList';
import { readCondaEnvironment } from './requirements/readCondaEnvironment';
import { readRequirements } from './requirements/readRequirements';
import { libraryTitle } from './title';
import { packageOf } from './packageOf';
import { uploadedLibrary, type Upload } from './uploadLibraries';

/** Where people say what they want; each by the name of its input. */
export interface LibrarySources {
  readonly requirementsFile: string | undefined;
  readonly environmentFile: string | undefined;
  readonly libraries: readonly Json[] | undefined;
  readonly files: readonly Upload[];
}

export interface WantedLibraries {
  /** Each once. */
  readonly libraries: readonly Library[];
  readonly notes: readonly Remark[];
  /** Each in a sentence of its own. */
  readonly problems: readonly InputProblem[];
}

/** Reads all that is wanted, for a cluster with this Python where it is known. Nothing should be done while there are problems. */
export function wantedLibraries(sources: LibrarySources, python?: string): WantedLibraries {
  const { requirementsFile, environmentFile, libraries: items = [], files } = sources;
  const options = { readFile: (path: string) => readFileSync(path), ...(python !== undefined && { python }) };
  const read: Readonly<Record<string, Dependencies | undefined>> = {
    requirementsFile: requirementsFile === undefined ? undefined : readRequirements(requirementsFile, options),
    environmentFile: environmentFile === undefined ? undefined : readCondaEnvironment(environmentFile, options),
  };
  const lists = Object.entries(read).flatMap(([input, found]) => (found ? [{ input, ...found }] : []));
  const wishes = [
    ...lists.flatMap(({ input, libraries }) => libraries.map((library) => ({ input, library }))),
    ...items.map((item) => ({ input: 'libraries', library: libraryOf(item) })),
    ...files.map((upload) => ({ input: 'files', library: uploadedLibrary(upload) })),
  ];
  const byKey = new Map(wishes.map((wish) => [libraryKey(wish.library), wish]));
  return {
    libraries: [...byKey.values()].map(({ library }) => library),
    notes: lists.flatMap(({ notes }) => notes),
    problems: [
      ...lists.flatMap(({ input, problems }) => problems.map((one) => ({ input, problem: located(one) }))),
      ...contradictions([...byKey.values()]),
    ],
  };
}

/** The problems that no cluster's Python can do away with: the same whether it is known or not. */
export function certainProblems(sources: LibrarySources): readonly InputProblem[] {
  const { problems } = wantedLibraries(sources);
  if (problems.length === 0) return [];
  const withPython = new Set(wantedLibraries(sources, '3.12').problems.map(({ problem }) => problem));
  return problems.filter(({ problem }) => withPython.has(problem));
}

/** One error for all problems, with those of an input together. */
export function errorOf(problems: readonly InputProblem[]): InputError {
  const inputs = [...new Set(problems.map(({ input }) => input))];
  return new InputError(
    inputs.map((input) => {
      const lines = problems.filter((one) => one.input === input).map(({ problem }) => `\n    ${problem}`);
      return { input, problem: `asks for what can't be installed:${lines.join('')}` };
    }),
  );
}

/** An item of the `libraries` input says what the API is to be told, but for values that are no texts. */
function libraryOf(item: Json): Library {
  return withTexts(item) as Library;
}

function withTexts(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withTexts);
  if (typeof value !== 'object' || value === null) return String(value);
  const given = Object.entries(value).flatMap(([name, part]) =>
    part === undefined || part === null ? [] : [[name, withTexts(part)]],
  );
  return Object.fromEntries(given) as Json;
}

/** `requirements.txt:3: …` */
export function located({ file, line, text }: Remark): string {
  return `${file}:${line}: ${text}`;
}

interface Wish {
  readonly input: string;
  readonly library: Library;
}

/** A cluster has one version of a package only. */
function contradictions(wishes: readonly Wish[]): readonly InputProblem[] {
  const first = new Map<string, Wish>();
  return wishes.flatMap((wish) => {
    const name = packageOf(wish.library);
    if (name === undefined) return [];
    const other = first.get(name);
    first.set(name, other ?? wish);
    if (!other) return [];
    const problem = `${libraryTitle(wish.library)} contradicts ${libraryTitle(other.library)} of '${other.input}': a cluster can have only one of them.`;
    return [{ input: wish.input, problem }];
  });
}
