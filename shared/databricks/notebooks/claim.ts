import type { Clock } from '../../clock';
import { TaskError } from '../../errors';
import { both } from '../../inParallel';
import { isAlreadyThere, type WorkspaceObject } from '../api/workspace';
import { waits } from './confirmChanges';
import type { FolderStore, Holder } from './holder';
import type { Target } from './listTarget';
import { type Manifest, manifestFile, manifestName, readManifest, writeManifest } from './manifest';
import { below } from './workspaceFolder';

/** How often a run that imports renews its claim. */
export const renewalMilliseconds = 10_000;
/** A claim that was not renewed for that long is abandoned. */
export const leaseMilliseconds = 30_000;
/** The service exports at most so much: a larger manifest could not be read again. */
const mostManifestBytes = 10 * 1024 * 1024;
/** For the last write of a run that was cancelled. */
const lastWriteSeconds = 4;

/** The generations of the manifest that a listing of the target shows, the newest first. */
export interface Generation {
  readonly generation: number;
  readonly modifiedAt: number | undefined;
}

export function generationsIn(top: readonly WorkspaceObject[]): readonly Generation[] {
  return top
    .flatMap(({ path, modified_at: modifiedAt }) => {
      const [, generation] = manifestName.exec(path.slice(path.lastIndexOf('/') + 1)) ?? [];
      return generation === undefined ? [] : [{ generation: Number(generation), modifiedAt }];
    })
    .sort((a, b) => b.generation - a.generation);
}

/** What a plan was made from. */
export interface PlannedFrom {
  readonly generations: readonly Generation[];
  /** Whether the target must be compared with its listing once more. */
  readonly isDoubtful: boolean;
}

/** Where a claim is held. */
export interface ClaimPlace extends Target {
  /** The same API for the last write: it works for some seconds after a cancellation. */
  readonly lastingApi: FolderStore;
  readonly clock: Clock;
}

/**
 * The right to import to a target folder. Whoever created the newest generation of its manifest holds it. Creating it is
 * atomic in the service, so of two runs that try at once exactly one succeeds.
 */
export class Claim {
  #text: string;
  #isLost = false;

  private constructor(
    private readonly place: ClaimPlace,
    private readonly generation: number,
    manifest: Manifest,
  ) {
    this.#text = textOf(manifest, place.holder);
  }

  /** Undefined when another run was faster: the plan is outdated then. */
  static async take(place: ClaimPlace, plannedFrom: PlannedFrom, manifest: Manifest): Promise<Claim | undefined> {
    const { generations: known, isDoubtful } = plannedFrom;
    const newest = known[0]?.generation ?? 0;
    const claim = new Claim(place, newest + 1, manifest);
    const [isCreated, isAsListed] = await both(
      place.atOnce,
      () => claim.#create(manifest.writer),
      async () => !isDoubtful || claim.#isAsListed(known[0]),
    );
    if (!isCreated) return undefined;
    if (!isAsListed || !(await claim.#isNewest(newest))) {
      await claim.#withdraw();
      return undefined;
    }
    for (const { generation } of known.slice(1)) await claim.#delete(generation);
    return claim;
  }

  /**
   * Does the work while the claim is renewed regularly. The work's signal aborts when the claim is lost: when this
   * process stalled for so long that another run took over.
   */
  async during<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const lost = new AbortController();
    const done = new AbortController();
    const renewal = this.#renew(done.signal).catch((error: unknown) => {
      if (done.signal.aborted) return;
      this.#isLost = true;
      lost.abort(error);
    });
    try {
      return await work(AbortSignal.any([signal, lost.signal]));
    } finally {
      done.abort();
      await renewal;
    }
  }

  /** Records that the import has ended, so that the next run need not wait. A claim that was lost is not touched. */
  async end(manifest: Manifest, { isCancelled }: { readonly isCancelled: boolean }): Promise<void> {
    if (this.#isLost) return;
    this.#text = textOf(manifest, this.place.holder);
    if (isCancelled) await this.#write(this.place.lastingApi, { budgetSeconds: lastWriteSeconds });
    else await this.#write(this.place.api, {});
  }

  async #create(writer: string): Promise<boolean> {
    const { api } = this.place;
    try {
      const content = Buffer.from(this.#text);
      await api.import({ path: this.#path(), format: 'AUTO', overwrite: false, content, repeatable: true });
      return true;
    } catch (error) {
      if (!isAlreadyThere(error)) throw error;
      // It may be our own, when the answer to an earlier attempt was lost.
      const content = await api.export(this.#path());
      return content !== undefined && readManifest(Buffer.from(content).toString(), this.#path())?.writer === writer;
    }
  }

  /**
   * Whether nobody has written the generation that the plan was made from since the target was listed: if somebody has, the
   * listing may be from before the end of that import. One that was deleted is for `#isNewest` to judge.
   */
  async #isAsListed(predecessor: Generation | undefined): Promise<boolean> {
    if (!predecessor) return true;
    const now = await this.place.api.status(below(this.place.folder, manifestFile(predecessor.generation)));
    return now === undefined || now.modified_at === predecessor.modifiedAt;
  }

  /**
   * Whether the generation that the plan was made from was still the newest. A delayed run could otherwise recreate a
   * generation that others have replaced. Deleting the predecessor decides it, because only one run can do that.
   */
  async #isNewest(predecessor: number): Promise<boolean> {
    const { api, folder } = this.place;
    if (predecessor > 0 && (await this.#delete(predecessor))) return true;
    const [newest] = generationsIn((await api.list(folder)) ?? []);
    return newest === undefined || newest.generation <= this.generation;
  }

  async #renew(signal: AbortSignal): Promise<never> {
    const { lastingApi, folder, clock } = this.place;
    for (;;) {
      await clock.sleep(renewalMilliseconds, signal);
      if (!(await lastingApi.status(this.#path())))
        throw new TaskError(
          `Stopped: another pipeline run started to import to ${folder}, because this one had not renewed its claim for ${leaseMilliseconds / 1000} seconds.`,
        );
      await this.#write(lastingApi, { signal });
    }
  }

  async #write(
    api: FolderStore,
    options: { readonly budgetSeconds?: number; readonly signal?: AbortSignal },
  ): Promise<void> {
    await api.import({
      path: this.#path(),
      format: 'AUTO',
      overwrite: true,
      content: Buffer.from(this.#text),
      ...options,
    });
  }

  /**
   * Deletes the claim, and reads it back: the next import would believe its manifest. Throws a TaskError when it still exists.
   */
  async #withdraw(): Promise<void> {
    const { api, clock, holder } = this.place;
    await this.#delete(this.generation);
    for (const wait of waits) {
      if (wait > 0) await clock.sleep(wait);
      if (!(await api.status(this.#path()))) return;
    }
    throw new TaskError(
      `Nothing was imported: another pipeline run was faster, and Databricks accepted the deletion of ${this.#path()}, but it still exists. ` +
        `Delete it in the ${holder.noun}, because it records an import that did not begin, and run again.`,
    );
  }

  async #delete(generation: number): Promise<boolean> {
    const { api, folder } = this.place;
    return api.delete(below(folder, manifestFile(generation)));
  }

  #path(): string {
    return below(this.place.folder, manifestFile(this.generation));
  }
}

/** Throws a TaskError when the service would not return a manifest because of its size. */
export function refuseLarge(manifest: Manifest, holder: Holder): void {
  textOf(manifest, holder);
}

function textOf(manifest: Manifest, { task }: Holder): string {
  const text = writeManifest(manifest, task);
  if (Buffer.byteLength(text) > mostManifestBytes)
    throw new TaskError(
      `The manifest of this import would be larger than ${mostManifestBytes / 1024 / 1024} MB, which Databricks does not return. ` +
        'Import fewer files: exclude some, or import parts of the source to separate folders.',
    );
  return text;
}
