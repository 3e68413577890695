import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { RunFacts, TaskAgent, Words } from './agent';

/** Reads a pipeline variable, such as `System.JobId`, or an environment variable. */
export type ReadVariable = (name: string) => string | undefined;

type Facts = Pick<
  TaskAgent,
  | 'workingFolder'
  | 'temporaryFolder'
  | 'readableFolders'
  | 'run'
  | 'words'
  | 'programEnvironment'
  | 'managedIdentityUrl'
>;

/** What a credential plugin needs to start, find its files and reach the network. */
const programVariables = [
  ...['PATH', 'HOME', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'SYSTEMROOT', 'PATHEXT'],
  ...['TEMP', 'TMP', 'TMPDIR', 'LANG', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'],
];

/** The folders of a job: all its repositories, the artifacts that it downloads, and those of a release. */
const folderVariables = [
  ...['Build.SourcesDirectory', 'Pipeline.Workspace', 'Agent.BuildDirectory'],
  ...['System.ArtifactsDirectory', 'Agent.ReleaseDirectory'],
];

const words: Words = {
  turnOnDebug: 'set System.Debug to true',
  thisStep: 'this step',
  thisMachine: 'the agent',
  startAgain: 'Queue a new pipeline run',
  connectionMissing: 'names a service connection that does not exist, or that this job is not authorized to use.',
  missing: {
    organization: 'is required: there is no pipeline run to take it from.',
    project: 'is required: the organization is not that of a pipeline run to take it from.',
    repository: 'is required: there is no pipeline run to take it from.',
  },
};

/**
 * The facts of a job of Azure Pipelines, from its predefined variables
 * (https://learn.microsoft.com/azure/devops/pipelines/build/variables). Each is read when it is asked for.
 */
export function pipelineFacts(variable: ReadVariable): Facts {
  let run: RunFacts | undefined;
  let folders: readonly string[] | undefined;
  return {
    words,
    get workingFolder() {
      return resolve(variable('System.DefaultWorkingDirectory') ?? '.');
    },
    get temporaryFolder() {
      return resolve(variable('Agent.TempDirectory') ?? tmpdir());
    },
    get readableFolders() {
      return (folders ??= [
        this.workingFolder,
        this.temporaryFolder,
        ...folderVariables.flatMap((name) => variable(name) || []).map((folder) => resolve(folder)),
      ]);
    },
    get run() {
      return (run ??= runFacts(variable));
    },
    get programEnvironment() {
      return programEnvironment(variable);
    },
    // The name that Azure's own SDKs read it by.
    get managedIdentityUrl() {
      return variable('AZURE_POD_IDENTITY_AUTHORITY_HOST');
    },
  };
}

/** The environment variables that a program needs to run at all, of those that there are. */
export function programEnvironment(variable: ReadVariable): Readonly<Record<string, string>> {
  return Object.fromEntries(
    programVariables.flatMap((name) => {
      const value = variable(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function runFacts(variable: ReadVariable): RunFacts {
  const organizationUrl = variable('System.CollectionUri');
  const project = variable('System.TeamProject');
  const id = variable('Build.BuildId');
  return {
    seed: seedOf(variable),
    ...present({
      url:
        organizationUrl && project && id
          ? `${organizationUrl}${encodeURIComponent(project)}/_build/results?buildId=${id}`
          : undefined,
      id,
      number: variable('Build.BuildNumber'),
      pipeline: variable('Build.DefinitionName'),
      pipelineId: variable('System.DefinitionId'),
      job: variable('Agent.JobName'),
      project,
      projectId: variable('System.TeamProjectId'),
      organizationUrl,
      repository: variable('Build.Repository.Name'),
      commit: variable('Build.SourceVersion'),
      requestedFor: variable('Build.RequestedFor'),
    }),
  };
}

function seedOf(variable: ReadVariable): string {
  const [plan, job, step] = ['System.PlanId', 'System.JobId', 'System.TaskInstanceId'].map(variable);
  if (!plan || !job || !step) return randomUUID(); // not in a pipeline: there is no earlier attempt
  const more = [
    'System.CollectionId',
    'System.TeamProjectId',
    'System.StageAttempt',
    'System.PhaseAttempt',
    'System.JobAttempt',
  ];
  return [plan, job, step, ...more.map((name) => variable(name) ?? '')].join(' ');
}

/** The entries that have a value; the agent passes an unset variable as an empty text. */
function present<Name extends string>(map: Readonly<Record<Name, string | undefined>>): Partial<Record<Name, string>> {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value)) as Partial<Record<Name, string>>;
}
