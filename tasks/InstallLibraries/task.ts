import { ClustersApi } from '../../shared/databricks/api/clusters';
import { clusterTitle } from '../../shared/databricks/clusters/describeCluster';
import { installLibraries } from '../../shared/databricks/libraries/installLibraries';
import { librarySummary, libraryTable, reportFailures } from '../../shared/databricks/libraries/describeRows';
import { findLibraryFiles } from '../../shared/databricks/libraries/findLibraryFiles';
import type { LibraryResult } from '../../shared/databricks/libraries/rows';
import { normalUploadFolder } from '../../shared/databricks/libraries/uploadFolder';
import { uploadTo } from '../../shared/databricks/libraries/uploadLibraries';
import { certainProblems, errorOf, located, wantedLibraries } from '../../shared/databricks/libraries/wantedLibraries';
import { lookUpCluster } from '../../shared/databricks/clusters/lookUpCluster';
import { pythonOfRuntime } from '../../shared/databricks/libraries/requirements/pythonOfRuntime';
import { librariesSchema } from '../../shared/databricks/specs/specSchemas';
import { TaskError, type InputProblem } from '../../shared/errors';
import { databricksConnection, openWorkspace } from '../../shared/task/databricksConnection';
import { documentList, filePath, flag, integer, lines, text } from '../../shared/task/inputs';
import { defineTask, type Values } from '../../shared/task/task';

const inputs = {
  ...databricksConnection,
  cluster: text({ required: true, picker: true }),
  requirementsFile: filePath(),
  environmentFile: filePath(),
  libraries: documentList({ schema: librariesSchema }),
  files: lines(),
  uploadFolder: text(),
  removeOthers: flag({ default: false }),
  restartIfNeeded: flag({ default: true }),
  timeoutMinutes: integer({ default: 30, min: 1, max: 1440 }),
  dryRun: flag({ default: false }),
};

/** Has a cluster run with all the libraries that are asked for. */
export const task = defineTask({
  inputs,
  outputs: ['clusterId', 'installedCount', 'alreadyInstalledCount', 'removedCount', 'restarted'],
  check,

  async run({ inputs, context, agent, clock, signal, setOutput }) {
    const deadline = clock.now() + inputs.timeoutMinutes * 60_000;
    const found = await findLibraryFiles(inputs.files ?? [], agent.workingFolder);
    const target = normalUploadFolder(inputs.uploadFolder ?? '') ?? ''; // checked below
    const uploads = found.files.map((file) => uploadTo(target, file));
    const { requirementsFile, environmentFile, libraries } = inputs;
    const sources = { requirementsFile, environmentFile, libraries, files: uploads };
    const missingFiles = found.problems.map((problem) => ({ input: 'files', problem }));
    const certain = [...missingFiles, ...certainProblems(sources)];
    if (certain.length > 0) throw errorOf(certain);

    const workspace = await openWorkspace(inputs, context);
    const cluster = await lookUpCluster(new ClustersApi(workspace.http, signal), inputs.cluster);
    if (!cluster)
      throw new TaskError(
        `There is no cluster '${inputs.cluster}' in the workspace, or this identity is not allowed to see it.`,
      );
    setOutput('clusterId', cluster.id);
    const { spark_version: runtime } = cluster.settings;
    const wanted = wantedLibraries(sources, typeof runtime === 'string' ? pythonOfRuntime(runtime) : undefined);
    if (wanted.problems.length > 0) throw errorOf(wanted.problems);
    for (const note of wanted.notes) agent.log(located(note));

    const { removeOthers, restartIfNeeded, dryRun } = inputs;
    const options = { wanted: wanted.libraries, uploads, removeOthers, restartIfNeeded, deadline, dryRun };
    const surroundings = { clock, signal, report: agent };
    const { rows, isRestarted, stoppedBy } = await installLibraries(workspace, cluster, options, surroundings);
    const count = (result: LibraryResult): number => rows.filter((row) => row.result === result).length;
    setOutput('installedCount', String(count('installed')));
    setOutput('alreadyInstalledCount', String(count('already there')));
    setOutput('removedCount', String(count('removed')));
    setOutput('restarted', String(isRestarted));
    if (dryRun) return 'Dry run: nothing was changed.';

    if (rows.length > 0) agent.log(libraryTable(rows));
    if (isRestarted || rows.some(({ result }) => result !== 'already there'))
      await agent.summary('Databricks libraries', librarySummary(workspace.url, cluster, rows));
    reportFailures(rows, agent);
    if (stoppedBy) throw stoppedBy;
    const total = wanted.libraries.length;
    if (rows.length === 0) return `No library is asked for, and ${clusterTitle(cluster)} has none to remove.`;
    const lacking = count('failed') + count('skipped');
    if (lacking > 0)
      throw new TaskError(`${clusterTitle(cluster)} lacks ${lacking} of ${total} libraries: see the errors above.`);
    return `${clusterTitle(cluster)} has all ${total} libraries: ${count('installed')} installed, ${count('already there')} already there, ${count('removed')} removed.`;
  },
});

type Given = Values<typeof inputs>;

function check(inputs: Partial<Given>, bad: ReadonlySet<string>): readonly InputProblem[] {
  const { requirementsFile, environmentFile, libraries, files, uploadFolder } = inputs;
  const problems: InputProblem[] = [];
  const sources = ['requirementsFile', 'environmentFile', 'libraries', 'files'] as const;
  if (sources.every((name) => inputs[name] === undefined && !bad.has(name)))
    problems.push({
      input: 'libraries',
      problem: "or one of 'requirementsFile', 'environmentFile' and 'files' must be given.",
    });
  if (requirementsFile !== undefined && environmentFile !== undefined)
    problems.push({ input: 'environmentFile', problem: "can't be given together with 'requirementsFile'." });
  for (const [index, item] of (libraries ?? []).entries())
    if (Object.keys(item ?? {}).length !== 1)
      problems.push({
        input: 'libraries',
        problem: `must have one of pypi, maven, cran, jar, whl, requirements and egg in item ${index + 1}, and nothing beside it.`,
      });
  if (files !== undefined && uploadFolder === undefined)
    problems.push({ input: 'uploadFolder', problem: "is required where 'files' are given." });
  if (uploadFolder !== undefined && normalUploadFolder(uploadFolder) === undefined)
    problems.push({
      input: 'uploadFolder',
      problem:
        'must be a folder of the workspace, such as /Shared/libraries, or of a volume, such as /Volumes/main/default/files.',
    });
  return problems;
}
