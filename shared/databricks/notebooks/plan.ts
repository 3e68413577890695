import type { Kind } from './detectKind';
import { groupBy } from '../../groupBy';
import type { Holder } from './holder';
import { type Listing, partsOf, type Seen } from './listTarget';
import type { Manifest, RecordedItem } from './manifest';
import type { SourceItem } from './scanSource';
import { folderOf, foldersAbove } from './workspaceFolder';

export type Mode = 'update' | 'mirror';

/** What is deleted for one path: objects first, then folders that are empty by then, the deepest first. */
export interface Removal {
  readonly path: string;
  /** By path, as they were when the deletion was planned. */
  readonly objects: ReadonlyMap<string, Seen>;
  readonly folders: readonly string[];
}

/** One item to import. */
export interface Send {
  readonly item: SourceItem;
  readonly change: 'added' | 'changed' | 'restored';
  /** A note for the plan and the summary. */
  readonly note?: string;
  /** What was there before, if anything. */
  readonly before?: Seen;
  /** What must be deleted first, because the service would not overwrite it. */
  readonly removal?: Removal;
  /** Whether it is certain that what was there before has another content. */
  readonly replacesOther?: boolean;
}

export interface Reason {
  readonly path: string;
  readonly reason: string;
}

/** What became of an import. */
export interface ImportOutcome {
  readonly plan: Plan;
  readonly imported: readonly Send[];
  readonly deleted: readonly string[];
  readonly failures: readonly Reason[];
  /** What ended the import early, such as a cancellation. */
  readonly stoppedBy?: Error;
}

/** What an import would do. */
export interface Plan {
  readonly sends: readonly Send[];
  readonly unchanged: readonly SourceItem[];
  /** Imported objects that have the path of a folder of the source. */
  readonly clearings: readonly Removal[];
  /** All folders to create, parents first. */
  readonly newFolders: readonly string[];
  readonly deletions: readonly Removal[];
  /** Folders that this task created and that are no longer needed, the deepest first. */
  readonly folderDeletions: readonly string[];
  /** What mirror mode would delete if it were certain that nobody edited it. */
  readonly kept: readonly Reason[];
  /** Items that cannot be imported, while the others can. */
  readonly refused: readonly Reason[];
  /** Why nothing is imported at all. */
  readonly conflicts: readonly Reason[];
}

/** Whether anything would be changed in the target. */
export function hasWork({ sends, deletions, folderDeletions, clearings }: Plan): boolean {
  return [sends, deletions, folderDeletions, clearings].some((list) => list.length > 0);
}

/** Compares the source with the target. Pure: it reads nothing. */
export function makePlan(
  items: readonly SourceItem[],
  manifest: Manifest,
  listing: Listing,
  { mode, noun }: { readonly mode: Mode; readonly noun: Holder['noun'] },
): Plan {
  const wanted = new Map(items.map((item) => [item.path, item]));
  const neededFolders = new Set(items.flatMap(({ path }) => foldersAbove(path)));
  const plan = {
    sends: [] as Send[],
    unchanged: [] as SourceItem[],
    clearings: [] as Removal[],
    newFolders: [] as string[],
    deletions: [] as Removal[],
    kept: [] as Reason[],
    refused: [] as Reason[],
    conflicts: [] as Reason[],
  };

  const blocked = new Map<string, Seen>();
  const blockerOf = (path: string): Reason[] =>
    foldersAbove(path).flatMap((folder) => {
      const seen = blocked.get(folder);
      return seen
        ? [{ path, reason: `The ${noun} has ${named(seen)} at ${folder}, where the source has a folder.` }]
        : [];
    });

  for (const path of neededFolders) {
    const seen = listing.get(path);
    if (seen?.isFolder || blockerOf(path).length > 0) continue;
    const recorded = manifest.items.get(path);
    const isOurs = recorded !== undefined && isWholly(recorded, path, listing);
    if (seen && !isOurs && !knownTypes.includes(seen.type)) {
      blocked.set(path, seen);
      continue;
    }
    plan.newFolders.push(path);
    if (!seen) continue;
    if (isOurs) plan.clearings.push(removalOf(path, listing));
    else
      plan.conflicts.push({
        path,
        reason: `The source has a folder there, but the ${noun} has ${named(seen)} ${foreign}`,
      });
  }

  for (const item of items) {
    const [reason] = blockerOf(item.path);
    if (reason) plan.refused.push(reason);
    else planItem(item, manifest, listing, plan, noun);
  }

  const cleared = new Set(plan.clearings.map(({ path }) => path));
  if (mode === 'mirror') {
    for (const path of new Set([...manifest.items.keys(), ...manifest.pending.keys()])) {
      if (wanted.has(path) || cleared.has(path) || !listing.has(path)) continue;
      const recorded = manifest.items.get(path);
      if (recorded && isWholly(recorded, path, listing)) plan.deletions.push(removalOf(path, listing));
      else plan.kept.push({ path, reason: reasonToKeep(path, manifest, listing, noun) });
    }
  }
  const folderDeletions = mode === 'mirror' ? emptied(manifest, listing, neededFolders, plan.deletions) : [];
  return { ...plan, folderDeletions };
}

const foreign = 'that this task did not import, or that was edited since. Move or delete it, or rename the source.';

function planItem(
  item: SourceItem,
  manifest: Manifest,
  listing: Listing,
  plan: { sends: Send[]; unchanged: SourceItem[]; refused: Reason[]; conflicts: Reason[] },
  noun: Holder['noun'],
): void {
  const { path } = item;
  const seen = listing.get(path);
  const recorded = manifest.items.get(path);
  const isPending = manifest.pending.has(path);
  const isSame = recorded?.sha256 === item.sha256 && recorded.kind === item.kind;

  if (!seen) {
    if (recorded && !isPending) plan.sends.push({ item, change: 'restored', note: `it was deleted in the ${noun}` });
    else plan.sends.push({ item, change: 'added' });
    return;
  }
  const isOurs = recorded !== undefined && isWholly(recorded, path, listing);
  const isUnedited = recorded !== undefined && !isEdited(recorded, path, listing);
  if (isUnedited && isSame && !isPending && isComplete(recorded, path, listing)) {
    plan.unchanged.push(item);
    return;
  }
  const change = recorded && isSame ? 'restored' : 'changed';
  const unconfirmed = 'an earlier import of it was not confirmed';
  if (item.kind === 'archive' || recorded?.kind === 'archive' || !mayBe(item.kind, seen.type)) {
    if (isOurs) {
      const note = isPending
        ? unconfirmed
        : isSame
          ? `parts of it were deleted in the ${noun}`
          : `replaces ${named(seen)}`;
      plan.sends.push({ item, change, note, before: seen, removal: removalOf(path, listing) });
    } else if (item.kind === 'archive' && (recorded?.kind === 'archive' || isPending)) {
      const why = isPending ? unconfirmed : 'something in it was added or edited there';
      plan.refused.push({
        path,
        reason: `An archive cannot overwrite, and ${why}. Delete it in the ${noun} and run again.`,
      });
    } else
      plan.conflicts.push({
        path,
        reason: `${item.sourcePath} becomes ${article(item.kind)}, but the ${noun} has ${named(seen)} ${foreign}`,
      });
    return;
  }
  if (isPending) plan.sends.push({ item, change: 'changed', note: unconfirmed, before: seen });
  else if (!recorded)
    plan.sends.push({ item, change: 'changed', note: 'it existed, and was not imported by this task', before: seen });
  else if (isUnedited) plan.sends.push({ item, change, before: seen, replacesOther: !isSame });
  else plan.sends.push({ item, change, note: `it was edited in the ${noun}`, before: seen });
}

/** Whether everything that exists now is certainly as it was recorded, so that nobody's work would be lost. */
function isWholly(recorded: RecordedItem, path: string, listing: Listing): boolean {
  return [...partsOf(path, listing)].every(([part, seen]) => comparison(recorded, path, part, seen) === 'same');
}

/** Whether something is not as it was recorded. */
function isEdited(recorded: RecordedItem, path: string, listing: Listing): boolean {
  return [...partsOf(path, listing)].some(([part, seen]) => comparison(recorded, path, part, seen) === 'different');
}

/** Unknown: it is the recorded object, but the ${noun} has neither a time nor an export of it. */
function comparison(recorded: RecordedItem, path: string, part: string, seen: Seen): 'same' | 'different' | 'unknown' {
  const known = recorded.objects.get(part.slice(path.length + 1));
  if (known?.objectId !== seen.objectId) return 'different';
  if (seen.isFolder) return 'same';
  if (seen.modifiedAt !== known.modifiedAt || seen.contentSha256 !== known.contentSha256) return 'different';
  return (seen.modifiedAt ?? seen.contentSha256) === undefined ? 'unknown' : 'same';
}

/** Whether everything that was recorded exists. */
function isComplete(recorded: RecordedItem, path: string, listing: Listing): boolean {
  return [...recorded.objects.keys()].every((part) => listing.has(part === '' ? path : `${path}/${part}`));
}

function removalOf(path: string, listing: Listing): Removal {
  const parts = [...partsOf(path, listing)];
  const [folders, objects] = [parts.filter(([, seen]) => seen.isFolder), parts.filter(([, seen]) => !seen.isFolder)];
  return { path, objects: new Map(objects), folders: deepestFirst(folders.map(([part]) => part)) };
}

/** The folders that this task created, that the source does not have, and that will be empty. */
function emptied(
  { folders }: Manifest,
  listing: Listing,
  needed: ReadonlySet<string>,
  deletions: readonly Removal[],
): readonly string[] {
  const going = new Set(deletions.flatMap(({ objects, folders }) => [...objects.keys(), ...folders]));
  const children = groupBy(listing.keys(), folderOf);
  const empty: string[] = [];
  for (const folder of deepestFirst([...folders])) {
    if (needed.has(folder) || !listing.get(folder)?.isFolder || going.has(folder)) continue;
    if (!(children.get(folder) ?? []).every((child) => going.has(child))) continue;
    going.add(folder);
    empty.push(folder);
  }
  return empty;
}

function reasonToKeep(path: string, manifest: Manifest, listing: Listing, noun: Holder['noun']): string {
  const recorded = manifest.items.get(path);
  if (recorded && !isEdited(recorded, path, listing))
    return `It is no longer in the source, but the ${noun} does not show whether somebody edited it. It is kept.`;
  if (!manifest.pending.has(path))
    return `It is no longer in the source, but somebody edited it in the ${noun}. It is kept.`;
  return 'It is no longer in the source, but an import of it was interrupted, and it cannot be proved that this task created it. It is kept.';
}

function deepestFirst(paths: readonly string[]): string[] {
  const depth = (path: string): number => path.split('/').length;
  return [...paths].sort((a, b) => depth(b) - depth(a));
}

const knownTypes: readonly string[] = ['NOTEBOOK', 'FILE', 'DIRECTORY', 'REPO', 'LIBRARY'];

/**
 * Whether an object with this type of the workspace can be what an import of this kind created. Databricks makes of some
 * files objects of types of their own (`DASHBOARD` of `x.lvdash.json`), and adds to them: only a known type can be wrong.
 */
export function mayBe(kind: Kind, type: string): boolean {
  return type === (kind === 'file' ? 'FILE' : 'NOTEBOOK') || !knownTypes.includes(type);
}

function named({ type }: Seen): string {
  return type === 'DIRECTORY' ? 'a folder' : `${/^[aeiou]/i.test(type) ? 'an' : 'a'} ${type.toLowerCase()}`;
}

function article(kind: Kind): string {
  return kind === 'archive' ? 'the folder of an archive' : `a ${kind}`;
}
