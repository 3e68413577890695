import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { renderReport } from '../../sandbox/agent/renderReport';
import type { PipelineReport } from '../../sandbox/agent/report';
import { runPipeline, type PipelineOptions } from '../../sandbox/agent/runPipeline';
import type { Json } from '../../sandbox/agent/yaml/nodeOfJson';
import { keepRun } from '../hub/keptRuns';
import type { PipelineListener } from '../view/pipelineView';

export interface RepositoryOptions {
  /** The model repository; absolute. */
  readonly repository: string;
  /** The model in it: the name of its folder. */
  readonly model: string;
  /** Gets logs, reports, summaries and artifacts, and the state of the sandbox workspace. */
  readonly outputFolder: string;
  /** The variable groups that the pipelines use. */
  readonly variableGroupsFile?: string;
  /** Folders that stand in for repositories, or for artifacts of other pipelines, by alias or name. */
  readonly resources?: Readonly<Record<string, string>>;
}

/** A pipeline with what is chosen when it is queued. */
export interface RunRequest {
  /** From the root of the repository. */
  readonly file: string;
  /** What the view shows. */
  readonly title: string;
  /** Of the folder of its logs. */
  readonly folderName: string;
  readonly parameters: Readonly<Record<string, Json>>;
}

type Run = Omit<PipelineOptions, 'file' | 'workingFolder' | 'outputFolder' | 'onEvent' | 'onLine'>;

/** The folder that has a folder for each pipeline, with its logs and its report. */
export function runFolder(outputFolder: string): string {
  return path.join(outputFolder, 'run');
}

/** Runs a pipeline of the repository with the local agent, and keeps its report beside its logs. */
export async function runRepository(
  { file, folderName }: Pick<RunRequest, 'file' | 'folderName'>,
  options: RepositoryOptions & { readonly listener: PipelineListener },
  run: Run,
): Promise<PipelineReport> {
  const { repository, outputFolder, listener, variableGroupsFile, resources = {} } = options;
  const folder = path.join(runFolder(outputFolder), folderName);
  const startTime = Date.now();
  const report = await runPipeline({
    ...run,
    ...(variableGroupsFile === undefined ? {} : { variableGroupsFile }),
    repositories: resources,
    pipelineRuns: Object.fromEntries(Object.entries(resources).map(([name, artifacts]) => [name, { artifacts }])),
    file,
    workingFolder: repository,
    outputFolder: folder,
    onEvent: (event) => listener.event(event),
    onLine: ({ text }) => listener.line(text),
  });
  await writeFile(path.join(folder, 'report.txt'), `${renderReport(report)}\n`);
  await keepRun(folder, { name: folderName, startTime, report });
  return report;
}
