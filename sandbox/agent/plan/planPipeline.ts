import path from 'node:path';
import { CaseInsensitiveMap } from '../caseInsensitiveMap';
import { readVariableGroups } from '../resources/readVariableGroups';
import type { StandIns } from '../resources/standIns';
import { expandPipeline } from '../templates/expandPipeline';
import { TemplateFiles } from '../templates/templateFiles';
import { compileTimeVariables } from '../variables/predefined';
import type { MappingNode } from '../yaml/node';
import { nodeOfJson, type Json } from '../yaml/nodeOfJson';
import type { PipelinePlan } from './plan';
import { readPlan } from './readPlan';

/** What decides about the plan of a pipeline. */
export interface PlanOptions {
  /** The root of the repository that the pipeline is in; absolute. */
  readonly workingFolder: string;
  /** Runtime parameters, as the form for a new run would give them. */
  readonly parameters?: Readonly<Record<string, Json>>;
  /** Stand in for the variable groups of the project's library, by name. */
  readonly variableGroups?: Readonly<Record<string, Readonly<Record<string, string | { readonly secret: string }>>>>;
  /** A JSON or YAML file with more of them; see `readVariableGroups`. */
  readonly variableGroupsFile?: string;
  /** Take the place of predefined variables, such as `Build.SourceBranch` or `System.Debug`. */
  readonly predefined?: Readonly<Record<string, string>>;
}

export interface PlanSource {
  readonly standIns: StandIns;
  /** The pipeline's file, relative to the repository's root. */
  readonly file: string;
  readonly collectionUri: string;
  readonly startTime: Date;
}

export interface PlannedPipeline {
  /** With all templates included and every `${{ }}` replaced. */
  readonly root: MappingNode;
  readonly plan: PipelinePlan;
}

/** Expands a pipeline and reads its plan. @throws PipelineError */
export function planPipeline(
  options: PlanOptions,
  { standIns, file, collectionUri, startTime }: PlanSource,
): PlannedPipeline {
  const branch = options.predefined?.['Build.SourceBranch'] ?? 'refs/heads/main';
  const given = Object.entries(options.parameters ?? {}).map(([name, value]) => {
    const node = nodeOfJson(value, { file: 'given parameters', line: 1, column: 1 });
    return [name, { node: () => node }] as const;
  });
  const root = expandPipeline({
    files: new TemplateFiles(path.resolve(options.workingFolder), standIns),
    file,
    parameters: new CaseInsensitiveMap(given),
    predefined: Object.entries({ ...compileTimeVariables(file, branch, collectionUri), ...options.predefined }),
    startTime,
  });
  const groups = Object.entries(options.variableGroups ?? {}).map(([group, variables]) => {
    const members = Object.entries(variables).map(([name, value]) =>
      typeof value === 'string' ? { name, value, isSecret: false } : { name, value: value.secret, isSecret: true },
    );
    return [group, members] as const;
  });
  const { variableGroupsFile } = options;
  const fromFile = variableGroupsFile === undefined ? [] : readVariableGroups(path.resolve(variableGroupsFile));
  return { root, plan: readPlan(root, new CaseInsensitiveMap([...fromFile, ...groups])) };
}
