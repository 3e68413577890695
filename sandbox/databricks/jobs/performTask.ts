import { isJsonObject, type Json, type JsonObject, textOf, textsOf } from '../json';
import type { NotebookOutcome, NotebookRequest, NotebookRunner, WorkspaceSource } from '../notebooks/notebookRunner';
import { toSource } from '../workspace/notebookFormats';
import { normalPath, parentOf, type WorkspaceNode, type WorkspaceTree } from '../workspace/workspaceTree';
import {
  canceled,
  couldNotRun,
  type Ending,
  type JobRun,
  latestAttempts,
  succeeded,
  type TaskOutput,
  type TaskRun,
  timedOut,
  workloadFailed,
} from './jobRun';
import { kindOf } from './jobSettings';
import { resolveReferences } from './references';

/** What signs a notebook in to its workspace, while it runs. */
export interface RunAccess {
  readonly apiUrl: string;
  readonly apiToken: string;
  readonly end: () => void;
}

export interface TaskResult {
  readonly ending: Ending;
  readonly output?: TaskOutput;
  readonly taskValues?: JsonObject;
}

/**
 * Runs a task for real: notebooks and Python files of the workspace, with the wheels of its cluster; other kinds fail
 * and say so.
 */
export async function performTask(
  workspace: WorkspaceTree,
  notebooks: NotebookRunner,
  run: JobRun,
  task: TaskRun,
  { wheels, signIn }: { readonly wheels: readonly Buffer[]; readonly signIn: (userName: string) => RunAccess },
  signal: AbortSignal,
): Promise<TaskResult> {
  const program = programOf(workspace, run, task);
  if ('lifeCycleState' in program) return { ending: program };
  const request = notebookRequest(workspace, run, task, program);
  const { apiUrl, apiToken, end } = signIn(run.creator);
  const context = { ...request.context, apiUrl, apiToken };
  const outcome = await notebooks.run({ ...request, context, wheels }, signal).finally(end);
  const logs = kindOf(task.settings) === 'spark_python_task' ? { logs: outcome.logs } : {};
  return {
    ending: endingOf(outcome, signal),
    output: { ...outputOf(outcome), ...logs },
    taskValues: outcome.taskValues as JsonObject,
  };
}

interface Program {
  readonly path: string;
  readonly parameters: Record<string, string>;
  /** Replaces the object at `path`. */
  readonly source?: WorkspaceSource;
}

function programOf(workspace: WorkspaceTree, run: JobRun, task: TaskRun): Program | Ending {
  const { notebook_task: notebook, spark_python_task: python } = task.settings;
  const resolve = (text: string) => resolveReferences(text, run, task, latestAttempts(run));
  const details = isJsonObject(notebook) ? notebook : isJsonObject(python) ? python : undefined;
  if (!details || details.source === 'GIT') {
    const kind = details ? 'a Git source' : String(kindOf(task.settings));
    return couldNotRun(
      'INVALID_RUN_CONFIGURATION',
      `The sandbox does not run ${kind}. It runs notebook_task and spark_python_task from the workspace, and what a script describes.`,
    );
  }
  const asked = resolve(textOf(details.notebook_path ?? details.python_file) ?? '').replace(/^file:/, '');
  const node = asked.startsWith('/') ? workspace.get(normalPath(asked)) : undefined;
  if (isJsonObject(notebook)) {
    if (node?.type !== 'NOTEBOOK') {
      const message = `Unable to access the notebook "${asked}". Either it does not exist, or the identity used to run this job, ${run.creator}, lacks the required permissions.`;
      return couldNotRun('RESOURCE_NOT_FOUND', message);
    }
    const given = { ...textsOf(notebook.base_parameters), ...textsOf(run.overrides.notebook_params) };
    const own = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, resolve(value)]));
    const pushedDown = Object.fromEntries(run.jobParameters.map(({ name, value }) => [name, resolve(value)]));
    return { path: node.path, parameters: { ...own, ...pushedDown } };
  }
  if (node?.type !== 'FILE') {
    return couldNotRun(
      'RESOURCE_NOT_FOUND',
      `Cannot read the python file ${asked}. Please check driver logs for more details.`,
    );
  }
  const values = [run.overrides.python_params, details.parameters].find((list) => Array.isArray(list)) as
    readonly Json[] | undefined;
  const argv = [`/Workspace${node.path}`, ...(values ?? []).map((value) => resolve(textOf(value) ?? ''))];
  // The arguments are set in a command of their own, so that line numbers in traces are those of the file.
  const content = toSource({
    language: 'PYTHON',
    commands: [`import sys; sys.argv = ${JSON.stringify(argv)}`, node.bytes.toString('utf8')],
  });
  return { path: node.path, parameters: {}, source: { kind: 'notebook', language: 'PYTHON', content } };
}

/** The run sees the workspace as it is now; files that it writes there arrive after it has ended. */
function notebookRequest(workspace: WorkspaceTree, run: JobRun, task: TaskRun, program: Program): NotebookRequest {
  const snapshot = workspace.snapshot();
  const timeoutSeconds = Number(task.settings.timeout_seconds ?? 0);
  return {
    path: program.path,
    parameters: program.parameters,
    taskKey: task.taskKey,
    taskValues: new Map(
      [...latestAttempts(run)].map(([key, other]) => [key, new Map(Object.entries(other.taskValues ?? {}))]),
    ),
    readFile: (path) => {
      const normal = normalPath(path);
      return normal === program.path && program.source ? program.source : sourceOf(snapshot.get(normal));
    },
    listFiles: (folder) => {
      const prefix = `${normalPath(folder)}/`.replace('//', '/');
      return [...snapshot.values()]
        .filter(({ type, path }) => type !== 'DIRECTORY' && path.startsWith(prefix))
        .map(({ path }) => path);
    },
    writeFile: (path, bytes) => {
      const normal = normalPath(path);
      workspace.makeFolders(parentOf(normal));
      workspace.put(normal, { type: 'FILE', bytes: Buffer.from(bytes) }, true);
    },
    ...(timeoutSeconds > 0 && { timeoutSeconds }),
    context: { jobId: run.jobId, runId: run.runId, user: run.creator },
  };
}

function sourceOf(node: WorkspaceNode | undefined): WorkspaceSource | undefined {
  if (node?.type === 'NOTEBOOK') return { kind: 'notebook', language: node.language, content: toSource(node) };
  return node?.type === 'FILE' ? { kind: 'file', content: node.bytes } : undefined;
}

function endingOf(outcome: NotebookOutcome, signal: AbortSignal): Ending {
  switch (outcome.kind) {
    case 'exited':
    case 'finished':
      return succeeded;
    case 'failed':
      return workloadFailed;
    case 'timedOut':
      return timedOut;
    case 'canceled':
      return signal.reason === 'timedOut' ? timedOut : canceled;
  }
}

function outputOf(outcome: NotebookOutcome): TaskOutput {
  if (outcome.kind === 'exited') return { result: outcome.result };
  return outcome.kind === 'failed' ? { error: outcome.error, errorTrace: outcome.trace } : {};
}
