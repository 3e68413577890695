import { withTimeout } from '../../shared/agent/context';
import { graceSignal } from '../../shared/graceSignal';
import { importNotebooks } from '../../shared/databricks/notebooks/importNotebooks';
import { hasNews, reportFailures, sentenceOf, summaryOf } from '../../shared/databricks/notebooks/describeImport';
import { scanSource, SourceError } from '../../shared/databricks/notebooks/scanSource';
import { normalVolumeFolder, refuseMissingVolume } from '../../shared/databricks/volumes/volumeFolder';
import { volumeHolder } from '../../shared/databricks/volumes/volumeHolder';
import { InputError, TaskError } from '../../shared/errors';
import { databricksConnection, openWorkspace } from '../../shared/task/databricksConnection';
import { choice, flag, folderPath, globs, integer, text } from '../../shared/task/inputs';
import { defineTask } from '../../shared/task/task';

/** As long as a hosted agent runs a job at most: a folder may have many files of some gigabytes. */
const longestMinutes = 360;

/** Uploads the files of a folder of the repository to a volume of Unity Catalog. */
export const task = defineTask({
  inputs: {
    ...databricksConnection,
    sourceFolder: folderPath({ required: true }),
    include: globs({ default: '**' }),
    exclude: globs(),
    volumeFolder: text({ required: true }),
    mode: choice(['update', 'mirror'], { required: true, default: 'update' }),
    dryRun: flag({ default: false }),
    concurrency: integer({ default: 10, min: 1, max: 64 }),
  },
  outputs: ['uploadedCount', 'unchangedCount', 'deletedCount', 'failedCount', 'volumeFolder'],

  check({ volumeFolder }) {
    if (volumeFolder === undefined || normalVolumeFolder(volumeFolder) !== undefined) return [];
    const problem =
      'must be the path of a volume or of a folder in it, without . or .., such as /Volumes/main/demo/models/demo_model.';
    return [{ input: 'volumeFolder', problem }];
  },

  async run({ inputs, agent, context: unlimited, signal, setOutput }) {
    const context = withTimeout(unlimited, longestMinutes);
    const { sourceFolder, include, exclude = [], mode, dryRun, concurrency } = inputs;
    const target = normalVolumeFolder(inputs.volumeFolder) ?? inputs.volumeFolder; // checked above
    setOutput('volumeFolder', target);
    const holder = volumeHolder();
    const source = await scanSource(sourceFolder, { include, exclude }, holder, context).catch(asInputError);

    const workspace = await openWorkspace(inputs, { ...context, signal: graceSignal(signal, 5) });
    await refuseMissingVolume(workspace.http, target);
    const options = { holder, target, mode, dryRun, atOnce: concurrency, ...(agent.run.url && { run: agent.run.url }) };
    const outcome = await importNotebooks(workspace, source, options, context);

    setOutput('uploadedCount', String(outcome.imported.length));
    setOutput('unchangedCount', String(outcome.plan.unchanged.length));
    setOutput('deletedCount', String(outcome.deleted.length));
    setOutput('failedCount', String(outcome.failures.length));
    if (hasNews(outcome)) await agent.summary('Upload', summaryOf(outcome, target, workspace.url, holder));
    reportFailures(outcome, agent);
    if (outcome.stoppedBy) throw outcome.stoppedBy;
    const sentence = sentenceOf(outcome, target, dryRun, holder);
    if (outcome.failures.length > 0) throw new TaskError(`Some files were not uploaded. ${sentence}.`);
    return sentence;
  },
});

function asInputError(error: unknown): never {
  if (!(error instanceof SourceError)) throw error;
  throw new InputError([{ input: error.about === 'folder' ? 'sourceFolder' : 'include', problem: error.problem }]);
}
