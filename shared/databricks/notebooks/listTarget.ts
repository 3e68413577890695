import { isFinalRefusal } from '../../http/errors';
import type { WorkspaceObject } from '../api/workspace';
import type { FolderStore, Holder } from './holder';
import { groupBy } from '../../groupBy';
import { inParallel } from '../../inParallel';
import type { Recorded } from './manifest';
import { sha256 } from './scanSource';
import { below, folderOf } from './workspaceFolder';

/** A folder to import to. */
export interface Target {
  readonly holder: Holder;
  readonly api: FolderStore;
  /** Its path, in its normal form. */
  readonly folder: string;
  /** How many requests may be in flight. */
  readonly atOnce: number;
}

/** One object of the workspace as it was when it was listed. */
export interface Seen {
  readonly isFolder: boolean;
  /** `NOTEBOOK`, `FILE`, `DIRECTORY` and others, which may be newer than this task. */
  readonly type: string;
  readonly objectId: string;
  readonly createdAt: number | undefined;
  readonly modifiedAt: number | undefined;
  /** Of what the workspace exports, where it was read because the object has no time. */
  readonly contentSha256?: string;
}

/** What is in the workspace, by path relative to the target folder. */
export type Listing = Map<string, Seen>;

/** Adds the objects of a folder to a listing. */
export function addToListing(listing: Listing, folder: string, objects: readonly WorkspaceObject[]): void {
  for (const {
    path,
    object_type: type,
    object_id: objectId,
    created_at: createdAt,
    modified_at: modifiedAt,
  } of objects) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const isFolder = type === 'DIRECTORY' || type === 'REPO';
    const seen = { isFolder, type, objectId, createdAt, modifiedAt };
    listing.set(folder === '' ? name : `${folder}/${name}`, seen);
  }
}

/**
 * Adds the contents of these folders of the target to its listing: of each once, and only when it exists. What has been
 * listed already is left out.
 */
export async function listFolders(
  { api, folder: target, atOnce }: Target,
  listing: Listing,
  folders: ReadonlySet<string>,
  listed: ReadonlySet<string> = new Set(),
): Promise<void> {
  const children = groupBy(folders, folderOf);
  for (let level = ['']; level.length > 0;) {
    const next = level.flatMap((folder) => children.get(folder) ?? []).filter((path) => listing.get(path)?.isFolder);
    const open = next.filter((folder) => !listed.has(folder));
    await inParallel(open, atOnce, async (folder) =>
      addToListing(listing, folder, (await api.list(below(target, folder))) ?? []),
    );
    level = next;
  }
}

/** Lists everything below a folder. */
export async function listTree({ api, folder: target }: Target, folder: string): Promise<Listing> {
  const listing: Listing = new Map();
  for (const level = [folder]; level.length > 0;) {
    const at = level.pop() ?? folder;
    const found: Listing = new Map();
    addToListing(found, at, (await api.list(below(target, at))) ?? []);
    for (const [path, seen] of found) {
      listing.set(path, seen);
      if (seen.isFolder) level.push(path);
    }
  }
  return listing;
}

/**
 * Reads what these objects hold if the workspace lists them without a time, as it does dashboards, so that edits are
 * noticed nevertheless. An object that cannot be exported stays without a hash.
 */
export async function addContents(target: Target, listing: Listing, paths: readonly string[]): Promise<void> {
  await inParallel(paths, target.atOnce, async (path) => {
    const seen = listing.get(path);
    if (!seen || seen.isFolder || seen.modifiedAt !== undefined) return;
    const content = await readContent(target.api, below(target.folder, path));
    if (content) listing.set(path, { ...seen, contentSha256: sha256(content) });
  });
}

/** The content of an object as the workspace exports it. Undefined where it exports none: not more than 10 MB, and not every type. */
export async function readContent(api: FolderStore, path: string): Promise<Uint8Array | undefined> {
  try {
    return await api.export(path);
  } catch (error) {
    if (isFinalRefusal(error)) return undefined;
    throw error;
  }
}

/** What is listed at a path and below. */
export function* partsOf(path: string, listing: Listing): Generator<[string, Seen]> {
  const seen = listing.get(path);
  if (!seen) return;
  yield [path, seen];
  if (!seen.isFolder) return;
  for (const entry of listing) if (entry[0].startsWith(`${path}/`)) yield entry;
}

/** The same, as the manifest has it. */
export function recordedObjects(path: string, listing: Listing): ReadonlyMap<string, Recorded> {
  const parts = [...partsOf(path, listing)].map(
    ([part, { objectId, modifiedAt, contentSha256 }]): [string, Recorded] => [
      part.slice(path.length + 1),
      {
        objectId,
        ...(modifiedAt !== undefined && { modifiedAt }),
        ...(contentSha256 !== undefined && { contentSha256 }),
      },
    ],
  );
  return new Map(parts);
}
