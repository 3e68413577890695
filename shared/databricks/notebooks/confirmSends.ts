import type { Clock } from '../../clock';
import type { WorkspaceApi } from '../api/workspace';
import { holdsWhatWasSent } from './holdsWhatWasSent';
import { addToListing, type Listing, listTree, partsOf, recordedObjects } from './listTarget';
import type { RecordedItem } from './manifest';
import { type Send, typeOf } from './plan';
import { below } from './workspaceFolder';

/** The workspace may show a change late. These waits, in milliseconds, come between looks; then what is seen counts. */
const waits = [0, 250, 500, 1000, 2000, 4000];

export interface Arrival {
  readonly send: Send;
  /** What to compare with from now on. Undefined when that can't be known: then it is sent again next time. */
  readonly item?: RecordedItem;
  /** Why it counts as failed. */
  readonly problem?: string;
}

interface Place {
  readonly api: WorkspaceApi;
  readonly target: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Looks whether what was sent to one folder is there, and how. */
export async function confirmSends(place: Place, folder: string, sends: readonly Send[]): Promise<readonly Arrival[]> {
  const arrivals: Arrival[] = [];
  let open = sends;
  let found: Listing = new Map();
  for (const wait of waits) {
    if (open.length === 0) return arrivals;
    if (wait > 0) await place.clock.sleep(wait, place.signal);
    found = await look(place, folder, open);
    const late: Send[] = [];
    for (const send of open) {
      if (isThere(send, found) && !isUntouched(send, found)) arrivals.push({ send, ...recorded(send, found) });
      else late.push(send);
    }
    open = late;
  }
  for (const send of open) arrivals.push(await judge(place, send, found));
  return arrivals;
}

async function look({ api, target }: Place, folder: string, sends: readonly Send[]): Promise<Listing> {
  const found: Listing = new Map();
  addToListing(found, folder, (await api.list(below(target, folder))) ?? []);
  for (const { item } of sends)
    if (item.kind === 'archive' && found.get(item.path)?.isFolder)
      for (const [path, seen] of await listTree(api, target, item.path)) found.set(path, seen);
  return found;
}

function isThere({ item: { kind, path } }: Send, found: Listing): boolean {
  const seen = found.get(path);
  if (!seen) return false;
  return kind === 'archive' ? seen.isFolder || seen.type === 'NOTEBOOK' : seen.type === typeOf(kind);
}

/** Whether it looks as it did before it was overwritten. */
function isUntouched({ item, before, removal }: Send, found: Listing): boolean {
  const seen = found.get(item.path);
  if (!seen || removal || seen.modifiedAt === undefined) return false;
  return seen.objectId === before?.objectId && seen.modifiedAt === before.modifiedAt;
}

/** Without a time nobody could tell later whether it was edited. */
function recorded({ item: { kind, path, sha256 } }: Send, found: Listing): { readonly item?: RecordedItem } {
  const parts = [...partsOf(path, found)];
  if (parts.some(([, { isFolder, modifiedAt }]) => !isFolder && modifiedAt === undefined)) return {};
  return { item: { kind, sha256, objects: recordedObjects(path, found) } };
}

/** What is still not as expected after the last look. Overwriting with the same content may well leave no trace. */
async function judge({ api, target }: Place, send: Send, found: Listing): Promise<Arrival> {
  const { path, kind, sourcePath } = send.item;
  const place = below(target, path);
  if (isThere(send, found))
    return (await holdsWhatWasSent(api, place, send.item)) ? { send, ...recorded(send, found) } : { send };
  const type = found.get(path)?.type;
  const what = type === undefined ? 'there is nothing' : `there is a ${type.toLowerCase()}, not a ${kind}`;
  return {
    send,
    problem: `Databricks accepted ${sourcePath}, but at ${place} ${what}. Run again; if it stays so, look at that folder.`,
  };
}
