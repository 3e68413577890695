import { withTimeout } from '../../shared/agent/context';
import { graceSignal } from '../../shared/graceSignal';
import { workspaceHolder } from '../../shared/databricks/notebooks/holder';
import { importNotebooks } from '../../shared/databricks/notebooks/importNotebooks';
import { hasNews, reportFailures, sentenceOf, summaryOf } from '../../shared/databricks/notebooks/describeImport';
import { scanSource, SourceError } from '../../shared/databricks/notebooks/scanSource';
import { normalWorkspaceFolder, workspaceFolderProblem } from '../../shared/databricks/notebooks/workspaceFolder';
import { InputError, TaskError } from '../../shared/errors';
import { databricksConnection, openWorkspace } from '../../shared/task/databricksConnection';
import { choice, flag, folderPath, globs, integer, text } from '../../shared/task/inputs';
import { defineTask } from '../../shared/task/task';

/** For 100,000 files, 30 a second, and a workspace that is slow: as long as a hosted agent runs a job at most. */
const longestMinutes = 360;

/** Imports the notebooks and files of a folder of the repository to a workspace folder. */
export const task = defineTask({
  inputs: {
    ...databricksConnection,
    sourceFolder: folderPath({ required: true }),
    include: globs({ default: '**' }),
    exclude: globs(),
    workspaceFolder: text({ required: true, picker: true }),
    mode: choice(['update', 'mirror'], { required: true, default: 'update' }),
    dryRun: flag({ default: false }),
    concurrency: integer({ default: 32, min: 1, max: 64 }),
  },
  outputs: ['importedCount', 'unchangedCount', 'deletedCount', 'failedCount', 'workspaceFolder'],

  check({ workspaceFolder, mode }) {
    const problem = workspaceFolder && workspaceFolderProblem(workspaceFolder, mode === 'mirror');
    return problem ? [{ input: 'workspaceFolder', problem }] : [];
  },

  async run({ inputs, agent, context: unlimited, signal, setOutput }) {
    const context = withTimeout(unlimited, longestMinutes);
    const { sourceFolder, include, exclude = [], mode, dryRun, concurrency } = inputs;
    const target = normalWorkspaceFolder(inputs.workspaceFolder) ?? inputs.workspaceFolder; // checked above
    setOutput('workspaceFolder', target);
    const source = await scanSource(sourceFolder, { include, exclude }, workspaceHolder, context).catch(asInputError);

    const workspace = await openWorkspace(inputs, { ...context, signal: graceSignal(signal, 5) });
    const options = {
      holder: workspaceHolder,
      target,
      mode,
      dryRun,
      atOnce: concurrency,
      ...(agent.run.url && { run: agent.run.url }),
    };
    const outcome = await importNotebooks(workspace, source, options, context);

    setOutput('importedCount', String(outcome.imported.length));
    setOutput('unchangedCount', String(outcome.plan.unchanged.length));
    setOutput('deletedCount', String(outcome.deleted.length));
    setOutput('failedCount', String(outcome.failures.length));
    if (hasNews(outcome)) await agent.summary('Import', summaryOf(outcome, target, workspace.url, workspaceHolder));
    reportFailures(outcome, agent);
    if (outcome.stoppedBy) throw outcome.stoppedBy;
    if (outcome.failures.length > 0)
      throw new TaskError(`Some items were not imported. ${sentenceOf(outcome, target, dryRun, workspaceHolder)}.`);
    return sentenceOf(outcome, target, dryRun, workspaceHolder);
  },
});

function asInputError(error: unknown): never {
  if (!(error instanceof SourceError)) throw error;
  throw new InputError([{ input: error.about === 'folder' ? 'sourceFolder' : 'include', problem: error.problem }]);
}
