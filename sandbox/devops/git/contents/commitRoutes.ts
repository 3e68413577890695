import type { OrganizationState } from '../../organizationState';
import { pageOf } from '../../rest/paging';
import { isObject, listAt, objectIn, textAt, valueAt } from '../../rest/requestBody';
import { type DevopsRequest, listOf, ok, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { type ChangedFile, entryAt } from '../objects/files';
import { ancestors, log, mergeBase } from '../objects/history';
import { noObject } from '../objects/objectStore';
import { branchPrefix, type Repository } from '../repositories/repository';
import { versionNotFound } from '../rest/errors';
import { gitLocation } from '../rest/gitLocation';
import { repositoryOf } from '../rest/repositoryAccess';
import { resolveVersion, type VersionDescriptor, versionIn } from './version';
import { commitReference, commitView, listedCommit, repositoryUrl } from '../rest/views';

/** `commits`, their `changes`, what differs between two, and `stats` of branches. */
export function addCommitRoutes(router: Router): void {
  const add = (id: string, resource: string, path: string, version: number, handlers: Handlers) =>
    router.add({
      location: gitLocation(id, resource, `repositories/{repositoryId}/${path}`, version),
      isProjectOptional: true,
      handlers,
      scopes: { GET: 'vso.code', POST: 'vso.code' },
    });
  add('c2570c3b-5b3f-41b8-98bf-5407bfde8d58', 'commits', '{resource}/{commitId}', 2, { GET: read });
  add('6400dfb2-0bcb-462b-b992-5a57f8f1416c', 'commitsBatch', '{resource}', 2, { POST: readBatch });
  add('168b4bb9-d936-4cd9-8a5f-66d6f6b23192', 'commits', 'pushes/{pushId}/{resource}', 1, { GET: readOfPush });
  add('5bf884f5-3e07-42e9-afb8-1b872267bf16', 'changes', 'commits/{commitId}/{resource}', 1, { GET: readChanges });
  add('615588d5-c0c7-4b88-88f8-e625306446e8', 'commitDiffs', 'diffs/commits', 1, { GET: readDifference });
  add('d5b216de-d8d5-4d32-ae76-51df755b16d3', 'branchStats', 'stats/branches', 2, { GET: readBranches });
  add('40c1f5b7-2bb6-4c28-b844-0f47cd6bb610', 'branchStats', 'stats/branches/{*name}', 1, { GET: readBranches });
}

type Handlers = Parameters<Router['add']>[0]['handlers'];

function read(request: DevopsRequest): Reply {
  const { organization, parameters, query } = request;
  const repository = repositoryOf(request);
  if (parameters['commitId'] !== undefined)
    return ok(commitView(organization, repository, commitIn(repository, parameters['commitId'])));
  if (repository.isEmpty) return listOf([]);
  const at = (prefix: string) => versionIn(query, `searchCriteria.${prefix}.`);
  const compare = at('compareVersion');
  const found = history(repository, at('itemVersion'), compare.version === undefined ? undefined : compare).filter(
    (oid) => matches(repository, oid, query),
  );
  const { page } = pageOf(found, query, {
    size: 100,
    names: query.has('searchCriteria.$top')
      ? { top: 'searchCriteria.$top', skip: 'searchCriteria.$skip', token: 'continuationToken' }
      : { top: '$top', skip: '$skip', token: 'continuationToken' },
  });
  return listOf(page.map((oid) => countedCommit(organization, repository, oid)));
}

/** The commits of a version, without those of another; the newest first. */
function history(repository: Repository, version: VersionDescriptor, without?: VersionDescriptor): string[] {
  const all = log(repository.objects, resolveVersion(repository, version).commit);
  if (!without) return all;
  const known = ancestors(repository.objects, [resolveVersion(repository, without).commit]);
  return all.filter((oid) => !known.has(oid));
}

function matches({ objects }: Repository, oid: string, query: URLSearchParams): boolean {
  const { author, committer, tree, parents } = objects.readCommit(oid);
  const criterion = (name: string) => query.get(`searchCriteria.${name}`);
  const isBy = ({ name, email }: typeof author, wanted: string | null) =>
    wanted === null || `${name} <${email}>`.toLowerCase().includes(wanted.toLowerCase());
  if (!isBy(author, criterion('author')) || !isBy(committer, criterion('user'))) return false;
  const path = criterion('itemPath');
  if (path === null) return true;
  const before = parents[0] === undefined ? undefined : entryAt(objects, objects.readCommit(parents[0]).tree, path);
  return entryAt(objects, tree, path)?.oid !== before?.oid;
}

function readBatch(request: DevopsRequest): Reply {
  const { organization } = request;
  const repository = repositoryOf(request);
  const body = objectIn(request.body, 'searchCriteria');
  const ids = listAt(body, 'ids');
  const descriptor = (name: string) => {
    const given = valueAt(body, name);
    return isObject(given)
      ? { version: textAt(given, 'version'), versionType: textAt(given, 'versionType') }
      : undefined;
  };
  const commits =
    ids.length > 0
      ? ids.map((id) => commitIn(repository, String(id)))
      : history(
          repository,
          descriptor('itemVersion') ?? { version: undefined, versionType: undefined },
          descriptor('compareVersion'),
        );
  return listOf(commits.map((oid) => countedCommit(organization, repository, oid)));
}

function readOfPush(request: DevopsRequest): Reply {
  const repository = repositoryOf(request);
  const { objects, pushes } = repository;
  const push = pushes.find(({ id }) => id === Number(request.parameters['pushId']));
  const before = ancestors(objects, push?.refUpdates.map(({ oldObjectId }) => oldObjectId) ?? []);
  const after = ancestors(objects, push?.refUpdates.map(({ newObjectId }) => newObjectId) ?? []);
  const commits = [...after].filter((oid) => !before.has(oid));
  return listOf(commits.map((oid) => listedCommit(request.organization, repository, oid)));
}

function readChanges(request: DevopsRequest): Reply {
  const { organization, parameters } = request;
  const repository = repositoryOf(request);
  const oid = commitIn(repository, parameters['commitId'] ?? '');
  return ok(changesView(organization, repository, oid, changesOf(repository, oid)));
}

function readDifference(request: DevopsRequest): Reply {
  const { organization, query } = request;
  const repository = repositoryOf(request);
  const { objects } = repository;
  const side = (name: string) =>
    resolveVersion(repository, {
      version: query.get(`${name}Version`) ?? query.get(`${name}VersionDescriptor.version`) ?? undefined,
      versionType: query.get(`${name}VersionType`) ?? query.get(`${name}VersionDescriptor.versionType`) ?? undefined,
    }).commit;
  const [base, target] = [side('base'), side('target')];
  const common = mergeBase(objects, base, target);
  const [ofBase, ofTarget] = [ancestors(objects, [base]), ancestors(objects, [target])];
  const from = query.get('diffCommonCommit')?.toLowerCase() === 'true' ? (common ?? base) : base;
  return ok({
    allChangesIncluded: true,
    ...changesView(organization, repository, target, repository.changesBetween(from, target)),
    commonCommit: common ?? noObject,
    baseCommit: base,
    targetCommit: target,
    aheadCount: [...ofTarget].filter((oid) => !ofBase.has(oid)).length,
    behindCount: [...ofBase].filter((oid) => !ofTarget.has(oid)).length,
  });
}

/** Of all branches or of one, against the default branch. */
function readBranches(request: DevopsRequest): Reply {
  const { organization, query, parameters } = request;
  const repository = repositoryOf(request);
  const { objects, defaultBranch } = repository;
  const base = defaultBranch === undefined ? noObject : repository.tipOf(defaultBranch);
  const stats = (refName: string) => {
    const tip = repository.tipOf(refName);
    const [ofBase, ofTip] = [ancestors(objects, [base]), ancestors(objects, [tip])];
    const { tree, parents } = objects.readCommit(tip);
    return {
      commit: { ...commitReference(organization, repository, tip), parents, treeId: tree },
      name: refName.slice(branchPrefix.length),
      aheadCount: [...ofTip].filter((oid) => !ofBase.has(oid)).length,
      behindCount: [...ofBase].filter((oid) => !ofTip.has(oid)).length,
      isBaseVersion: refName === defaultBranch,
    };
  };
  const wanted = parameters['name'] ?? query.get('name') ?? undefined;
  if (wanted === undefined)
    return listOf([...repository.refs.keys()].filter((each) => each.startsWith(branchPrefix)).map(stats));
  if (!repository.refs.has(branchPrefix + wanted)) throw versionNotFound(`Branch: ${wanted}`);
  return ok(stats(branchPrefix + wanted));
}

const commitIn = (repository: Repository, id: string): string =>
  resolveVersion(repository, { version: id, versionType: 'commit' }).commit;

/** Against the first parent. */
const changesOf = (repository: Repository, oid: string): ChangedFile[] =>
  repository.changesBetween(repository.objects.readCommit(oid).parents[0] ?? noObject, oid);

const capitalized = { add: 'Add', edit: 'Edit', delete: 'Delete' } as const;

function countChanges(changes: readonly ChangedFile[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { change } of changes) counts[capitalized[change]] = (counts[capitalized[change]] ?? 0) + 1;
  return counts;
}

function countedCommit(organization: OrganizationState, repository: Repository, oid: string) {
  const { url, remoteUrl, ...commit } = listedCommit(organization, repository, oid);
  return {
    ...commit,
    changeCounts: { Add: 0, Edit: 0, Delete: 0, ...countChanges(changesOf(repository, oid)) },
    url,
    remoteUrl,
  };
}

function changesView(
  organization: OrganizationState,
  repository: Repository,
  commit: string,
  changes: readonly ChangedFile[],
) {
  return {
    changeCounts: countChanges(changes),
    changes: changes.map(({ path, change, before, after }) => ({
      item: {
        objectId: (after ?? before)?.oid,
        ...(before && after && { originalObjectId: before.oid }),
        gitObjectType: 'blob',
        commitId: commit,
        path: `/${path}`,
        url: `${repositoryUrl(organization, repository)}/items/${path}?versionType=Commit&version=${commit}`,
      },
      changeType: change,
    })),
  };
}
