import type { Context } from '../../agent/context';
import { messageOf, TaskError } from '../../errors';
import { isNotEmpty, type WorkspaceObject } from '../api/workspace';
import { type Arrival, confirmDeletions, confirmSends } from './confirmChanges';
import { groupBy } from '../../groupBy';
import { inParallel } from '../../inParallel';
import type { FolderStore } from './holder';
import { type Listing, readContent, type Seen, type Target } from './listTarget';
import type { Manifest, PendingItem, RecordedItem } from './manifest';
import type { ImportOutcome, Plan, Reason, Removal, Send } from './plan';
import { sha256 } from './scanSource';
import { below, folderOf } from './workspaceFolder';

/** The target of an import, and the context of the work. */
interface Work {
  readonly target: Target;
  readonly context: Context;
}

/** A plan that is being carried out. Its state can be read at any time, also after the work has been aborted. */
export class PlanInProgress {
  readonly imported: Send[] = [];
  readonly failures: Reason[] = [];
  readonly #items: Map<string, RecordedItem>;
  readonly #pending: Map<string, PendingItem>;
  readonly #folders: Set<string>;
  /** What Databricks accepted to delete: all of it is listed again in the end. */
  readonly #deleted = new Set<string>();
  /** Whether that was done, and what is left was taken out. */
  #isConfirmed = false;
  #done = 0;

  constructor(
    private readonly plan: Plan,
    before: Manifest,
    private readonly listing: Listing,
  ) {
    const sent = new Map(plan.sends.map(({ item }) => [item.path, item]));
    this.#items = new Map([...before.items].filter(([path]) => listing.has(path)));
    this.#pending = new Map([...before.pending].filter(([path]) => listing.has(path) && !sent.has(path)));
    for (const [path, { kind, sha256, canonicalSha256 }] of sent)
      this.#pending.set(path, { kind, sha256, ...(canonicalSha256 !== undefined && { canonicalSha256 }) });
    this.#folders = new Set([...[...before.folders].filter((path) => listing.get(path)?.isFolder), ...plan.newFolders]);
    this.failures.push(...plan.refused);
  }

  /** What is known so far, as a manifest. */
  manifest(state: { readonly isInProgress: boolean; readonly writer: string; readonly run?: string }): Manifest {
    return { ...state, items: this.#items, pending: this.#pending, folders: this.#folders };
  }

  outcome(stoppedBy?: Error): ImportOutcome {
    const { plan, imported, failures } = this;
    const planned = new Set(plan.deletions.map(({ path }) => path));
    const deleted = this.#isConfirmed ? [...this.#deleted].filter((path) => planned.has(path)) : [];
    return { plan, imported, deleted, failures, ...(stoppedBy !== undefined && { stoppedBy }) };
  }

  /** Carries out the plan. What fails is kept as a failure and does not stop the rest; only the signal does. */
  async carryOut(target: Target, context: Context): Promise<void> {
    const work: Work = { target, context };
    await this.#clear(work);
    await this.#makeFolders(work);
    await this.#sendAll(work);
    await this.#deleteItems(work);
    for (const folder of this.plan.folderDeletions) await this.#deleteFolder(work, folder);
    await this.#confirmDeletions(work);
  }

  async #clear(work: Work): Promise<void> {
    const { target, context } = work;
    await inParallel(this.plan.clearings, target.atOnce, (removal) =>
      this.#try(work, removal.path, async () => {
        await this.#remove(work, removal);
        this.#deleted.add(removal.path);
        context.agent.log(`Deleted ${below(target.folder, removal.path)}: the source has a folder with this name.`);
      }),
    );
  }

  async #makeFolders(work: Work): Promise<void> {
    const { api, folder, atOnce } = work.target;
    const { newFolders } = this.plan;
    const leaves = newFolders.filter((path) => !newFolders.some((other) => other.startsWith(`${path}/`)));
    await inParallel(leaves, atOnce, (path) => this.#try(work, path, () => api.makeFolder(below(folder, path))));
  }

  async #deleteItems(work: Work): Promise<void> {
    await inParallel(this.plan.deletions, work.target.atOnce, (removal) =>
      this.#try(work, removal.path, async () => {
        await this.#remove(work, removal);
        this.#deleted.add(removal.path);
        this.#progress(work);
      }),
    );
  }

  async #sendAll(work: Work): Promise<void> {
    const folders = groupBy(this.plan.sends, ({ item }) => folderOf(item.path));
    const left = new Map([...folders].map(([folder, sends]) => [folder, sends.length]));
    const sent = new Set<Send>();
    await inParallel([...folders.values()].flat(), work.target.atOnce, async (send) => {
      const { path } = send.item;
      await this.#try(work, path, async () => {
        await this.#send(work, send);
        sent.add(send);
      });
      this.#progress(work);
      const folder = folderOf(path);
      left.set(folder, (left.get(folder) ?? 0) - 1);
      // Read back as soon as its last item was sent: later, somebody might have edited what was sent.
      if (left.get(folder) === 0)
        await this.#confirm(
          work,
          folder,
          (folders.get(folder) ?? []).filter((one) => sent.has(one)),
        );
    });
  }

  async #send(work: Work, { item, removal }: Send): Promise<void> {
    const { api, folder } = work.target;
    const { path, format, language, file, size } = item;
    if (removal) await this.#remove(work, removal);
    await api.import({
      path: below(folder, path),
      format,
      ...(language && { language }),
      overwrite: format !== 'DBC',
      content: { file, size },
    });
  }

  async #confirm(work: Work, folder: string, sends: readonly Send[]): Promise<void> {
    let arrivals: readonly Arrival[];
    try {
      arrivals = await confirmSends(work.target, folder, sends, work.context);
    } catch (error) {
      work.context.signal.throwIfAborted();
      arrivals = sends.map((send) => ({ send, problem: messageOf(error) }));
    }
    for (const { send, item, problem } of arrivals) {
      const { path } = send.item;
      if (problem === undefined) this.imported.push(send);
      else this.failures.push({ path, reason: problem });
      if (!item) continue;
      this.#items.set(path, item);
      this.#pending.delete(path);
    }
  }

  async #remove({ target: { api, folder } }: Work, { objects, folders }: Removal): Promise<void> {
    for (const [object, seen] of objects) {
      const place = below(folder, object);
      const now = await api.status(place);
      if (now && !(await isAsSeen(api, now, seen)))
        throw new TaskError(`Did not delete ${place}: somebody has just edited it. Run again.`);
      if (now) await api.delete(place);
    }
    for (const child of folders) await api.deleteFolder(below(folder, child));
  }

  async #deleteFolder(work: Work, folder: string): Promise<void> {
    await this.#try(work, folder, async () => {
      try {
        await work.target.api.deleteFolder(below(work.target.folder, folder));
        this.#deleted.add(folder);
      } catch (error) {
        if (!isNotEmpty(error)) throw error; // somebody has added something to it
      }
    });
  }

  /** What is still there stays in the manifest, so that it is deleted next time. */
  async #confirmDeletions({ target, context }: Work): Promise<void> {
    let problem = (path: string): string =>
      `Databricks accepted the deletion of ${below(target.folder, path)}, but it still exists. Run again; if it happens again, delete it in the ${target.holder.noun}.`;
    let left: Iterable<string>;
    try {
      left = await confirmDeletions(target, this.listing, this.#deleted, context);
    } catch (error) {
      context.signal.throwIfAborted();
      left = [...this.#deleted];
      problem = () => messageOf(error);
    }
    for (const path of left) {
      this.#deleted.delete(path);
      this.failures.push({ path, reason: problem(path) });
    }
    this.#isConfirmed = true;
    for (const path of this.#deleted) {
      this.#items.delete(path);
      this.#folders.delete(path);
    }
  }

  async #try({ context: { signal } }: Work, path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      signal.throwIfAborted();
      this.failures.push({ path, reason: messageOf(error) });
    }
  }

  #progress({ context: { agent } }: Work): void {
    const total = this.plan.sends.length + this.plan.deletions.length;
    const percent = (done: number): number => Math.floor((100 * done) / total);
    this.#done += 1;
    if (percent(this.#done) > percent(this.#done - 1)) agent.progress(percent(this.#done), `${this.#done} of ${total}`);
  }
}

/** Whether nobody has edited an object since it was listed. */
async function isAsSeen(api: FolderStore, now: WorkspaceObject, seen: Seen): Promise<boolean> {
  if (now.object_id !== seen.objectId || now.modified_at !== seen.modifiedAt) return false;
  if (seen.contentSha256 === undefined) return true;
  const content = await readContent(api, now.path);
  return content !== undefined && sha256(content) === seen.contentSha256;
}
