import type { Origin, ProblemKind, Report } from '../../shared/variables/origin';
import type { RegistryModel } from '../../shared/variables/registry/revision';
import { resolveVariables, type Resolution } from '../../shared/variables/resolveVariables';
import { readVariableSchema, shippedSchema, type VariableSchema } from '../../shared/variables/schema/variableSchema';
import { pagePatterns } from './pagePatterns';
import { readVariableFile, type VariableFile } from '../../shared/variables/variableFile';

/** What is wrong with a variable file, and where; the sentences are those of the step LoadModelVariables. */
export interface Problem {
  readonly origin: Origin;
  readonly message: string;
  readonly kind?: ProblemKind | undefined;
}

/** What all models of a project share, read once. */
export interface SharedVariables {
  readonly base: VariableFile | undefined;
  readonly schema: VariableSchema;
  /** What is wrong with the base variables and the schema themselves. */
  readonly problems: readonly Problem[];
  readonly refusesSecrets: boolean;
}

export interface CheckedModel {
  /** Undefined where the text is not a variable file. */
  readonly file: VariableFile | undefined;
  /** What the step LoadModelVariables would refuse whatever the files of the repository have: it cannot be saved. */
  readonly problems: readonly Problem[];
  /** What only a pipeline can decide: what depends on the files of the repository, and patterns that can take long; and texts that look like secrets. */
  readonly notes: readonly Problem[];
  /** What the variables are without an environment, under undefined, and in each environment; empty without a file. */
  readonly resolutions: ReadonlyMap<string | undefined, Resolution>;
}

/** The base variables and the schema of the hub; the schema of the extension where the hub has none that can be read. */
export function sharedVariables(contents: {
  readonly base: RegistryModel | undefined;
  readonly schema: RegistryModel | undefined;
  readonly settings: { readonly settings: { readonly refusesSecrets: boolean } };
}): SharedVariables {
  const { base, schema } = contents;
  const problems: Problem[] = [];
  const report: Report = (origin, message, kind) => void problems.push({ origin, message, kind });
  return {
    base: base && readVariableFile(base.text, baseSource(base.rev), report),
    schema: (schema && readVariableSchema(schema.text, 'hub schema', report)) ?? shippedSchema(),
    problems,
    refusesSecrets: contents.settings.settings.refusesSecrets,
  };
}

/** How a value of a revision is named as a source: `hub r7`. */
export function modelSource(rev: number): string {
  return `hub r${rev}`;
}

function baseSource(rev: number): string {
  return `hub base r${rev}`;
}

/** Checks a text as the step LoadModelVariables does, for all environments. */
export function checkModel(text: string, source: string, shared: SharedVariables): CheckedModel {
  const found = new Map<string, Problem>();
  const report: Report = (origin, message, kind) =>
    void found.set(`${origin.source}:${origin.line ?? 0} ${message}`, { origin, message, kind });
  const file = readVariableFile(text, source, report);
  const resolutions = new Map<string | undefined, Resolution>();
  if (file) {
    const { base, schema } = shared;
    const names = new Set([...(base?.environments.keys() ?? []), ...file.environments.keys()]);
    const sources = { hubBase: base, hubModel: file, schema, patterns: pagePatterns };
    resolutions.set(undefined, resolveVariables(sources, report));
    for (const name of names) {
      const environment = { name, origin: { source: 'the environment' } };
      resolutions.set(name, resolveVariables({ ...sources, environment }, report));
    }
  }
  const all = [...found.values()];
  const isNote = ({ kind }: Problem) => isForPipelines(kind) || (!shared.refusesSecrets && kind === 'secret');
  return { file, problems: all.filter((problem) => !isNote(problem)), notes: all.filter(isNote), resolutions };
}

/**
 * Whether only a pipeline can decide about a problem: a name that is missing here can be in the files of the repository, which
 * are merged below the values of the hub.
 */
export function isForPipelines(kind: ProblemKind | undefined): boolean {
  return kind === 'missing' || kind === 'later';
}
