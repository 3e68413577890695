import { TaskError } from '../../errors';
import { groupBy } from '../../groupBy';
import { readListed } from '../../files/sourceFile';
import { archiveNotebooks } from './archiveNotebooks';
import { compareContent } from './confirmChanges';
import { inParallel } from '../../inParallel';
import {
  addContents,
  addToListing,
  type Listing,
  listTree,
  partsOf,
  recordedObjects,
  type Seen,
  type Target,
} from './listTarget';
import type { Manifest } from './manifest';
import { mayBe } from './plan';
import type { SourceItem } from './scanSource';
import { below, folderOf, foldersAbove } from './workspaceFolder';

/**
 * Corrects the manifest by what exists: objects that are exactly what an interrupted import was about to create are
 * recorded as imported; an archive that the source now has as separate files is recorded as its parts. Reads the content
 * of recorded objects that are listed without a time.
 */
export async function settleDoubts(
  target: Target,
  source: readonly SourceItem[],
  manifest: Manifest,
  listing: Listing,
): Promise<Manifest> {
  const items = new Map(manifest.items);
  const pending = new Map(manifest.pending);
  const folders = new Set(manifest.folders);

  const recorded = [...items].flatMap(([path]) => [...partsOf(path, listing)].map(([part]) => part));
  await addContents(target, listing, recorded);

  const wanted = new Map(source.map((item) => [item.path, item]));
  await inParallel(manifest.pending, target.atOnce, async ([path, item]) => {
    const seen = listing.get(path);
    const replacement = wanted.get(path);
    if (!seen) return;
    if (item.kind === 'archive') {
      if (replacement?.sha256 !== item.sha256 || !seen.isFolder) return;
      for (const [part, partSeen] of await listTree(target, path)) listing.set(part, partSeen);
      if (!isFreshFrom(readListed(replacement.file, replacement.size), path, listing)) return;
    } else {
      const willBeOverwritten = replacement && mayBe(replacement.kind, seen.type);
      if (willBeOverwritten || !mayBe(item.kind, seen.type)) return;
      if ((await compareContent(target.api, below(target.folder, path), item, seen.type)) !== 'same') return;
      await addContents(target, listing, [path]);
    }
    items.set(path, { kind: item.kind, sha256: item.sha256, objects: recordedObjects(path, listing) });
    pending.delete(path);
  });

  for (const path of new Set(source.flatMap((item) => foldersAbove(item.path)))) {
    const archive = items.get(path);
    if (archive?.kind !== 'archive') continue;
    items.delete(path);
    for (const [part, object] of archive.objects) {
      const partPath = part === '' ? path : `${path}/${part}`;
      if (object.modifiedAt === undefined) folders.add(partPath);
      else items.set(partPath, { kind: 'notebook', sha256: '', objects: new Map([['', object]]) });
    }
  }
  return { ...manifest, items, pending, folders };
}

/**
 * Looks again at the folders that are listed as empty although the manifest has items in them. `{}` is how the workspace
 * lists an empty folder, and what something else may answer, too: the items would be forgotten, and a mirror would
 * never delete them. What somebody has deleted is absent by its status as well. Throws a TaskError when an item exists by
 * its status that the list of its folder still does not show.
 */
export async function refuseEmptied(target: Target, { items, pending }: Manifest, listing: Listing): Promise<void> {
  const { api, folder: top, atOnce } = target;
  const full = new Set([...listing.keys()].map(folderOf));
  for (const [folder, paths] of groupBy(new Set([...items.keys(), ...pending.keys()]), folderOf)) {
    if (full.has(folder) || !listing.get(folder)?.isFolder) continue;
    addToListing(listing, folder, (await api.list(below(top, folder))) ?? []);
    if (paths.some((path) => listing.has(path))) continue;
    await inParallel(paths, atOnce, async (path) => {
      if (!(await api.status(below(top, path)))) return;
      throw new TaskError(
        `Could not import to ${top}, and nothing was changed: Databricks lists the folder ${below(top, folder)} as empty, but ${below(top, path)} exists. ` +
          'Check that this identity may view everything in the folder, and run again.',
      );
    });
  }
}

/** Whether a folder has the notebooks of an archive, all of them and nothing else, unedited since they were created. */
function isFreshFrom(archive: Buffer, path: string, listing: Listing): boolean {
  const expected = archiveNotebooks(archive);
  const objects = [...partsOf(path, listing)].filter(([, { isFolder }]) => !isFolder);
  return (
    objects.length === expected?.size &&
    objects.every(([part, seen]) => expected.has(part.slice(path.length + 1)) && isUnedited(seen))
  );
}

function isUnedited({ type, createdAt, modifiedAt }: Seen): boolean {
  return type === 'NOTEBOOK' && createdAt !== undefined && createdAt === modifiedAt;
}
