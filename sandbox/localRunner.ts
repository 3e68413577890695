import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { describePipeline } from './agent/describe/describePipeline';
import { PipelineError } from './agent/pipelineError';
import type { PipelineReport, RunEvent, StageReport, StepReport } from './agent/report';
import type { Collection } from './agent/run/collection';
import { runPipeline } from './agent/runPipeline';
import type { Json } from './agent/yaml/nodeOfJson';
import {
  type Attachment,
  PipelineRejected,
  type PipelineRunner,
  type PipelineSource,
  type RunEnd,
  type RunResult,
  type SourceFiles,
  type StageEnd,
} from './devops/build/running/pipelineRunner';

export interface LocalRunnerOptions {
  /** Holds one folder per built task; without it there are the tasks of the agent alone. */
  readonly tasks?: string | undefined;
  /** Told of each job before its first step. */
  readonly startJob?: Collection['startJob'];
  /** Added to the environment of steps. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Values of parameters by name, for runs that do not give them, of the pipelines that have them. */
  readonly parameters?: Readonly<Record<string, Json>>;
  /** Called when a run starts, for somebody who watches it. */
  readonly watch?: (run: WatchedRun) => RunWatcher;
}

export interface WatchedRun {
  readonly buildId: string;
  readonly pipeline: string;
  /** The YAML file, from the root of the repository on. */
  readonly file: string;
}

/** Who watches a run. Secrets are masked in all that is given. */
export interface RunWatcher {
  /** Keeps the logs and artifacts; without it they are gone after the run. */
  readonly outputFolder?: string;
  onEvent?(event: RunEvent): void;
  onLine?(text: string): void;
  /** Called last; without a report for a run that could not be run as it is written. */
  onEnd?(report: PipelineReport | undefined): void;
}

/** Runs the pipelines of the organisation with the local agent, each in folders of its own that are gone afterwards. */
export function localRunner(options: LocalRunnerOptions = {}): PipelineRunner {
  return {
    describe: (source) =>
      inFolders(source, options, (folders) =>
        Promise.resolve(
          describePipeline({
            ...optionsOf(source, folders, options),
            collectionUri: source.collectionUrl,
            startTime: new Date(),
          }),
        ),
      ),
    run: (source, control) =>
      inFolders(source, options, async (folders) => {
        const { startJob, environment } = options;
        const watcher = options.watch?.(watchedRun(source));
        let report: PipelineReport | undefined;
        const running = runPipeline({
          ...optionsOf(source, folders, options),
          variables: source.variables,
          secrets: source.secrets,
          connections: source.connections,
          outputFolder: watcher?.outputFolder ?? folders.output,
          collection: { url: source.collectionUrl, accessToken: control.accessToken, ...(startJob && { startJob }) },
          signal: control.signal,
          ...(control.stages && { targetStages: control.stages }),
          ...(environment && { environment }),
          admitStage: (stage) => control.admitStage(stage),
          onLine: ({ text }) => {
            control.onLine(text);
            watcher?.onLine?.(text);
          },
          onEvent: (event) => {
            watcher?.onEvent?.(event);
            if (event.kind === 'stageEnded') control.onStageEnd(stageEnd(event.report));
          },
        });
        try {
          report = await running;
          return runEnd(report);
        } finally {
          watcher?.onEnd?.(report);
        }
      }),
  };
}

interface Folders {
  readonly repository: string;
  readonly tasks: string;
  readonly output: string;
  readonly repositories: Readonly<Record<string, string>>;
}

function watchedRun({ file, predefined }: PipelineSource): WatchedRun {
  return { file, buildId: predefined['Build.BuildId'] ?? '', pipeline: predefined['Build.DefinitionName'] ?? file };
}

function optionsOf(
  source: PipelineSource,
  { repository, tasks, repositories }: Folders,
  { parameters = {} }: LocalRunnerOptions,
) {
  const known = parametersOf(source);
  const added = Object.entries(parameters).filter(([name]) => known.has(name.toLowerCase()));
  return {
    file: source.file,
    workingFolder: repository,
    tasks,
    repositories,
    parameters: { ...Object.fromEntries(added), ...(source.parameters as Readonly<Record<string, Json>>) },
    variableGroups: source.variableGroups,
    predefined: source.predefined,
  };
}

/** Writes the files of the commit, and of the repositories that its pipeline names. */
async function inFolders<T>(
  source: PipelineSource,
  { tasks }: LocalRunnerOptions,
  work: (folders: Folders) => Promise<T>,
): Promise<T> {
  const root = mkdtempSync(path.join(tmpdir(), 'pipeline-'));
  try {
    const [repository, ownTasks] = ['repository', 'tasks'].map((name) => path.join(root, name));
    for (const folder of [repository, ownTasks]) mkdirSync(folder ?? root);
    writeFiles(repository ?? root, source.files);
    const repositories = Object.fromEntries(
      namedRepositories(source).flatMap(({ name, ref }, index) => {
        const files = source.filesOf(name, ref);
        if (!files) return [];
        const folder = path.join(root, `resource${index}`);
        writeFiles(folder, files);
        return [[name, folder]];
      }),
    ) as Record<string, string>;
    return await work({
      repository: repository ?? root,
      tasks: tasks ?? ownTasks ?? root,
      output: path.join(root, 'output'),
      repositories,
    });
  } catch (thrown) {
    throw thrown instanceof PipelineError ? new PipelineRejected(thrown.problems.map(problemText)) : thrown;
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

function writeFiles(folder: string, files: SourceFiles): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, { content, isExecutable }] of files) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: isExecutable ? 0o755 : 0o644 });
  }
}

interface NamedRepository {
  readonly name: string;
  readonly ref: string | undefined;
}

/** The repositories of `resources` in the file; what is wrong with the file is found when it is expanded. */
function namedRepositories(source: PipelineSource): NamedRepository[] {
  const root = rootOf(source) as { resources?: { repositories?: unknown } } | null | undefined;
  const list = root?.resources?.repositories;
  return (Array.isArray(list) ? (list as unknown[]) : []).flatMap((item) => {
    const { name, ref } = (item ?? {}) as { name?: unknown; ref?: unknown };
    return typeof name === 'string' ? [{ name, ref: typeof ref === 'string' ? ref : undefined }] : [];
  });
}

/** The names of the runtime parameters, in lower case. */
function parametersOf(source: PipelineSource): ReadonlySet<string> {
  const list = (rootOf(source) as { parameters?: unknown } | null | undefined)?.parameters;
  const names = (Array.isArray(list) ? (list as unknown[]) : []).map((item) => (item as { name?: unknown }).name);
  return new Set(names.filter((name) => typeof name === 'string').map((name) => name.toLowerCase()));
}

function rootOf({ file, files }: PipelineSource): unknown {
  return readOrNothing(files.get(file)?.content.toString('utf8') ?? '');
}

function readOrNothing(text: string): unknown {
  try {
    return parse(text, { uniqueKeys: false, logLevel: 'silent' });
  } catch {
    // The expansion of the file says what is wrong with it, and where.
    return undefined;
  }
}

/** As the service writes a place in a file, and what it says of a variable group that it does not find. */
function problemText({ message, at }: PipelineError['problems'][number]): string {
  const group = /^the variable group '(.+)' is in the project's library/.exec(message)?.[1];
  const text =
    group === undefined
      ? message
      : `Variable group ${group} could not be found. The variable group does not exist or has not been authorized for use. For authorization details, refer to https://aka.ms/yamlauthz.`;
  return at ? `/${at.file} (Line: ${at.line}, Col: ${at.column}): ${text}` : text;
}

/** What became of a stage, as the organization is told. */
export function stageEnd({ name, result, durationMilliseconds, notes, jobs }: StageReport): StageEnd {
  return {
    name,
    result,
    milliseconds: durationMilliseconds,
    notes,
    jobs: jobs.map((job) => ({
      name: job.displayName,
      result: job.result,
      milliseconds: job.durationMilliseconds,
      steps: job.steps.map((step) => ({
        name: step.displayName,
        task: step.task,
        result: step.result,
        milliseconds: step.durationMilliseconds,
        issues: step.issues.map(({ type, message }) => ({ type, message })),
        attachments: attachmentsOf(step),
      })),
    })),
  };
}

/** The agent keeps a summary as an attachment of a type of its own. */
const summaryType = 'Distributedtask.Core.Summary';

/** They are read now: the folder of the run is gone when it ends. */
function attachmentsOf({ attachments, summaries }: StepReport): Attachment[] {
  const all = [
    ...attachments,
    ...summaries.map((file) => ({ type: summaryType, name: path.basename(file, '.md'), file })),
  ];
  return all.map(({ type, name, file }) => ({ type, name, content: readFileSync(file) }));
}

const results: Readonly<Record<PipelineReport['result'], RunResult>> = {
  Succeeded: 'succeeded',
  SucceededWithIssues: 'partiallySucceeded',
  Failed: 'failed',
  Canceled: 'canceled',
  Skipped: 'succeeded',
};

/** What became of a run, as the organization is told. */
export function runEnd({ result, buildNumber, buildTags, artifacts }: PipelineReport): RunEnd {
  return { result: results[result], buildNumber, tags: buildTags, artifacts: artifacts.map(({ name }) => name) };
}
