import { readFile } from 'node:fs/promises';
import { archiveNotebooks } from './archiveNotebooks';
import { holdsWhatWasSent } from './confirmSends';
import { inParallel } from '../../inParallel';
import { addContents, type Listing, listTree, partsOf, recordedObjects, type Seen, type Target } from './listTarget';
import type { Manifest } from './manifest';
import { mayBe } from './plan';
import type { SourceItem } from './scanSource';
import { below, foldersAbove } from './workspaceFolder';

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
      if (!isFreshFrom(await readFile(replacement.file), path, listing)) return;
    } else {
      const willBeOverwritten = replacement && mayBe(replacement.kind, seen.type);
      if (willBeOverwritten || !mayBe(item.kind, seen.type)) return;
      if (!(await holdsWhatWasSent(target.api, below(target.folder, path), item))) return;
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
