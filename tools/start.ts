import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PipelineError } from '../sandbox/agent/pipelineError';
import { exitCodeOf } from '../sandbox/agent/renderReport';
import type { PipelineReport } from '../sandbox/agent/report';
import { projectRoot, runFromCommandLine, ToolError } from './commandLine';
import {
  azureMlRun,
  batchRun,
  databricksRun,
  openPipelines,
  pipelineNames,
  proposingRuns,
  restRun,
  workspaceFile,
  type LocalPipelines,
  type PipelineName,
} from '../local/pipelines/openPipelines';
import { askService } from '../local/pipelines/askService';
import { runFolder, type RepositoryOptions, type RunRequest } from '../local/pipelines/runRepository';
import { buildTasks } from './buildTasks';
import { onboardingFile } from './onboarding/openOnboarding';
import { startOnboarding } from './onboarding/startOnboarding';
import { openView } from '../local/view/openView';
import type { PipelineView } from '../local/view/pipelineView';
import { renderSummary, type PipelineOutcome } from '../local/pipelines/summary';

const template = path.join(projectRoot, 'template');
const demoModel = 'demo_model';
const onboard = 'onboard';
const newModel = 'churn';

const usage = `Usage: npm start -- [options]

Runs the pipelines of a model repository on this machine, against an embedded Databricks workspace:
${pipelineNames.join(', ')}, in this order, until one fails.

  --pipeline <name>      Run only this pipeline. deploy runs four times: for scoring in batches,
                         as a REST service in an embedded Kubernetes cluster, as a serving endpoint
                         of the workspace, and as an endpoint of an embedded Azure Machine Learning
                         workspace. Before it, train and evaluate run if no model was proposed for
                         deployment.
                         ${onboard} runs the pipeline for new models in an embedded Azure DevOps organization:
                         it creates the repository of a model and its pipelines, then checks that a
                         second run changes nothing.
  --repository <folder>  The model repository. Default: template
  --model <name>         The model: the name of its folder in the repository. Default: ${demoModel}.
                         With --pipeline ${onboard}: the name of the new model. Default: ${newModel}
  --variable-groups <file>  A JSON or YAML file with the variable groups that the pipelines use:
                         names of groups, with their variables
  --resource <name>=<folder>  The folder that stands in for a repository that the pipelines use, or for the
                         artifacts of another pipeline, with a folder for each. Can be repeated
  --fresh                Start with an empty workspace. Default: as the last run left it
  --keep                 With --pipeline ${onboard}: keep the organization until Ctrl+C
  --verbose              Print the log of every step, and the report of every pipeline
  --help                 Print this text`;

interface StartOptions {
  readonly names: readonly PipelineName[];
  readonly pipeline: string | undefined;
  readonly repository: string;
  readonly model: string;
  /** The options that choose the model and give it what it uses, as they were typed. */
  readonly modelOptions: string;
  readonly isFresh: boolean;
  readonly isKept: boolean;
  readonly isVerbose: boolean;
  readonly variableGroupsFile?: string;
  /** Folders by alias or name. */
  readonly resources?: Readonly<Record<string, string>>;
}

/** Runs pipelines one after another, until one does not succeed. Gives the report of each that was run, by its title. */
export async function runInOrder(
  pipelines: Pick<LocalPipelines, 'run'>,
  runs: readonly RunRequest[],
  signal: AbortSignal,
  onReport: (run: RunRequest, report: PipelineReport) => Promise<void> | void = () => undefined,
): Promise<ReadonlyMap<string, PipelineReport>> {
  const reports = new Map<string, PipelineReport>();
  for (const run of runs) {
    const report = await pipelines.run(run, signal);
    reports.set(run.title, report);
    await onReport(run, report);
    if (exitCodeOf(report) !== 0) break;
  }
  return reports;
}

/** Undefined when only help is asked for. */
export function readOptions(args: readonly string[]): StartOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  const { pipeline } = values;
  const model = values.model ?? (pipeline === onboard ? newModel : demoModel);
  const names = pipelineNames.filter((name) => name === (pipeline ?? name));
  if (names.length === 0 && pipeline !== onboard)
    throw new ToolError(
      `--pipeline takes one of ${[...pipelineNames, onboard].join(', ')}, not '${String(pipeline)}'.`,
    );
  const repository = path.resolve(values.repository ?? template);
  checkOnboarding(pipeline, repository, values.keep);
  if (pipeline !== onboard && !existsSync(path.join(repository, model)))
    throw new ToolError(`There is no model '${model}' in ${repository}.`);
  const groupsFile = values['variable-groups'];
  if (groupsFile !== undefined && !existsSync(groupsFile))
    throw new ToolError(`There is no file ${path.resolve(groupsFile)} with variable groups.`);
  const modelOptions = [
    ...(values.repository === undefined ? [] : ['--repository', quoted(values.repository)]),
    ...(values.model === undefined ? [] : ['--model', quoted(values.model)]),
    ...(groupsFile === undefined ? [] : ['--variable-groups', quoted(groupsFile)]),
    ...(values.resource ?? []).flatMap((resource) => ['--resource', quoted(resource)]),
  ].join(' ');
  return {
    names,
    pipeline,
    repository,
    model,
    modelOptions,
    isFresh: values.fresh,
    isKept: values.keep,
    isVerbose: values.verbose,
    ...(groupsFile === undefined ? {} : { variableGroupsFile: path.resolve(groupsFile) }),
    ...(values.resource === undefined ? {} : { resources: readResources(values.resource) }),
  };
}

function checkOnboarding(pipeline: string | undefined, repository: string, isKept: boolean): void {
  if (isKept && pipeline !== onboard) throw new ToolError(`--keep applies to --pipeline ${onboard} only.`);
  if (pipeline === onboard && !existsSync(path.join(repository, onboardingFile)))
    throw new ToolError(`There is no ${onboardingFile} in ${repository}.`);
}

function readResources(given: readonly string[]): Record<string, string> {
  const entries = given.map((text) => {
    const split = text.indexOf('=');
    const [name, folder] = [text.slice(0, Math.max(split, 0)), path.resolve(text.slice(split + 1))];
    if (name === '') throw new ToolError(`--resource takes <name>=<folder>, not '${text}'.`);
    if (!existsSync(folder)) throw new ToolError(`There is no folder ${folder} for --resource ${name}.`);
    return [name, folder] as const;
  });
  return Object.fromEntries(entries);
}

/** As a shell takes it for one word. */
function quoted(text: string): string {
  return /^[\w./@:+=~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        pipeline: { type: 'string' },
        repository: { type: 'string' },
        model: { type: 'string' },
        'variable-groups': { type: 'string' },
        resource: { type: 'string', multiple: true },
        fresh: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new ToolError(`${(error as Error).message}\n\n${usage}`);
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    console.log(usage);
    return;
  }
  const outputFolder = path.join(projectRoot, 'dist');
  if (options.isFresh) await rm(workspaceFile(outputFolder), { force: true });
  const folder = process.cwd();
  const { view, paint } = openView(process.stdout, process.env, { isVerbose: options.isVerbose, folder });
  const signal = cancellation(view);
  try {
    if (options.pipeline === onboard) {
      const { repository, model, isKept } = options;
      const onboarding = { repository, model, outputFolder, isKept, folder, paint };
      process.exitCode = await startOnboarding(onboarding, view, signal);
      return;
    }
    const outcomes = await runAll({ ...options, outputFolder }, options, view, signal);
    const { modelOptions, pipeline } = options;
    const where = { runFolder: runFolder(outputFolder), folder };
    view.print(renderSummary({ outcomes, ...where, modelOptions, pipeline, paint }));
    process.exitCode = Math.max(...outcomes.map(({ report }) => (report ? exitCodeOf(report) : 0)));
  } catch (error) {
    // What is interrupted on its way fails with its own message, such as the build.
    if (signal.aborted) throw new ToolError('canceled before a pipeline was run.');
    throw error instanceof PipelineError ? new ToolError(error.message) : error;
  } finally {
    view.close();
  }
}

/** Aborts at the first request to end; the second ends the process at once. The terminal is left as it was in any case. */
function cancellation(view: PipelineView): AbortSignal {
  const controller = new AbortController();
  process.on('exit', () => view.close());
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      view.note('Canceling. Press Ctrl+C again to quit at once.');
      controller.abort();
    });
  return controller.signal;
}

/** All that was asked for, until something does not succeed. The deploy pipeline alone deploys in every way. */
async function runAll(
  repository: RepositoryOptions,
  { names, pipeline }: StartOptions,
  view: PipelineView,
  signal: AbortSignal,
): Promise<readonly PipelineOutcome[]> {
  const asked = [...names.map(batchRun), ...(pipeline === 'deploy' ? [restRun, databricksRun, azureMlRun] : [])];
  const { outputFolder } = repository;
  const tasks = () => buildTasks(outputFolder);
  const pipelines = await openPipelines({ ...repository, listener: view, tasks, runs: [...proposingRuns, ...asked] });
  const runs = pipeline === 'deploy' && !pipelines.isModelProposed() ? [...proposingRuns, ...asked] : asked;
  const services = new Map<string, PipelineOutcome['service']>();
  try {
    signal.throwIfAborted();
    const reports = await runInOrder(pipelines, runs, signal, async ({ title }, report) => {
      view.report(report);
      services.set(title, await askService(repository, report, pipelines.sandbox));
    });
    return runs.map(({ title }) => ({ title, report: reports.get(title), service: services.get(title) }));
  } finally {
    await pipelines.close();
  }
}

await runFromCommandLine(import.meta.url, main);
