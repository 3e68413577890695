import { randomInt, randomUUID, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CaseInsensitiveMap } from './caseInsensitiveMap';
import { systemClock, type Clock } from '../clock';
import { checkPlan } from './plan/checkPlan';
import { planPipeline, type PlanOptions } from './plan/planPipeline';
import type { PipelinePlan } from './plan/plan';
import { fail } from './pipelineError';
import { Masker } from './masker';
import type { Admission } from './run/admission';
import type { Collection } from './run/collection';
import { worstOf, type PipelineReport, type Result, type RunEvent, type StageReport } from './report';
import { resourcesValue, resourceVariables } from './resources/resourceVariables';
import type { PipelineRunOptions, StandIns } from './resources/standIns';
import { agentTimings, type LogLine, type ProcessTimings, type RunState } from './run/runState';
import { runStages } from './run/runStages';
import { baseEnvironment } from './steps/baseEnvironment';
import {
  makeConnection,
  secretsOf,
  systemConnectionId,
  type Connection,
  type ConnectionOptions,
} from './tasks/connections';
import { readTasks, type TaskDefinition } from './tasks/taskDefinitions';
import { makeBuildNumber } from './variables/buildNumber';
import { predefinedOfRun, project } from './variables/predefined';

/** What the agent has of the service's own tasks. */
const agentTasks = fileURLToPath(new URL('agentTasks', import.meta.url));

/** The setting of the agent below which length secrets are not masked. */
const shortSecrets = 'AZP_IGNORE_SECRETS_SHORTER_THAN';

export interface PipelineOptions extends PlanOptions {
  /** The pipeline's YAML file: absolute, or relative to the working folder. */
  readonly file: string;
  /** Variables as set when a run is queued; those written in the file win. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The same, secret. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Folders that stand in for other repositories, by alias or by name. */
  readonly repositories?: Readonly<Record<string, string>>;
  /** Stand in for runs of the pipelines and builds of `resources`, by alias or by the pipeline's name. */
  readonly pipelineRuns?: Readonly<Record<string, PipelineRunOptions>>;
  /** Stand in for the project's service connections. */
  readonly connections?: readonly ConnectionOptions[];
  /** Holds one folder per built task, with its `task.json`. */
  readonly tasks: string;
  /** Gets the folders `logs` (with attachments and summaries) and `artifacts`; those of an earlier run are replaced. */
  readonly outputFolder: string;
  /** Only these stages are run; all when absent. */
  readonly targetStages?: readonly string[];
  /** Azure DevOps as tasks see it, such as a started organisation; without it there is none to talk to. */
  readonly collection?: Collection;
  /** Added to the few variables of this machine's environment that steps are given. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly timings?: ProcessTimings;
  /** Cancels the run. */
  readonly signal?: AbortSignal;
  /** Asked before each stage whose condition holds; resolves when its checks are decided. Without it every stage may run. */
  readonly admitStage?: (stage: string) => Promise<Admission>;
  /** Called when a job or step starts, and when a step, job or stage has ended. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Called for every line of output, secrets masked. */
  readonly onLine?: (line: LogLine) => void;
  /** Called for every line as a step wrote it: before secrets are masked, with the logging commands. */
  readonly onRawLine?: (text: string) => void;
}

/**
 * Runs a pipeline on this machine, as Azure Pipelines and its agent would. A pipeline that can't be run as written is a
 * `PipelineError` that names files and lines; it comes before anything has run. What fails while it runs is in the report.
 */
export async function runPipeline(options: PipelineOptions): Promise<PipelineReport> {
  const clock = options.clock ?? systemClock;
  const started = clock.now();
  const startTime = new Date(started);
  const file = repositoryPath(options);
  const tasks = [...readTasks(options.tasks), ...readTasks(agentTasks)];
  const collection: Collection = options.collection ?? {
    url: 'http://localhost/',
    accessToken: randomBytes(26).toString('hex'),
  };
  const connections = makeConnections(options.connections ?? [], collection);
  const standIns = {
    repositories: new CaseInsensitiveMap(Object.entries(options.repositories ?? {})),
    runs: new CaseInsensitiveMap(Object.entries(options.pipelineRuns ?? {})),
  };
  const { plan } = planPipeline(options, { standIns, file, collectionUri: collection.url, startTime });
  checkPlan(plan, tasks, connections, options.targetStages, standIns);

  for (const folder of ['logs', 'artifacts', 'work']) {
    rmSync(path.join(options.outputFolder, folder), { recursive: true, force: true, maxRetries: 3 });
  }
  const run = makeRun(options, { plan, standIns, tasks, connections, clock, startTime, file, collection });
  const stages = await runStages(run, options.targetStages);
  rmSync(path.join(run.outputFolder, 'work'), { recursive: true, force: true });
  return {
    result: run.signal.aborted ? 'Canceled' : resultOf(stages, run),
    file,
    buildNumber: run.masker.mask(run.buildNumber),
    buildTags: [...run.buildTags].map((tag) => run.masker.mask(tag)),
    durationMilliseconds: clock.now() - started,
    notes: [...run.leftOut, ...notesOf(plan)].map((note) => run.masker.mask(note)),
    stages,
    artifacts: [...run.artifacts].map(([name, folder]) => ({ name: run.masker.mask(name), folder })),
  };
}

/** What was left out keeps a run from being a plain success. */
function resultOf(stages: readonly StageReport[], { leftOut }: RunState): Result {
  const worst = worstOf(stages.map(({ result }) => result));
  return leftOut.length > 0 && worst !== 'Failed' && worst !== 'Canceled' ? 'SucceededWithIssues' : worst;
}

function notesOf({ resources: { withoutEffect } }: PipelinePlan): string[] {
  return withoutEffect.length === 0 ? [] : [`No effect in a local run: ${withoutEffect.join(', ')}.`];
}

interface RunParts {
  readonly plan: PipelinePlan;
  readonly standIns: StandIns;
  readonly tasks: readonly TaskDefinition[];
  readonly connections: readonly Connection[];
  readonly clock: Clock;
  readonly startTime: Date;
  readonly file: string;
  readonly collection: Collection;
}

function makeRun(options: PipelineOptions, parts: RunParts): RunState {
  const { plan, standIns, tasks, connections, clock, startTime, file, collection } = parts;
  const identity = {
    file,
    buildId: String(randomInt(1, 2 ** 31 - 1)),
    planId: randomUUID(),
    collectionUri: collection.url,
    startTime,
  };
  const resourceIdentity = { collectionUri: collection.url, project };
  const resources = resourceVariables(plan.resources, standIns, resourceIdentity);
  const predefined = predefinedOfRun({ ...identity, overrides: { ...resources, ...options.predefined } });
  const secrets = { ...options.secrets, 'System.AccessToken': collection.accessToken };
  const lookUp = (name: string): string | undefined => {
    const values = new CaseInsensitiveMap([...Object.entries(options.variables ?? {}), ...predefined]);
    const planned = plan.variables.findLast((each) => each.name.toLowerCase() === name.toLowerCase());
    if (planned?.isSecret) return undefined;
    return typeof planned?.value === 'string' ? planned.value : values.get(name);
  };
  return {
    plan,
    tasks,
    connections,
    collection,
    masker: makeMasker(
      [...Object.values(secrets), ...connections.flatMap(secretsOf)],
      lookUp(shortSecrets) ?? options.environment?.[shortSecrets],
    ),
    clock,
    timings: options.timings ?? agentTimings,
    signal: options.signal ?? new AbortController().signal,
    onEvent: options.onEvent ?? (() => undefined),
    onLine: options.onLine ?? (() => undefined),
    onRawLine: options.onRawLine ?? (() => undefined),
    admitStage: options.admitStage,
    baseEnvironment: { ...baseEnvironment(process.env), ...options.environment },
    workingFolder: path.resolve(options.workingFolder),
    standIns,
    resources: resourcesValue(plan.resources, resourceIdentity),
    outputFolder: path.resolve(options.outputFolder),
    startTime,
    predefined,
    queueVariables: options.variables ?? {},
    secrets,
    buildNumber:
      (plan.name === undefined ? options.predefined?.['Build.BuildNumber'] : undefined) ??
      makeBuildNumber(plan.name, startTime, lookUp),
    buildTags: new Set(),
    artifacts: new Map(),
    leftOut: [],
  };
}

function makeConnections(options: readonly ConnectionOptions[], { url, accessToken }: Collection): Connection[] {
  const system = {
    id: systemConnectionId,
    name: 'SystemVssConnection',
    url,
    scheme: 'OAuth',
    parameters: { AccessToken: accessToken },
  };
  return [system, ...options].map(makeConnection);
}

function makeMasker(secrets: readonly string[], minLength: string | undefined): Masker {
  const masker = new Masker(minLength !== undefined && /^\d+$/.test(minLength) ? Number(minLength) : 0);
  secrets.forEach((secret) => masker.add(secret));
  return masker;
}

/** The pipeline's file as templates and messages name it. */
function repositoryPath({ file, workingFolder }: PipelineOptions): string {
  const relative = path.relative(path.resolve(workingFolder), path.resolve(workingFolder, file));
  if (relative.startsWith('..') || path.isAbsolute(relative))
    fail(`the pipeline's file ${file} is not in ${workingFolder}`);
  return relative.split(path.sep).join('/');
}
