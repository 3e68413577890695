import type { Agent } from '../../agent/agent';
import type { Clock } from '../../clock';
import { messageOf, TaskError } from '../../errors';
import { isNotEmpty, type WorkspaceApi } from '../api/workspace';
import { type Arrival, confirmSends } from './confirmSends';
import { groupBy } from '../../groupBy';
import { inParallel } from '../../inParallel';
import type { Listing } from './listTarget';
import type { Manifest, PendingItem, RecordedItem } from './manifest';
import type { Plan, Reason, Removal, Send } from './plan';
import { below, folderOf } from './workspaceFolder';

export interface ApplySurroundings {
  readonly api: WorkspaceApi;
  readonly target: string;
  readonly atOnce: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: Pick<Agent, 'log' | 'progress'>;
}

/** What becomes of a plan while it is carried out: readable at any moment, also after the work was given up. */
export class PlanInProgress {
  readonly imported: Send[] = [];
  readonly deleted: string[] = [];
  readonly failures: Reason[] = [];
  readonly #items: Map<string, RecordedItem>;
  readonly #pending: Map<string, PendingItem>;
  readonly #folders: Set<string>;
  #done = 0;

  constructor(
    private readonly plan: Plan,
    before: Manifest,
    listing: Listing,
  ) {
    const sent = new Map(plan.sends.map(({ item }) => [item.path, item]));
    this.#items = new Map([...before.items].filter(([path]) => listing.has(path)));
    this.#pending = new Map([...before.pending].filter(([path]) => listing.has(path) && !sent.has(path)));
    for (const [path, { kind, sha256, canonicalSha256 }] of sent)
      this.#pending.set(path, { kind, sha256, ...(canonicalSha256 !== undefined && { canonicalSha256 }) });
    this.#folders = new Set([...[...before.folders].filter((path) => listing.get(path)?.isFolder), ...plan.newFolders]);
    this.failures.push(...plan.refused);
  }

  /** What is known by now, as the manifest has it. */
  manifest(state: { readonly isInProgress: boolean; readonly writer: string; readonly run?: string }): Manifest {
    return { ...state, items: this.#items, pending: this.#pending, folders: this.#folders };
  }

  /** Carries out the plan. What fails is kept as a failure and does not stop the rest; only the signal does. */
  async carryOut(surroundings: ApplySurroundings): Promise<void> {
    const { atOnce, report, target } = surroundings;
    await inParallel(this.plan.clearings, atOnce, (removal) =>
      this.#try(surroundings, removal.path, async () => {
        await this.#remove(surroundings, removal);
        report.log(`Deleted ${below(target, removal.path)}: the source has a folder of that name.`);
      }),
    );
    const leaves = this.plan.newFolders.filter(
      (path) => !this.plan.newFolders.some((other) => other.startsWith(`${path}/`)),
    );
    await inParallel(leaves, atOnce, (folder) =>
      this.#try(surroundings, folder, () => surroundings.api.makeFolder(below(target, folder))),
    );
    await this.#sendAll(surroundings);
    await inParallel(this.plan.deletions, atOnce, (removal) =>
      this.#try(surroundings, removal.path, async () => {
        await this.#remove(surroundings, removal);
        this.deleted.push(removal.path);
        this.#progress(surroundings);
      }),
    );
    for (const folder of this.plan.folderDeletions) await this.#deleteFolder(surroundings, folder);
  }

  async #sendAll(surroundings: ApplySurroundings): Promise<void> {
    const folders = groupBy(this.plan.sends, ({ item }) => folderOf(item.path));
    const left = new Map([...folders].map(([folder, sends]) => [folder, sends.length]));
    const sent = new Set<Send>();
    await inParallel([...folders.values()].flat(), surroundings.atOnce, async (send) => {
      const { path } = send.item;
      await this.#try(surroundings, path, async () => {
        await this.#send(surroundings, send);
        sent.add(send);
      });
      this.#progress(surroundings);
      const folder = folderOf(path);
      left.set(folder, (left.get(folder) ?? 0) - 1);
      // Looked at as soon as its last item is there: the later, the more time for somebody to edit what was just sent.
      if (left.get(folder) === 0)
        await this.#confirm(
          surroundings,
          folder,
          (folders.get(folder) ?? []).filter((one) => sent.has(one)),
        );
    });
  }

  async #send(surroundings: ApplySurroundings, { item, removal }: Send): Promise<void> {
    const { api, target } = surroundings;
    const { path, format, language, file, size } = item;
    if (removal) await this.#remove(surroundings, removal);
    await api.import({
      path: below(target, path),
      format,
      ...(language && { language }),
      overwrite: format !== 'DBC',
      content: { file, size },
    });
  }

  async #confirm(surroundings: ApplySurroundings, folder: string, sends: readonly Send[]): Promise<void> {
    let arrivals: readonly Arrival[];
    try {
      arrivals = await confirmSends(surroundings, folder, sends);
    } catch (error) {
      surroundings.signal.throwIfAborted();
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

  async #remove({ api, target }: ApplySurroundings, { path, objects, folders }: Removal): Promise<void> {
    for (const [object, seen] of objects) {
      const place = below(target, object);
      const now = await api.status(place);
      if (now && (String(now.object_id) !== seen.objectId || now.modified_at !== seen.modifiedAt))
        throw new TaskError(`Did not delete ${place}: somebody edited it a moment ago. Run again.`);
      if (now) await api.delete(place);
    }
    for (const folder of folders) await api.delete(below(target, folder));
    this.#items.delete(path);
  }

  async #deleteFolder(surroundings: ApplySurroundings, folder: string): Promise<void> {
    await this.#try(surroundings, folder, async () => {
      try {
        await surroundings.api.delete(below(surroundings.target, folder));
        this.#folders.delete(folder);
      } catch (error) {
        if (!isNotEmpty(error)) throw error; // somebody put something there meanwhile
      }
    });
  }

  async #try({ signal }: ApplySurroundings, path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      signal.throwIfAborted();
      this.failures.push({ path, reason: messageOf(error) });
    }
  }

  #progress({ report }: ApplySurroundings): void {
    const total = this.plan.sends.length + this.plan.deletions.length;
    const percent = (done: number): number => Math.floor((100 * done) / total);
    this.#done += 1;
    if (percent(this.#done) > percent(this.#done - 1))
      report.progress(percent(this.#done), `${this.#done} of ${total}`);
  }
}
