import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { exitCodeOf } from '../../sandbox/agent/renderReport';
import type { PipelineReport } from '../../sandbox/agent/report';
import type { Json } from '../../sandbox/agent/yaml/nodeOfJson';
import { startLocalOrganization } from '../../sandbox/localOrganization';
import { installExtension } from '../hub/ownExtension';
import { openPipelines, workspaceFile } from '../pipelines/openPipelines';
import { declaredParameters, findPipeline, pipelineName } from '../pipelines/pipelineFile';
import { askService } from '../pipelines/askService';
import { runFolder, runRepository } from '../pipelines/runRepository';
import { outcomeText, type PipelineOutcome } from '../pipelines/summary';
import { ToolError } from '../toolError';
import { openView } from '../view/openView';
import type { TextStream } from '../view/output';
import type { PipelineView } from '../view/pipelineView';
import type { FoundRun } from './foundRun';
import type { LivePlan } from './livePlan';
import { makeOutputFolder, outputFolderOf } from './outputFolder';

export { stagesUpTo } from './stagesUpTo';

export interface WantedRun {
  /** A file, or the name of a pipeline as in the template. */
  readonly pipeline: string;
  /** Absolute; that of the file by default. */
  readonly repository?: string | undefined;
  readonly model?: string | undefined;
  readonly parameters: Readonly<Record<string, Json>>;
  /** The folder that paths are relative to, and shown relative to. */
  readonly workingFolder: string;
  /** The folder of the built tasks. */
  readonly tasks: string;
  readonly variableGroupsFile?: string | undefined;
  readonly resources: Readonly<Record<string, string>>;
}

export interface RunSurroundings {
  readonly stream: TextStream & { readonly isTTY?: boolean };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly isVerbose: boolean;
  readonly stages: readonly string[];
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly report: PipelineReport;
  readonly isGood: boolean;
  /** In one line. */
  readonly text: string;
  readonly reportFile: string;
  readonly logFolder: string;
  readonly scoringUri: string | undefined;
}

/** Finds the pipeline and the model. @throws ToolError */
export function findRun(wanted: WantedRun): FoundRun {
  const { repository, file } = findPipeline(wanted.pipeline, wanted);
  const { variableGroupsFile, resources, tasks, parameters } = wanted;
  const name = pipelineName(file);
  return {
    repository,
    model: modelOf(wanted, repository, file),
    outputFolder: outputFolderOf(repository),
    resources,
    tasks,
    ...(variableGroupsFile !== undefined && { variableGroupsFile }),
    request: { file, title: name, folderName: name, parameters },
  };
}

/** Runs the pipeline against the sandbox, which starts for it, and keeps the state of its workspace for the next run. */
export async function runInSandbox(
  run: FoundRun,
  { isFresh, ...surroundings }: RunSurroundings & { readonly isFresh: boolean },
): Promise<RunResult> {
  await makeOutputFolder(run.repository);
  if (isFresh) await rm(workspaceFile(run.outputFolder), { force: true });
  return inView(run, surroundings, async (view) => {
    const pipelines = await openPipelines({ ...run, listener: view, runs: [run.request] });
    try {
      surroundings.signal.throwIfAborted();
      const report = await pipelines.run(run.request, surroundings.signal, stagesOf(surroundings));
      return { report, service: await askService(run, report, pipelines.sandbox) };
    } finally {
      await pipelines.close();
    }
  });
}

/** Runs the pipeline with the real services of its plan. */
export async function runLive(run: FoundRun, plan: LivePlan, surroundings: RunSurroundings): Promise<RunResult> {
  await makeOutputFolder(run.repository);
  const request = { ...run.request, folderName: `${run.request.folderName}_live` };
  return inView({ ...run, request }, surroundings, async (view) => {
    view.pipeline(`${run.request.title} with real services`, run.request.file);
    const stages = stagesOf(surroundings);
    // The Models hub of this organization has no values: those of the files are used.
    const organization = await startLocalOrganization();
    await installExtension(organization);
    const report = await runRepository(
      request,
      { ...run, listener: view },
      {
        tasks: run.tasks,
        collection: organization,
        connections: [...plan.connections, ...plan.idle.map((each) => ({ ...each, url: '', scheme: 'None' }))],
        parameters: plan.parameters,
        environment: { PATH: surroundings.environment['PATH'] ?? '' },
        signal: surroundings.signal,
        ...(stages && { targetStages: stages }),
      },
    ).finally(() => organization.close());
    return { report, service: undefined };
  });
}

async function inView(
  { request, outputFolder }: Pick<FoundRun, 'request' | 'outputFolder'>,
  { stream, environment, isVerbose, workingFolder }: RunSurroundings,
  work: (view: PipelineView) => Promise<Pick<PipelineOutcome, 'service'> & { readonly report: PipelineReport }>,
): Promise<RunResult> {
  const { view } = openView(stream, environment, { isVerbose, folder: workingFolder });
  try {
    const { report, service } = await work(view);
    view.report(report);
    const folder = path.join(runFolder(outputFolder), request.folderName);
    return {
      report,
      isGood: exitCodeOf(report) === 0,
      text: outcomeText({ title: request.title, report, service }),
      reportFile: path.join(folder, 'report.txt'),
      logFolder: path.join(folder, 'logs'),
      scoringUri: service?.scoringUri,
    };
  } finally {
    view.close();
  }
}

function stagesOf({ stages }: RunSurroundings): readonly string[] | undefined {
  return stages.length > 0 ? stages : undefined;
}

/** The model that is meant, else the one that the pipeline has as its default, else the only one of the repository. */
function modelOf({ model, parameters }: WantedRun, repository: string, file: string): string {
  const { model: chosen } = parameters;
  const named = model ?? (typeof chosen === 'string' ? chosen : undefined);
  if (named !== undefined) {
    if (!existsSync(path.join(repository, named)))
      throw new ToolError(`There is no model '${named}' in ${repository}.`);
    return named;
  }
  const declared = declaredParameters(repository, file).get('model');
  if (declared !== undefined && existsSync(path.join(repository, declared))) return declared;
  return onlyModel(repository);
}

/** @throws ToolError when the repository does not have exactly one model */
export function onlyModel(repository: string): string {
  const models = existsSync(repository)
    ? readdirSync(repository).filter((name) => existsSync(path.join(repository, name, 'model_variables.yml')))
    : [];
  const [model] = models;
  if (model !== undefined && models.length === 1) return model;
  throw new ToolError(
    models.length === 0
      ? `${repository} has no model: no folder in it has a model_variables.yml. Name a model repository with --repository, or create one with mloccli init.`
      : `Name the model with --model: ${repository} has ${models.join(', ')}.`,
  );
}
