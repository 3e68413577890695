import type { Context } from '../../agent/context';
import type { WorkspaceObject } from '../api/workspace';
import { groupBy } from '../../groupBy';
import { inParallel } from '../../inParallel';
import { waits } from './confirmSends';
import { addToListing, type Listing, type Target } from './listTarget';
import { below, folderOf } from './workspaceFolder';

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
