import type { Context } from '../../agent/context';
import { TaskError } from '../../errors';
import { CallError, isTransient } from '../../http/errors';
import { poll, TimedOutError } from '../../http/poll';
import type { Build, TimelineRecord } from '../api/pipelines/build';
import { createOnce } from '../createOnce';
import type { Devops } from '../devops';

/** A pipeline whose runs are looked at. */
export interface RunningPipeline {
  readonly projectId: string;
  readonly id: number;
  /** As in a sentence: `the pipeline '\models\ci' (12)`. */
  readonly label: string;
}

/** What became of the runs of a pipeline so far. */
export type RunState =
  | { readonly kind: 'never' }
  | { readonly kind: 'succeeded' }
  /** `build` is the newest. */
  | { readonly kind: 'running' | 'ended'; readonly build: Build };

/** Of so many runs, the newest, one that succeeded is looked for. */
const mostRuns = 50;
const mostErrors = 10;

export async function readRunState(devops: Devops, { projectId, id }: RunningPipeline): Promise<RunState> {
  const builds = await devops.build.builds(projectId, id, mostRuns);
  const running = builds.find(({ status }) => status !== 'completed');
  const [newest] = builds;
  if (builds.some(isGood)) return { kind: 'succeeded' };
  if (running) return { kind: 'running', build: running };
  return newest ? { kind: 'ended', build: newest } : { kind: 'never' };
}

/** Queues a run on the default branch, unless there is one of any kind. It sets no variables, which would need one more permission. */
export async function queueFirstRun(devops: Devops, pipeline: RunningPipeline, context: Context): Promise<Build> {
  const { projectId, id, label } = pipeline;
  try {
    return await createOnce(
      () => devops.build.queueBuild(projectId, id),
      async () => (await devops.build.builds(projectId, id, 1))[0],
      context,
    );
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    throw new TaskError(
      `The first run of ${label} could not be queued; the pipeline stays as it is. ${error.message}`,
      { cause: error },
    );
  }
}

/** Waits until a run has ended. Throws a TaskError with what went wrong in it, unless it succeeded. */
export async function waitForRun(
  devops: Devops,
  { projectId, label }: RunningPipeline,
  begun: Build,
  { agent, clock, signal, deadline }: Context,
): Promise<void> {
  let pending = '';
  const probe = async (): Promise<Build> => {
    const build = await devops.build.build(projectId, begun.id);
    if (build.status === 'completed') return build;
    const seen = pendingText(await devops.build.timeline(projectId, begun.id));
    if (seen !== pending && seen !== '') agent.log(`The first run of ${label} waits for ${seen}: ${runText(build)}.`);
    pending = seen;
    return build;
  };
  const awaited = `the first run of ${label} to end`;
  const onTransient = (error: Error): void => agent.log(error.message);
  const isDone = ({ status }: Build): boolean => status === 'completed';
  try {
    const build = await poll({ clock, signal, deadline, awaited, probe, isDone, onTransient });
    if (!isGood(build)) throw new TaskError(await failureText(devops, projectId, label, build));
    agent.log(`The first run of ${label} succeeded: ${runText(build)}.`);
  } catch (error) {
    if (!(error instanceof TimedOutError)) throw error;
    const reason = pending === '' ? '' : ` It waits for ${pending}.`;
    throw new TaskError(
      `${error.message}${reason} The run goes on: look at ${runText(begun)}, and run this step again.`,
      {
        cause: error,
      },
    );
  }
}

/** What to do about a pipeline none of whose runs succeeded. */
export function endedText(label: string, build: Build): string {
  return `No run of ${label} has succeeded; the newest is ${build.result ?? build.status}: ${runText(build)}. Correct the cause, and queue a run of the pipeline.`;
}

async function failureText(devops: Devops, projectId: string, label: string, build: Build): Promise<string> {
  const errors = [
    ...build.validationResults.map(({ message }) => message),
    ...(await timelineErrors(devops, projectId, build)),
  ];
  const lines = [...new Set(errors)].slice(0, mostErrors).map((line) => `\n  - ${line}`);
  const head = `The first run of ${label} is ${build.result ?? build.status}, not succeeded: ${runText(build)}.`;
  return `${head}${lines.join('')}${lines.length === 0 ? '' : '\n'} Correct the cause, and queue a run of the pipeline.`;
}

/** The result counts, even where its reasons cannot be read. */
async function timelineErrors(devops: Devops, projectId: string, { id }: Build): Promise<readonly string[]> {
  try {
    const records = await devops.build.timeline(projectId, id);
    return records.flatMap(({ name, issues }) =>
      issues.filter(({ type }) => type === 'error').map(({ message }) => `${name}: ${message}`),
    );
  } catch (error) {
    if (!isTransient(error)) throw error;
    return [error.message];
  }
}

/** https://learn.microsoft.com/rest/api/azure/devops/build/timeline/get. */
const checkpoints: Readonly<Record<string, string>> = {
  'Checkpoint.Authorization': 'a permission to use a resource',
  'Checkpoint.Approval': 'an approval',
  'Checkpoint.ExclusiveLock': 'the exclusive lock of a resource',
  'Checkpoint.TaskCheck': 'a check',
};

function pendingText(records: readonly TimelineRecord[]): string {
  const open = records.filter(({ type, state }) => state === 'inProgress' && checkpoints[type] !== undefined);
  const texts = open.map(({ type, issues }) => {
    const [issue] = issues;
    return `${checkpoints[type] ?? ''}${issue && type === 'Checkpoint.Authorization' ? ` (${issue.message})` : ''}`;
  });
  return [...new Set(texts)].join(', ');
}

function runText({ id, buildNumber, _links }: Build): string {
  return `run ${buildNumber || id}${_links ? ` (${_links.web.href})` : ''}`;
}

function isGood({ result }: Build): boolean {
  return result === 'succeeded' || result === 'partiallySucceeded';
}
