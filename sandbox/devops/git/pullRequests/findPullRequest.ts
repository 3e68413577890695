import type { DevopsRequest } from '../../rest/route';
import { GitStore } from '../repositories/gitStore';
import { pullRequestNotFound } from '../rest/errors';
import { isReadable, repositoryOf } from '../rest/repositoryAccess';
import type { PullRequest } from './pullRequest';
import { settle } from './merge/settle';

/** The pull request of a path, in its repository or alone by its number. @throws OrganizationError TF401180 */
export async function findPullRequest(request: DevopsRequest): Promise<PullRequest> {
  const { organization, parameters, project, caller } = request;
  const found = organization.of(GitStore).pullRequests.get(Number(parameters['pullRequestId']));
  const repository = parameters['repositoryId'] === undefined ? found?.repository : repositoryOf(request);
  const isHere = found && repository === found.repository && (!project || project.id === repository.projectId);
  if (!isHere || !isReadable(caller, found.repository)) throw pullRequestNotFound();
  await settle(organization, found);
  return found;
}
