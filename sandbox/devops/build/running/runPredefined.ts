import type { Repository } from '../../git/repositories/repository';
import type { OrganizationState } from '../../organizationState';
import type { BuildReason } from '../builds/build';
import type { Definition } from '../definitions/definition';

/** What the predefined variables of a run are made of. */
export interface RunFacts {
  readonly branch: string;
  readonly commit: string;
  readonly reason: BuildReason;
  readonly requestedForId: string;
}

const reasons: Readonly<Record<BuildReason, string>> = {
  manual: 'Manual',
  individualCI: 'IndividualCI',
  pullRequest: 'PullRequest',
  buildCompletion: 'BuildCompletion',
  resourceTrigger: 'ResourceTrigger',
};

/** https://learn.microsoft.com/azure/devops/pipelines/build/variables */
export function predefinedOf(
  state: OrganizationState,
  { id, projectId, content, revision }: Definition,
  repository: Repository,
  { branch, commit, reason, requestedForId }: RunFacts,
): Record<string, string> {
  const project = state.projects.find(projectId)?.name ?? projectId;
  const requester = state.identities.byId(requestedForId);
  const owner = state.projects.find(repository.projectId)?.name ?? project;
  return {
    'Build.DefinitionName': content.name,
    'Build.DefinitionVersion': String(revision),
    'Build.Reason': reasons[reason],
    'Build.RequestedFor': requester?.displayName ?? '',
    'Build.RequestedForId': requestedForId,
    'Build.RequestedForEmail': requester?.mailAddress ?? '',
    'Build.QueuedBy': requester?.displayName ?? '',
    'Build.Repository.ID': repository.id,
    'Build.Repository.Name': repository.name,
    'Build.Repository.Uri': state.url(`${encodeURIComponent(owner)}/_git/${encodeURIComponent(repository.name)}`),
    'Build.SourceBranch': branch,
    'Build.SourceBranchName': branch.split('/').at(-1) ?? branch,
    'Build.SourceVersion': commit,
    'Build.SourceVersionMessage': repository.objects.readCommit(commit).message.split('\n')[0] ?? '',
    'System.CollectionId': state.collectionId,
    'System.DefinitionId': String(id),
    'System.DefinitionName': content.name,
    'System.TeamProject': project,
    'System.TeamProjectId': projectId,
  };
}
