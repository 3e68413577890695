import type { Context } from '../../agent/context';
import type { WorkspaceApi } from '../api/workspace';
import { canonicalSource } from './detectKind';
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
import { below } from './workspaceFolder';

/** The workspace may show a change late: it is read again after each of these waits, in milliseconds. */
const waits = [0, 250, 500, 1000, 2000, 4000];

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
  { clock, signal }: Context,
): Promise<readonly Arrival[]> {
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
  for (const send of open) arrivals.push(await judge(target, send, found));
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

/** Whether it is still as it was before it was overwritten. */
function isUntouched({ item, before, removal }: Send, found: Listing): boolean {
  const seen = found.get(item.path);
  if (!seen || removal || seen.modifiedAt === undefined) return false;
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

/** Judges what is still not as expected after the last wait. Overwriting with the same content may change nothing. */
async function judge(target: Target, send: Send, found: Listing): Promise<Arrival> {
  const { api, folder } = target;
  const { path, kind, sourcePath } = send.item;
  const place = below(folder, path);
  if (isThere(send, found))
    return (await holdsWhatWasSent(api, place, send.item))
      ? { send, item: await recorded(target, send, found) }
      : { send };
  const type = found.get(path)?.type;
  const what = type === undefined ? 'nothing exists' : `there is a ${type.toLowerCase()}, not a ${kind}`;
  return {
    send,
    problem: `Databricks accepted ${sourcePath}, but ${what} at ${place}. Run again; if it happens again, check that folder.`,
  };
}

/** Whether an object has exactly the content that was sent, as far as that can be proved. */
export async function holdsWhatWasSent(api: WorkspaceApi, path: string, sent: PendingItem): Promise<boolean> {
  if (sent.kind === 'archive') return false;
  const content = await readContent(api, path);
  if (!content) return false;
  if (sha256(content) === sent.sha256) return true;
  const source = sha256(canonicalSource(Buffer.from(content).toString('utf8')));
  return sent.kind === 'notebook' && source === sent.canonicalSha256;
}
