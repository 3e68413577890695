import { hostname, arch } from 'node:os';
import path from 'node:path';
import { DateTime } from '../expressions/dateTime';
import type { JobFolders } from '../run/runState';
import { guidOf } from '../tasks/connections';

/** What the predefined variables of a run are made of. */
export interface RunIdentity {
  /** The pipeline's file, relative to the repository. */
  readonly file: string;
  readonly buildId: string;
  readonly planId: string;
  readonly collectionUri: string;
  readonly startTime: Date;
  /** Take the place of those made here, by name. */
  readonly overrides: Readonly<Record<string, string>>;
}

export const project = 'local';
export const projectId = guidOf(`project ${project}`);
export const collectionId = guidOf('collection');

/**
 * The predefined variables that are the same for all jobs:
 * https://learn.microsoft.com/azure/devops/pipelines/build/variables
 */
export function predefinedOfRun({
  file,
  buildId,
  planId,
  collectionUri,
  startTime,
  overrides,
}: RunIdentity): Map<string, string> {
  const branch = overrides['Build.SourceBranch'] ?? 'refs/heads/main';
  return new Map(
    Object.entries({
      ...compileTimeVariables(file, branch, collectionUri),
      'Build.BuildId': buildId,
      'Build.BuildUri': `vstfs:///Build/Build/${buildId}`,
      'Build.ContainerId': '1',
      'Build.QueuedBy': 'Local user',
      'Build.RequestedForEmail': 'local@localhost',
      'System.PlanId': planId,
      'System.TimelineId': planId,
      'System.PipelineStartTime': String(DateTime.of(startTime)),
      'System.Culture': 'en-US',
      'System.ArtifactsStorage': 'local',
      'System.EnableAccessToken': 'SecretVariable',
      'Agent.Id': '1',
      'Agent.Name': 'Local agent',
      'Agent.MachineName': hostname(),
      'Agent.Version': '4.260.0',
      'Agent.OS': agentSystem(),
      'Agent.OSArchitecture': arch().toUpperCase(),
      'Agent.IsSelfHosted': '1',
      'Agent.CloudId': '',
      ...overrides,
    }),
  );
}

/** Those that `${{ variables }}` knows too. */
export function compileTimeVariables(file: string, branch: string, collectionUri: string): Record<string, string> {
  return {
    'Build.DefinitionName': path.basename(file).replace(/\.ya?ml$/i, ''),
    'Build.DefinitionVersion': '1',
    'Build.Reason': 'Manual',
    'Build.RequestedFor': 'Local user',
    'Build.RequestedForId': guidOf('local user'),
    'Build.Repository.ID': guidOf('repository'),
    'Build.Repository.Name': 'local',
    'Build.Repository.Provider': 'TfsGit',
    'Build.Repository.Uri': `${collectionUri}${project}/_git/local`,
    'Build.SourceBranch': branch,
    'Build.SourceBranchName': branch.split('/').at(-1) ?? branch,
    'Build.SourceVersion': '0'.repeat(40),
    'System.CollectionId': collectionId,
    'System.CollectionUri': collectionUri,
    'System.TeamFoundationCollectionUri': collectionUri,
    'System.TeamProject': project,
    'System.TeamProjectId': projectId,
    'System.DefinitionId': '1',
    'System.DefinitionName': path.basename(file).replace(/\.ya?ml$/i, ''),
    'System.HostType': 'build',
  };
}

/** Where a job asks for its OIDC tokens. */
export function oidcRequestUri(collectionUri: string, planId: string, jobId: string): string {
  return `${collectionUri}${projectId}/_apis/distributedtask/hubs/build/plans/${planId}/jobs/${jobId}/oidctoken`;
}

export interface JobNames {
  readonly stage: string;
  readonly stageDisplayName: string;
  /** With the leg of a matrix: `job.leg`. */
  readonly job: string;
  readonly jobDisplayName: string;
}

/** The predefined variables of one job. */
export function predefinedOfJob(
  { stage, stageDisplayName, job, jobDisplayName }: JobNames,
  folders: JobFolders,
  run: ReadonlyMap<string, string>,
): Record<string, string> {
  const jobId = guidOf(`${stage}.${job}`);
  const [collectionUri = '', planId = ''] = [run.get('System.CollectionUri'), run.get('System.PlanId')];
  const { workspace, sources, artifacts, binaries, testResults, temp, tools } = folders;
  return {
    'System.StageName': stage,
    'System.StageDisplayName': stageDisplayName,
    'System.StageAttempt': '1',
    'System.StageId': guidOf(stage),
    'System.PhaseName': job.split('.')[0] ?? job,
    'System.PhaseAttempt': '1',
    'System.JobName': job,
    'System.JobDisplayName': jobDisplayName,
    'System.JobId': jobId,
    'System.JobAttempt': '1',
    'System.JobIdentifier': `${stage}.${job}`,
    'System.OidcRequestUri': oidcRequestUri(collectionUri, planId, jobId),
    'System.DefaultWorkingDirectory': sources,
    'System.ArtifactsDirectory': artifacts,
    'Build.SourcesDirectory': sources,
    'Build.Repository.LocalPath': sources,
    'Build.ArtifactStagingDirectory': artifacts,
    'Build.StagingDirectory': artifacts,
    'Build.BinariesDirectory': binaries,
    'Common.TestResultsDirectory': testResults,
    'Pipeline.Workspace': workspace,
    'Agent.BuildDirectory': workspace,
    'Agent.WorkFolder': path.dirname(workspace),
    'Agent.RootDirectory': path.dirname(workspace),
    'Agent.HomeDirectory': path.dirname(workspace),
    'Agent.TempDirectory': temp,
    'Agent.ToolsDirectory': tools,
    'Agent.JobName': jobDisplayName,
  };
}

function agentSystem(): string {
  return process.platform === 'win32' ? 'Windows_NT' : process.platform === 'darwin' ? 'Darwin' : 'Linux';
}
