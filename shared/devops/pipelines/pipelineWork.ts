import type { Context } from '../../agent/context';
import type { Definition } from '../api/pipelines/build';
import type { DefinitionComparison } from './compareDefinition';
import type { RunState } from './firstRun';
import type { Need } from './use/grants';
import { readForeseenUse, type ForeseenUse } from './use/foreseenUse';
import { readPipelineUse, type PipelineUse } from './use/pipelineUse';
import type { Resolving } from './resolveWanted';
import type { WantedPipeline } from './wanted';

/** What all steps of a plan share. */
export interface PipelineWork extends Resolving {
  readonly grantPermissions: boolean;
  readonly context: Context;
}

/** A pipeline of the document, and what it needs. */
export interface PlannedWork {
  readonly wanted: WantedPipeline;
  readonly definition: Definition | undefined;
  readonly comparison: DefinitionComparison;
  /** Undefined where only the platform can say it once the pipeline is written. */
  readonly use: PipelineUse | undefined;
  /** What is known of it before. */
  readonly foreseen?: ForeseenUse;
  /** Undefined where nothing is to be run. */
  readonly runs: RunState | undefined;
}

/** What a pipeline that exists uses. */
export function useOf(
  { devops, project, lists }: PipelineWork,
  wanted: WantedPipeline,
  { id, whole }: Definition,
): Promise<PipelineUse> {
  const { entry, defaultBranch: refName, repository } = wanted;
  const expanded = { id, whole, refName, pool: entry.pool, repositoryId: repository.id };
  return readPipelineUse(devops, project, expanded, lists);
}

/** What a pipeline certainly uses that is to be written. */
export function foreseenUseOf(
  { files, lists }: PipelineWork,
  { yamlFile, repository, defaultBranch }: WantedPipeline,
  id: number | undefined,
): Promise<ForeseenUse> {
  const read = (path: string) => files.read(defaultBranch, path);
  return readForeseenUse({ id, yamlFile, repositoryId: repository.id, read }, lists);
}

/** What the pipelines need whose YAML is known. */
export function needsOf(all: readonly Pick<PlannedWork, 'definition' | 'use'>[]): readonly Need[] {
  return all.flatMap(({ definition, use }) =>
    definition && use ? [{ pipelineId: definition.id, needs: use.needs }] : [],
  );
}

/** Why the pipeline cannot do what its YAML says. What it may not use yet can be what the platform did not find. */
export function useProblems(
  { entry, yamlFile }: WantedPipeline,
  { missing, problems }: PipelineUse,
  mayBeGranted: boolean,
): readonly string[] {
  const what = `${yamlFile} of the pipeline '${entry.name}'`;
  const isOpen = problems.length > 0 && !(mayBeGranted && missing.length === 0);
  return [
    ...missingProblems({ entry, yamlFile }, missing),
    ...(isOpen ? [`${what} cannot run: ${problems.map(sentence).join(' ')}`] : []),
  ];
}

/** That the YAML names what is not there, in a sentence; none where all is there. */
export function missingProblems(
  { entry, yamlFile }: Pick<WantedPipeline, 'entry' | 'yamlFile'>,
  missing: readonly string[],
): readonly string[] {
  if (missing.length === 0) return [];
  const names = missing.join(', ');
  return [
    `${yamlFile} of the pipeline '${entry.name}' names what does not exist, or what this identity may not see: ${names}. Create it, grant the identity to see it, or correct the file.`,
  ];
}

/** What this step cannot permit, in a sentence. */
export function undeterminedText({ undetermined }: PipelineUse): string {
  return `To be permitted on the page of a run, because only that knows it: ${undetermined.join(', ')}.`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
