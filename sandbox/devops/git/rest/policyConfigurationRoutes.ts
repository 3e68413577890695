import { PolicyStore } from '../../policy/policyStore';
import { configurationView } from '../../policy/policyViews';
import { pageOf } from '../../rest/paging';
import { type DevopsRequest, listOf, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { repositoryNotFound } from './errors';
import { gitLocation } from './gitLocation';
import { findReadable } from './repositoryAccess';

/** `_apis/git/policy/configurations`: the policies that hold for a branch, also those of wider scopes. */
export function addPolicyConfigurationRoutes(router: Router): void {
  const path = 'policy/configurations';
  router.add({
    location: gitLocation('2c420070-a0a2-49cc-9639-c9f271c5ff07', 'policyConfigurations', path, 1, '5.0'),
    handlers: { GET: list },
    scopes: { GET: 'vso.code' },
  });
}

/** Without a repository: those of the whole project. Without a branch: those of the repository, not of its branches. */
function list({ organization, caller, project, query }: DevopsRequest): Reply {
  const policies = organization.of(PolicyStore);
  if (!project) throw new Error('The route has no project.');
  const [id, refName] = [query.get('repositoryId'), query.get('refName') ?? undefined];
  const repository = id === null ? undefined : findReadable(organization, caller, project.id, id);
  if (id !== null && !repository) throw repositoryNotFound(id);
  const scope = repository ?? { id: '', projectId: project.id, defaultBranch: undefined };
  const type = query.get('policyType')?.toLowerCase();
  const found = policies.applying(scope, refName).filter((each) => type === undefined || each.type.id === type);
  const names = { top: query.has('top') ? 'top' : '$top', skip: '$skip', token: 'continuationToken' };
  const { page, headers } = pageOf(found, query, { names });
  return listOf(
    page.map((each) => configurationView(organization, each)),
    headers,
  );
}
