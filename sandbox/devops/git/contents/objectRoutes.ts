import { type DevopsRequest, ok, type Reply } from '../../rest/route';
import type { Router } from '../../rest/router';
import type { ObjectType } from '../objects/objectStore';
import { folderMode } from '../objects/tree';
import type { Repository } from '../repositories/repository';
import { contentFormat } from './contentFormat';
import { objectNotFound } from '../rest/errors';
import { gitLocation } from '../rest/gitLocation';
import { typeOfMode } from './itemRoutes';
import { repositoryOf } from '../rest/repositoryAccess';
import { repositoryUrl } from '../rest/views';

/** `blobs` and `trees`, by the ids of objects. */
export function addObjectRoutes(router: Router): void {
  const path = 'repositories/{repositoryId}/{resource}/{sha1}';
  router.add({
    location: gitLocation('7b28e929-2c99-405d-9c5c-6167a06e6816', 'blobs', path),
    isProjectOptional: true,
    handlers: { GET: readBlob },
    scopes: { GET: 'vso.code' },
  });
  router.add({
    location: gitLocation('729f6437-6f92-44ec-8bee-273a7111063c', 'trees', path),
    isProjectOptional: true,
    handlers: { GET: readTree },
    scopes: { GET: 'vso.code' },
  });
}

function idOf({ parameters }: DevopsRequest, { objects, name }: Repository, type: ObjectType): string {
  const id = (parameters['sha1'] ?? '').toLowerCase();
  if (!objects.isA(type, id)) throw objectNotFound(id, name);
  return id;
}

function readBlob(request: DevopsRequest): Reply {
  const repository = repositoryOf(request);
  const objectId = idOf(request, repository, 'blob');
  const content = repository.objects.readBlob(objectId);
  const format = contentFormat(request);
  if (format !== 'json')
    return {
      status: 200,
      raw: { contentType: format === 'text' ? 'text/plain' : 'application/octet-stream', bytes: content },
    };
  const base = repositoryUrl(request.organization, repository);
  const url = `${base}/blobs/${objectId}`;
  return ok({
    objectId,
    size: content.length,
    url,
    _links: { self: { href: url }, repository: { href: base } },
  });
}

function readTree(request: DevopsRequest): Reply {
  const repository = repositoryOf(request);
  const objectId = idOf(request, repository, 'tree');
  const base = repositoryUrl(request.organization, repository);
  const isRecursive = request.query.get('recursive')?.toLowerCase() === 'true';
  const url = `${base}/trees/${objectId}`;
  return ok({
    objectId,
    url,
    treeEntries: entries(repository, objectId, '', isRecursive).map(({ mode, oid, path, size }) => ({
      objectId: oid,
      relativePath: path,
      mode,
      gitObjectType: typeOfMode(mode),
      url: `${base}/${mode === folderMode ? 'trees' : 'blobs'}/${oid}`,
      size,
    })),
    size: repository.objects.read(objectId).content.length,
    _links: { self: { href: url }, repository: { href: base } },
  });
}

function entries(
  repository: Repository,
  tree: string,
  folder: string,
  isRecursive: boolean,
): { readonly mode: string; readonly oid: string; readonly path: string; readonly size: number }[] {
  const { objects } = repository;
  return objects.readTree(tree).flatMap(({ mode, name, oid }) => {
    const path = `${folder}${name}`;
    const entry = { mode, oid, path, size: objects.find(oid)?.content.length ?? 0 };
    const isOpened = isRecursive && mode === folderMode;
    return isOpened ? [entry, ...entries(repository, oid, `${path}/`, true)] : [entry];
  });
}
