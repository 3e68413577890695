import { flagAt } from '../../rest/requestBody';
import { created, type DevopsRequest, listOf, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import type { Repository } from '../repositories/repository';
import { versionNotFound } from '../rest/errors';
import { gitLocation } from '../rest/gitLocation';
import { repositoryOf, requireGit } from '../rest/repositoryAccess';
import { readStatus, statusView } from '../statuses';

/** `commits/{commitId}/statuses`. */
export function addStatusRoutes(router: Router): void {
  const path = 'repositories/{repositoryId}/commits/{commitId}/{resource}';
  router.add({
    location: gitLocation('428dd4fb-fda5-4722-af02-9313b80305da', 'statuses', path, 2, '2.1'),
    isProjectOptional: true,
    handlers: { GET: list, POST: post },
    scopes: { GET: 'vso.code', POST: 'vso.code_status' },
  });
}

/** The newest first; `latestOnly` shows one of each context. */
function list({ query, ...request }: DevopsRequest): Reply {
  const repository = repositoryOf({ query, ...request });
  const all = [...statusesOf(repository, request.parameters['commitId'] ?? '')].reverse();
  const isLatestOnly = flagAt(Object.fromEntries(query), 'latestOnly') === true;
  const latest = all.filter(
    ({ genre, name }, at) => all.findIndex((each) => each.genre === genre && each.name === name) === at,
  );
  const [skip, top] = ['skip', 'top'].map((name) => query.get(name) ?? undefined);
  const shown = (isLatestOnly ? latest : all).slice(Number(skip ?? 0), Number(skip ?? 0) + Number(top ?? 1000));
  return listOf(shown.map((each) => statusView(request.organization, each)));
}

function post(request: DevopsRequest): Reply {
  const repository = repositoryOf(request);
  requireGit(request, repository, 'GenericContribute');
  const statuses = statusesOf(repository, request.parameters['commitId'] ?? '');
  const status = readStatus(request, statuses.length + 1);
  statuses.push(status);
  return created(statusView(request.organization, status));
}

/** @throws OrganizationError if there is no such commit */
function statusesOf({ objects, statuses }: Repository, commitId: string) {
  const id = commitId.toLowerCase();
  if (!objects.isA('commit', id)) throw versionNotFound(`Commit: ${commitId}`);
  const found = statuses.get(id) ?? [];
  statuses.set(id, found);
  return found;
}
