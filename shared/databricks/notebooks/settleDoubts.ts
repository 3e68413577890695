import { readFile } from 'node:fs/promises';
import type { WorkspaceApi } from '../api/workspace';
import { archiveNotebooks } from './archiveNotebooks';
import { holdsWhatWasSent } from './holdsWhatWasSent';
import { inParallel } from '../../inParallel';
import { type Listing, listTree, partsOf, recordedObjects, type Seen } from './listTarget';
import type { Manifest } from './manifest';
import { typeOf } from './plan';
import type { SourceItem } from './scanSource';
import { below, foldersAbove } from './workspaceFolder';

/**
 * Adapts what is recorded to what is there: objects that an interrupted import surely made, because they are exactly
 * what it meant to make, count as imported; and an archive that the source now has unpacked counts as its parts.
 */
export async function settleDoubts(
  api: WorkspaceApi,
  target: string,
  source: readonly SourceItem[],
  manifest: Manifest,
  listing: Listing,
  atOnce: number,
): Promise<Manifest> {
  const items = new Map(manifest.items);
  const pending = new Map(manifest.pending);
  const folders = new Set(manifest.folders);

  const wanted = new Map(source.map((item) => [item.path, item]));
  await inParallel(manifest.pending, atOnce, async ([path, item]) => {
    const seen = listing.get(path);
    const replacement = wanted.get(path);
    if (!seen) return;
    if (item.kind === 'archive') {
      if (replacement?.sha256 !== item.sha256 || !seen.isFolder) return;
      for (const [part, partSeen] of await listTree(api, target, path)) listing.set(part, partSeen);
      if (!isFreshFrom(await readFile(replacement.file), path, listing)) return;
    } else {
      const willBeOverwritten = replacement && seen.type === typeOf(replacement.kind);
      if (willBeOverwritten || seen.type !== typeOf(item.kind)) return;
      if (!(await holdsWhatWasSent(api, below(target, path), item))) return;
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

/** Whether a folder holds the notebooks of an archive, all of them and nothing else, as they were when they were made. */
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
