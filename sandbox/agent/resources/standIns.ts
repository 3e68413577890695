import { existsSync, statSync } from 'node:fs';
import { CaseInsensitiveMap } from '../caseInsensitiveMap';
import { cloneFolder, type Resources } from './resources';

/** A finished run of another pipeline. */
export interface PipelineRunOptions {
  /** A folder with one folder for each artifact. */
  readonly artifacts?: string;
  /** Take the place of the values made up for it, such as `runID` or `runName`. */
  readonly values?: Readonly<Record<string, string>>;
}

/** What stands in on this machine for what a pipeline takes from elsewhere, by alias or by name. */
export interface StandIns {
  readonly repositories: CaseInsensitiveMap<string>;
  readonly runs: CaseInsensitiveMap<PipelineRunOptions>;
}

/** By the alias, then by the whole name, then by its last part. */
export function standInFor<T>(given: CaseInsensitiveMap<T>, alias: string, name: string): T | undefined {
  return given.get(alias) ?? given.get(name) ?? given.get(cloneFolder(name));
}

/** A repository that a `checkout` step names. */
export interface NamedRepository {
  readonly alias: string;
  readonly name: string;
}

/** By alias, or as `git://Project/repository@ref`; undefined when there is none. */
export function findRepository(
  source: string,
  { repositories }: Pick<Resources, 'repositories'>,
): NamedRepository | undefined {
  const inline = /^(?:git|github|githubenterprise|bitbucket):\/\/([^@]+)(?:@.+)?$/i.exec(source)?.[1];
  if (inline !== undefined) return { alias: inline, name: inline };
  return findAlias(repositories, source);
}

export function findAlias<T extends { readonly alias: string }>(all: readonly T[], alias: string): T | undefined {
  return all.find((each) => each.alias.toLowerCase() === alias.toLowerCase());
}

/** Undefined when a folder stands in for the repository. */
export function whyNoRepository(
  { repositories }: Pick<StandIns, 'repositories'>,
  { alias, name }: NamedRepository,
): string | undefined {
  const folder = standInFor(repositories, alias, name);
  const what = `the repository '${name}'`;
  if (folder === undefined)
    return `${what} is not on this machine: give the local run a folder for '${alias}' (npm start: --resource ${alias}=<folder>; runPipeline: repositories)`;
  return isFolder(folder) ? undefined : `the folder ${folder} that stands in for ${what} does not exist`;
}

/** Undefined when artifacts stand in for the run. */
export function whyNoArtifacts({ runs }: Pick<StandIns, 'runs'>, alias: string, source: string): string | undefined {
  const folder = standInFor(runs, alias, source)?.artifacts;
  const what = `the artifacts of '${source}'`;
  if (folder === undefined)
    return `${what} are not on this machine: give the local run a folder for '${alias}' with a folder for each artifact (npm start: --resource ${alias}=<folder>; runPipeline: pipelineRuns)`;
  return isFolder(folder) ? undefined : `the folder ${folder} that stands in for ${what} does not exist`;
}

function isFolder(folder: string): boolean {
  return existsSync(folder) && statSync(folder).isDirectory();
}

export function noStandIns(): StandIns {
  return { repositories: new CaseInsensitiveMap(), runs: new CaseInsensitiveMap() };
}
