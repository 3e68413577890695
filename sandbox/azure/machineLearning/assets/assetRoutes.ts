import { randomUUID } from 'node:crypto';
import { pageOf } from '../../pages';
import { type ArmReply, type ArmRequest, ok } from '../../router';
import { type Json, objectAt, textAt } from '../json';
import { assetNotFound, requestInvalid } from '../mlError';
import { bodyOf, type MlRouter } from '../mlRouter';
import { partsOf } from '../workspace';
import { checkUnchanged, readAsset } from './assetBodies';
import type { AssetKind, AssetVersion } from './assetStore';

export interface Pages {
  readonly url: string;
  readonly pageSize: number;
}

/** How errors name assets. */
export const wordOf: Readonly<Record<AssetKind, string>> = {
  models: 'Model',
  environments: 'Environment',
  codes: 'Code',
};

/** Models, environments and code of workspaces: put, get, list, delete; uploads of code. */
export function addAssetRoutes(routes: MlRouter, pages: Pages): void {
  for (const kind of ['models', 'environments', 'codes'] as const) addRoutesOf(kind, routes, pages);
  addPendingUpload(routes);
}

function addRoutesOf(kind: AssetKind, routes: MlRouter, pages: Pages): void {
  const { ml } = routes;
  const container = `/${kind}/{name}`;
  const one = `${container}/versions/{version}`;
  const describe = (asset: AssetVersion): object => describeAsset(asset, ml.settings.replicatesModels);

  routes.add(['GET', `/${kind}`, `${kind}/read`], (workspace, request) => {
    const names = [...new Set(ml.assets.list(workspace.id, kind).map(({ name }) => name))];
    const all = names.map((name) => describeContainer(ml.assets.list(workspace.id, kind, name)));
    return ok(pageOf(all, request, pages));
  });
  routes.add(['GET', container, `${kind}/read`], (workspace, { parameters: { name = '' } }) => {
    const versions = ml.assets.list(workspace.id, kind, name);
    if (versions.length === 0) throw containerNotFound(kind, name, workspace.location);
    return ok(describeContainer(versions));
  });
  routes.add(['GET', `${container}/versions`, `${kind}/versions/read`], (workspace, request) => {
    const { name = '' } = request.parameters;
    const versions = ml.assets.list(workspace.id, kind, name);
    // Clients look for code by its hash under a new name, and expect to find none.
    if (versions.length === 0 && kind !== 'codes') throw containerNotFound(kind, name, workspace.location);
    return ok(pageOf(chosen(versions, request).map(describe), request, pages));
  });
  routes.add(['GET', one, `${kind}/versions/read`], (workspace, { parameters: { name = '', version = '' } }) => {
    const asset = ml.assets.get(workspace.id, kind, name, version);
    if (!asset) throw versionNotFound(kind, { name, version }, workspace.location);
    return ok(describe(asset));
  });
  routes.add(['PUT', one, `${kind}/versions/write`], (workspace, request): ArmReply => {
    const { name = '', version = '' } = request.parameters;
    const { location, id: scopeId } = workspace;
    const wanted = readAsset(kind, bodyOf(request, location), location);
    const now = ml.clocks.clock.now();
    const known = ml.assets.get(scopeId, kind, name, version);
    if (known) {
      checkUnchanged(kind, { name, version, known: known.properties, wanted }, location);
      Object.assign(known, { properties: wanted, modifiedAt: now });
      return { status: kind === 'environments' ? 201 : 200, body: describe(known) };
    }
    const id = `${scopeId}/${kind}/${name}/versions/${version}`;
    const asset = { kind, scopeId, name, version, id, properties: wanted, createdAt: now, modifiedAt: now };
    ml.assets.add(asset);
    return { status: 201, body: describe(asset) };
  });
  routes.add(['DELETE', one, `${kind}/versions/delete`], (workspace, { parameters: { name = '', version = '' } }) => {
    const asset = ml.assets.get(workspace.id, kind, name, version);
    if (!asset) return { status: 204 };
    ml.assets.delete(asset);
    return { status: 200 };
  });
}

/** A new place for the files of code, with a signature that lets them in; a new signature each time. */
function addPendingUpload(routes: MlRouter): void {
  const { ml } = routes;
  const path = '/codes/{name}/versions/{version}/startPendingUpload';
  routes.add(['POST', path, 'codes/versions/write'], (workspace, request) => {
    const { location } = workspace;
    const type = textAt(bodyOf(request, location), 'pendingUploadType');
    if (type !== 'TemporaryBlobReference') {
      throw requestInvalid(location, `PendingUploadType: '${type ?? ''}' is not TemporaryBlobReference.`);
    }
    const { account, accountId } = partsOf(workspace);
    const pendingUploadId = randomUUID();
    const container = `${pendingUploadId.slice(0, 8)}-${randomUUID()}`;
    ml.blobs.store.addContainer(account, container);
    const signature = ml.blobs.sharedAccess.grant({
      account,
      container,
      permissions: 'racwl',
      expiresAt: ml.clocks.tokenClock.now() + 24 * 3_600_000,
      isUserDelegation: ml.blobs.withoutKeys.has(account),
    });
    const blobUri = `${ml.settings.protocol}://${account}.blob.core.windows.net/${container}`;
    return ok({
      pendingUploadId,
      pendingUploadType: 'TemporaryBlobReference',
      blobReferenceForConsumption: {
        blobUri,
        storageAccountArmId: accountId,
        credential: { credentialType: 'SAS', sasUri: `${blobUri}?${signature}` },
      },
    });
  });
}

/** The versions that a list asks for, in its order. */
export function chosen(versions: readonly AssetVersion[], { query }: ArmRequest): readonly AssetVersion[] {
  const [hash, tags] = [query.get('hash'), query.get('tags')];
  const fits = (asset: AssetVersion): boolean =>
    (hash === null || textAt(objectAt(asset.properties, 'properties'), 'hash_sha256') === hash) &&
    (tags === null || tags.split(',').every((tag) => hasTag(objectAt(asset.properties, 'tags'), tag)));
  // The newest come first, whatever the letters of the order are.
  const isAscending = /^createdtime asc$/i.test(query.get('$orderBy') ?? '');
  const found = versions.filter(fits);
  const ordered = isAscending ? found : [...found].reverse();
  const skip = Number(query.get('$skip') ?? 0);
  return ordered.slice(skip, skip + Number(query.get('$top') ?? Infinity));
}

function hasTag(tags: Json, wanted: string): boolean {
  const [name = '', value] = wanted.split('=');
  return name in tags && (value === undefined || tags[name] === value);
}

export function describeAsset(asset: AssetVersion, isReplicated = false): object {
  const { id, kind, version, properties } = asset;
  return {
    id,
    name: version,
    type: `Microsoft.MachineLearningServices/workspaces/${kind}/versions`,
    properties: {
      ...properties,
      ...(kind !== 'codes' && { provisioningState: 'Succeeded' }),
      ...(kind === 'environments' && { environmentType: 'UserCreated' }),
      ...(kind === 'models' && isReplicated && { modelUri: replicated(textAt(properties, 'modelUri') ?? '', id) }),
    },
    systemData: {
      createdAt: new Date(asset.createdAt).toISOString(),
      createdByType: 'Application',
      lastModifiedAt: new Date(asset.modifiedAt).toISOString(),
    },
  };
}

/** The place of a copy, as the service names it after a while: also in other letters. */
function replicated(uri: string, id: string): string {
  const guid = Buffer.from(id).toString('hex').slice(-32);
  return uri
    .replace('/resourcegroups/', '/resourceGroups/')
    .replace('/paths/', `/paths/ServiceReplicated/${guid}/LocalUpload/`);
}

export function describeContainer(versions: readonly AssetVersion[]): object {
  const last = versions.at(-1);
  const numbers = versions.map(({ version }) => Number(version)).filter((number) => Number.isInteger(number));
  return {
    id: `${last?.scopeId ?? ''}/${last?.kind ?? ''}/${last?.name ?? ''}`,
    name: last?.name,
    type: `Microsoft.MachineLearningServices/workspaces/${last?.kind ?? ''}`,
    properties: {
      description: null,
      tags: {},
      properties: {},
      isArchived: false,
      latestVersion: last?.version,
      nextVersion: String(Math.max(0, ...numbers) + 1),
    },
  };
}

export const containerNotFound = (kind: AssetKind, name: string, location: string) =>
  assetNotFound(location, `${wordOf[kind]}NotFound`, `${wordOf[kind]} container with name: ${name} not found.`);

export const versionNotFound = (
  kind: AssetKind,
  { name, version }: { readonly name: string; readonly version: string },
  location: string,
) =>
  assetNotFound(
    location,
    `${wordOf[kind]}NotFound`,
    `${wordOf[kind]} with name: ${name} and version: ${version} not found.`,
  );
