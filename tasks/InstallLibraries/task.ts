import { withTimeout } from '../../shared/agent/context';
import { ClustersApi } from '../../shared/databricks/api/clusters';
import { clusterMention, clusterTitle } from '../../shared/databricks/clusters/describeCluster';
import { installLibraries, RestartRefusedError } from '../../shared/databricks/libraries/installLibraries';
import { librarySummary, libraryTable, reportFailures } from '../../shared/databricks/libraries/describeRows';
import { findLibraryFiles } from '../../shared/databricks/libraries/findLibraryFiles';
import type { LibraryResult } from '../../shared/databricks/libraries/rows';
import { normalUploadFolder } from '../../shared/databricks/libraries/uploadFolder';
import { uploadTo } from '../../shared/databricks/libraries/uploadLibraries';
import {
  certainProblems,
  located,
  wantedLibraries,
  type LibraryProblem,
  type LibrarySource,
} from '../../shared/databricks/libraries/wantedLibraries';
import { lookUpCluster } from '../../shared/databricks/clusters/lookUpCluster';
import { machineOfRuntime, pythonOfRuntime } from '../../shared/databricks/libraries/requirements/pythonOfRuntime';
import { librariesSchema } from '../../shared/databricks/specs/specSchemas';
import { InputError, TaskError, type InputProblem } from '../../shared/errors';
import { groupBy } from '../../shared/groupBy';
import { databricksConnection, openWorkspace } from '../../shared/task/databricksConnection';
import { documentList, filePath, flag, integer, lines, text } from '../../shared/task/inputs';
import { atLeastOneOf, atMostOneOf, requiredWith } from '../../shared/task/relations';
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
  pythonVersion: text({
    pattern: { matches: /^3\.\d+(\.\d+)?$/, rule: 'must be a Python version, such as 3.12 or 3.12.3.' },
  }),
  timeoutMinutes: integer({ default: 30, min: 1, max: 1440 }),
  dryRun: flag({ default: false }),
};

/** Installs libraries on a cluster and waits for them. */
export const task = defineTask({
  inputs,
  relations: [
    atLeastOneOf('libraries', 'requirementsFile', 'environmentFile', 'files'),
    atMostOneOf('requirementsFile', 'environmentFile'),
    requiredWith('uploadFolder', 'files'),
  ],
  outputs: ['clusterId', 'installedCount', 'alreadyInstalledCount', 'removedCount', 'restarted'],
  check,

  async run({ inputs, agent, context: unlimited, setOutput }) {
    const context = withTimeout(unlimited, inputs.timeoutMinutes);
    const found = await findLibraryFiles(inputs.files ?? [], context);
    const target = normalUploadFolder(inputs.uploadFolder ?? '') ?? ''; // checked below
    const uploads = found.files.map((file) => uploadTo(target, file));
    const { requirementsFile: requirements, environmentFile: environment, libraries, pythonVersion } = inputs;
    const sources = { requirements, environment, libraries, files: uploads };
    const missingFiles = found.problems.map((problem) => ({ source: 'files' as const, problem }));
    throwProblems([...missingFiles, ...certainProblems(sources, pythonVersion)]);

    const workspace = await openWorkspace(inputs, context);
    const cluster = await lookUpCluster(new ClustersApi(workspace.http), inputs.cluster);
    if (!cluster)
      throw new TaskError(
        `There is no cluster '${inputs.cluster}' in the workspace, or this identity is not allowed to view it.`,
      );
    setOutput('clusterId', cluster.id);
    const { spark_version: key } = cluster.settings;
    const runtime = typeof key === 'string' ? key : '';
    const ownPython = pythonOfRuntime(runtime);
    const python = pythonVersion ?? ownPython;
    if (ownPython !== undefined && !cluster.settings['docker_image'] && !`${python}.`.startsWith(`${ownPython}.`))
      agent.warning(`'pythonVersion' is ${python}, but ${clusterMention(cluster)} has Python ${ownPython}.`);
    const wanted = wantedLibraries(sources, { python, machine: machineOfRuntime(runtime) });
    // Without a Python version, what is left depends on it: the other problems were thrown above.
    throwProblems(wanted.problems, python === undefined ? [unknownPython(clusterMention(cluster), runtime)] : []);
    for (const note of wanted.notes) agent.log(located(note));

    const { removeOthers, restartIfNeeded: mayRestart, dryRun } = inputs;
    const options = { wanted: wanted.libraries, uploads, removeOthers, mayRestart, dryRun };
    const { rows, isRestarted, stoppedBy } = await installLibraries(workspace, cluster, options, context).catch(
      (error: unknown) => {
        throw withAdvice(error);
      },
    );
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
    if (stoppedBy) throw withAdvice(stoppedBy);
    const total = wanted.libraries.length;
    if (rows.length === 0) return `No libraries were given, and ${clusterMention(cluster)} has none to remove.`;
    const missing = count('failed') + count('skipped');
    if (missing > 0)
      throw new TaskError(
        `${missing} of ${total} libraries were not installed on ${clusterMention(cluster)}: see the errors above.`,
      );
    return `${clusterTitle(cluster)} has all ${total} libraries: ${count('installed')} installed, ${count('already there')} already there, ${count('removed')} removed.`;
  },
});

/** The input that each source of libraries comes from. */
const inputOf: Readonly<Record<LibrarySource, string>> = {
  requirements: 'requirementsFile',
  environment: 'environmentFile',
  libraries: 'libraries',
  files: 'files',
};

function unknownPython(title: string, runtime: string): InputProblem {
  return {
    input: 'pythonVersion',
    problem: `is required: ${title} has the runtime '${runtime}', whose Python version is not known.`,
  };
}

/** Throws one error for all problems, those of one input together, and the advice on them. */
function throwProblems(problems: readonly LibraryProblem[], advice: readonly InputProblem[] = []): void {
  if (problems.length === 0) return;
  const found = [...groupBy(problems, ({ source }) => source)].map(([source, those]) => ({
    input: inputOf[source],
    problem: `has libraries that cannot be installed:${those.map(({ problem }) => `\n    ${problem}`).join('')}`,
  }));
  throw new InputError([...found, ...advice]);
}

function withAdvice(error: unknown): unknown {
  if (!(error instanceof RestartRefusedError)) return error;
  const advice = "Set 'restartIfNeeded' to true, or uninstall them and restart the cluster when it suits its users.";
  return new TaskError(`${error.message} ${advice}`, { cause: error });
}

type Given = Values<typeof inputs>;

function check({ libraries, uploadFolder }: Partial<Given>): readonly InputProblem[] {
  const problems: InputProblem[] = [];
  for (const [index, item] of (libraries ?? []).entries())
    if (Object.keys(item ?? {}).length !== 1)
      problems.push({
        input: 'libraries',
        problem: `must have exactly one of pypi, maven, cran, jar, whl, requirements and egg in item ${index + 1}, and no other field.`,
      });
  if (uploadFolder !== undefined && normalUploadFolder(uploadFolder) === undefined)
    problems.push({
      input: 'uploadFolder',
      problem:
        'must be a folder of the workspace, such as /Shared/libraries, or of a volume, such as /Volumes/main/default/files.',
    });
  return problems;
}
