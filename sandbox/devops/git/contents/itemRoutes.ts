import { argumentInvalid } from '../../organizationError';
import type { OrganizationState } from '../../organizationState';
import { isObject, listAt, objectIn, textAt, valueAt } from '../../rest/requestBody';
import { type DevopsRequest, listOf, ok, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import { entryAt } from '../objects/files';
import { folderMode, submoduleMode, type TreeEntry } from '../objects/tree';
import type { Repository } from '../repositories/repository';
import { contentFormat } from './contentFormat';
import { enumValue } from '../rest/enumValue';
import { itemNotFound } from '../rest/errors';
import { gitLocation } from '../rest/gitLocation';
import { repositoryOf } from '../rest/repositoryAccess';
import { type ResolvedVersion, resolveVersion, versionIn } from './version';
import { repositoryUrl } from '../rest/views';

/** `items`, the files and folders of a version. */
export function addItemRoutes(router: Router): void {
  router.add({
    location: gitLocation(
      'fb93c0db-47ed-4a31-8c20-47552878fb44',
      'items',
      'repositories/{repositoryId}/{resource}/{*path}',
    ),
    isProjectOptional: true,
    handlers: { GET: read },
    scopes: { GET: 'vso.code' },
  });
  router.add({
    location: gitLocation(
      '630fd2e4-fb88-4f85-ad21-13f3fd1fbca9',
      'itemsBatch',
      'repositories/{repositoryId}/{resource}',
    ),
    isProjectOptional: true,
    handlers: { POST: readBatch },
    scopes: { POST: 'vso.code' },
  });
}

interface Item extends TreeEntry {
  /** Begins with a slash. */
  readonly path: string;
}

const recursions = { none: 0, oneLevel: 1, oneLevelPlusNestedEmptyFolders: 4, full: 120 };

type Recursion = keyof typeof recursions;

function read(request: DevopsRequest): Reply {
  const { organization, query, parameters } = request;
  const repository = repositoryOf(request);
  const version = resolveVersion(repository, versionIn(query));
  const path = query.get('path') ?? parameters['path'];
  const scopePath = query.get('scopePath');
  if (path === undefined && scopePath === null && !query.has('recursionLevel'))
    throw argumentInvalid('path', 'Either a path or a scopePath is needed.');
  const showsMetadata = query.get('includeContentMetadata')?.toLowerCase() === 'true';
  const view = (item: Item) => itemView(organization, repository, version, item, showsMetadata);
  if (path === undefined) {
    const recursion = enumValue(recursions, query.get('recursionLevel') ?? 'none') ?? 'none';
    return listOf(itemsAt(repository, version, scopePath ?? '/', recursion).map(view));
  }
  const item = itemAt(repository, version, path);
  const format = contentFormat(request);
  if (item.mode === folderMode || format === 'json') {
    const includesContent = query.get('includeContent')?.toLowerCase() === 'true' && item.mode !== folderMode;
    const content = includesContent && { content: repository.objects.readBlob(item.oid).toString('utf8') };
    return ok({ ...itemView(organization, repository, version, item, true), ...content });
  }
  if (format === 'zip') throw argumentInvalid('$format', 'The sandbox makes no zip archives.');
  const contentType = format === 'text' ? 'text/plain' : 'application/octet-stream';
  return { status: 200, raw: { contentType, bytes: repository.objects.readBlob(item.oid) } };
}

function readBatch(request: DevopsRequest): Reply {
  const { organization } = request;
  const repository = repositoryOf(request);
  const descriptors = listAt(objectIn(request.body, 'requestData'), 'itemDescriptors').filter(isObject);
  return listOf(
    descriptors.map((descriptor) => {
      const version = resolveVersion(repository, {
        version: textAt(descriptor, 'version'),
        versionType: textAt(descriptor, 'versionType'),
      });
      const recursion = enumValue(recursions, valueAt(descriptor, 'recursionLevel')) ?? 'none';
      return itemsAt(repository, version, textAt(descriptor, 'path') ?? '/', recursion).map((item) =>
        itemView(organization, repository, version, item, false),
      );
    }),
  );
}

/** @throws OrganizationError TF401174 */
function itemAt(repository: Repository, version: ResolvedVersion, path: string): Item {
  const { objects, name } = repository;
  const entry = entryAt(objects, objects.readCommit(version.commit).tree, path);
  if (!entry) throw itemNotFound(path, name, version.text, version.commit);
  return { ...entry, path: `/${path.split('/').filter(Boolean).join('/')}` };
}

/** An item and, by the recursion, what is in it; folders before what is in them. */
function itemsAt(repository: Repository, version: ResolvedVersion, path: string, recursion: Recursion): Item[] {
  const start = itemAt(repository, version, path);
  return recursion === 'none' ? [start] : [start, ...contents(repository, start, recursion === 'full')];
}

function contents(repository: Repository, folder: Item, isDeep: boolean): Item[] {
  if (folder.mode !== folderMode) return [];
  return repository.objects.readTree(folder.oid).flatMap((entry) => {
    const item = { ...entry, path: `${folder.path === '/' ? '' : folder.path}/${entry.name}` };
    return isDeep ? [item, ...contents(repository, item, true)] : [item];
  });
}

export const typeOfMode = (mode: string) => (mode === folderMode ? 'tree' : mode === submoduleMode ? 'commit' : 'blob');

function itemView(
  organization: OrganizationState,
  repository: Repository,
  { commit }: ResolvedVersion,
  { path, oid, mode, name }: Item,
  showsMetadata: boolean,
) {
  const query = `versionType=Commit&version=${commit}&versionOptions=None`;
  const encoded = path.split('/').filter(Boolean).map(encodeURIComponent).join('/');
  const isFolder = mode === folderMode;
  return {
    objectId: oid,
    gitObjectType: typeOfMode(mode),
    commitId: commit,
    path,
    ...(isFolder && { isFolder }),
    ...(mode === '120000' && { isSymLink: true }),
    ...(showsMetadata && { contentMetadata: { fileName: name, ...(!isFolder && metadata(repository, name, oid)) } }),
    url: `${repositoryUrl(organization, repository)}/items/${encoded}?${query}`,
  };
}

function metadata({ objects }: Repository, name: string, oid: string) {
  const isBinary = objects.find(oid)?.content.includes(0) ?? false;
  return {
    // 65001 is the code page of UTF-8, -1 means binary.
    encoding: isBinary ? -1 : 65_001,
    contentType: isBinary ? 'application/octet-stream' : 'text/plain',
    extension: name.includes('.') ? (name.split('.').at(-1) ?? '') : '',
  };
}
