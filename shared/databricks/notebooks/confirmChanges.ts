import type { Context } from '../../agent/context';
import type { WorkspaceObject } from '../api/workspace';
import { groupBy } from '../../groupBy';
import { inParallel } from '../../inParallel';
import { canonicalSource } from './detectKind';
import type { FolderStore } from './holder';
import {
  addContents,
  addToListing,
  type Listing,
  listTree,
  partsOf,
  readContent,
  recordedObjects,
  type Target,
} from './listTarget';
import type { PendingItem, RecordedItem } from './manifest';
import { mayBe, type Send } from './plan';
import { sha256 } from './scanSource';
import { below, folderOf } from './workspaceFolder';

/** The workspace may show a change late: it is read again after each of these waits, in milliseconds. */
export const waits = [0, 250, 500, 1000, 2000, 4000];

export interface Arrival {
  readonly send: Send;
  /** What to compare with from now on. Undefined when that is not known: then it is sent again next time. */
  readonly item?: RecordedItem;
  /** Why it failed. */
  readonly problem?: string;
}

/** Reads back what was sent to one folder. */
export async function confirmSends(
  target: Target,
  folder: string,
  sends: readonly Send[],
  context: Context,
): Promise<readonly Arrival[]> {
  const { clock, signal } = context;
  const arrivals: Arrival[] = [];
  let open = sends;
  let found: Listing = new Map();
  for (const wait of waits) {
    if (open.length === 0) return arrivals;
    if (wait > 0) await clock.sleep(wait, signal);
    found = await look(target, folder, open);
    const late: Send[] = [];
    for (const send of open) {
      if (isThere(send, found) && !isUntouched(send, found))
        arrivals.push({ send, item: await recorded(target, send, found) });
      else late.push(send);
    }
    open = late;
  }
  for (const send of open) arrivals.push(await judge(target, send, found, context));
  return arrivals;
}

async function look(target: Target, folder: string, sends: readonly Send[]): Promise<Listing> {
  const found: Listing = new Map();
  addToListing(found, folder, (await target.api.list(below(target.folder, folder))) ?? []);
  for (const { item } of sends)
    if (item.kind === 'archive' && found.get(item.path)?.isFolder)
      for (const [path, seen] of await listTree(target, item.path)) found.set(path, seen);
  return found;
}

function isThere({ item: { kind, path } }: Send, found: Listing): boolean {
  const seen = found.get(path);
  if (!seen) return false;
  return kind === 'archive' ? seen.isFolder || mayBe('notebook', seen.type) : mayBe(kind, seen.type);
}

/** Whether what was there before is still there, neither overwritten nor deleted. */
function isUntouched({ item, before, removal }: Send, found: Listing): boolean {
  if (removal) return [...removal.objects].some(([path, { objectId }]) => found.get(path)?.objectId === objectId);
  const seen = found.get(item.path);
  if (seen?.modifiedAt === undefined) return false;
  return seen.objectId === before?.objectId && seen.modifiedAt === before.modifiedAt;
}

/** What was sent, as whatever the workspace made of it. */
async function recorded(target: Target, { item }: Send, found: Listing): Promise<RecordedItem> {
  const { kind, path, sha256 } = item;
  await addContents(
    target,
    found,
    [...partsOf(path, found)].map(([part]) => part),
  );
  return { kind, sha256, objects: recordedObjects(path, found) };
}

/**
 * Judges what is still not as expected after the last wait. Overwriting with the same content may change nothing, so an
 * object that looks untouched failed only if its content is certainly another.
 */
async function judge(target: Target, send: Send, found: Listing, { agent }: Context): Promise<Arrival> {
  const { item, removal, replacesOther = false } = send;
  const { path, kind, sourcePath } = item;
  const place = below(target.folder, path);
  const type = found.get(path)?.type;
  const failed = (what: string): Arrival => ({
    send,
    problem: `Databricks accepted ${sourcePath}, but ${what} at ${place}. Run again; if it happens again, check that folder.`,
  });
  if (type === undefined) return failed('nothing exists');
  if (!isThere(send, found)) return failed(`there is a ${type.toLowerCase()}, not a ${kind}`);
  if (removal) return failed('what it replaces is still');
  const content = await compareContent(target.api, place, item, type);
  if (content === 'same') return { send, item: await recorded(target, send, found) };
  if (content === 'different' || replacesOther) return failed('the earlier content is still');
  agent.warning(`${place}: Databricks does not show whether it was overwritten. It is imported again next time.`);
  return { send };
}

/**
 * Whether an object of that type has exactly the content that was sent. Unknown where it cannot be exported, or is
 * exported in another form than it was sent in, such as a Jupyter notebook.
 */
export async function compareContent(
  api: FolderStore,
  path: string,
  { kind, sha256: sent, canonicalSha256 }: PendingItem,
  type: string,
): Promise<'same' | 'different' | 'unknown'> {
  if (kind === 'archive') return 'unknown';
  const content = await readContent(api, path);
  if (!content) return 'unknown';
  if (sha256(content) === sent) return 'same';
  if (kind === 'file') return type === 'FILE' ? 'different' : 'unknown';
  if (canonicalSha256 === undefined) return 'unknown';
  return sha256(canonicalSource(Buffer.from(content).toString('utf8'))) === canonicalSha256 ? 'same' : 'different';
}

/**
 * Lists the folders of what was deleted, each once, and resolves with the paths that still have the object they had
 * before. An object that somebody has created there since is not one of them.
 */
export async function confirmDeletions(
  target: Target,
  before: Listing,
  paths: Iterable<string>,
  { clock, signal }: Context,
): Promise<readonly string[]> {
  let open = [...paths];
  for (const wait of waits) {
    if (open.length === 0) break;
    if (wait > 0) await clock.sleep(wait, signal);
    const found: Listing = new Map();
    await inParallel(groupBy(open, folderOf), target.atOnce, async ([folder, deleted]) => {
      const objects = await target.api.list(below(target.folder, folder));
      addToListing(found, folder, objects ?? []);
      // `{}` is how an empty folder is listed, and the least that anything else answers.
      if (objects?.length === 0) for (const path of deleted) addToListing(found, folder, await statusOf(target, path));
    });
    open = open.filter((path) => found.has(path) && found.get(path)?.objectId === before.get(path)?.objectId);
  }
  return open;
}

async function statusOf({ api, folder }: Target, path: string): Promise<readonly WorkspaceObject[]> {
  const object = await api.status(below(folder, path));
  return object ? [object] : [];
}
