import type { Clock } from '../../clock';
import { TaskError } from '../../errors';
import { isAlreadyThere, type WorkspaceApi, type WorkspaceObject } from '../api/workspace';
import { type Manifest, manifestFile, manifestName, readManifest, writeManifest } from './manifest';
import { below } from './workspaceFolder';

/** Whoever imports says so again after this time. */
export const renewalMilliseconds = 10_000;
/** Who has not said so for that long is gone. */
export const leaseMilliseconds = 30_000;
/** The service exports no more: a larger manifest could never be read again. */
const mostManifestBytes = 10 * 1024 * 1024;
/** For the last word of a run that was cancelled. */
const lastWordSeconds = 4;

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

export interface ClaimSurroundings {
  readonly api: WorkspaceApi;
  /** The same, for the last word: it works for some seconds after a cancellation. */
  readonly lastingApi: WorkspaceApi;
  readonly target: string;
  readonly clock: Clock;
}

/**
 * The right to import to a target folder, held by having made the newest generation of its manifest. Making it is
 * atomic in the service, so of two that try at once exactly one succeeds.
 */
export class Claim {
  #text: string;
  #isLost = false;

  private constructor(
    private readonly surroundings: ClaimSurroundings,
    private readonly generation: number,
    manifest: Manifest,
  ) {
    this.#text = textOf(manifest);
  }

  /** Undefined when another run was faster: what was planned is out of date then. */
  static async take(
    surroundings: ClaimSurroundings,
    known: readonly Generation[],
    manifest: Manifest,
  ): Promise<Claim | undefined> {
    const newest = known[0]?.generation ?? 0;
    const claim = new Claim(surroundings, newest + 1, manifest);
    if (!(await claim.#create(manifest.writer))) return undefined;
    if (!(await claim.#isNewest(newest))) {
      await claim.#delete(claim.generation);
      return undefined;
    }
    for (const { generation } of known.slice(1)) await claim.#delete(generation);
    return claim;
  }

  /**
   * Does the work while the claim is renewed from time to time. The work's signal aborts when the claim is lost: when
   * this process stood still for so long that another run took it for dead.
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

  /** Writes down how the import ended, so that the next run need not wait. A claim that was lost is left alone. */
  async end(manifest: Manifest, { isCancelled }: { readonly isCancelled: boolean }): Promise<void> {
    if (this.#isLost) return;
    this.#text = textOf(manifest);
    if (isCancelled) await this.#write(this.surroundings.lastingApi, { budgetSeconds: lastWordSeconds });
    else await this.#write(this.surroundings.api, {});
  }

  async #create(writer: string): Promise<boolean> {
    const { api } = this.surroundings;
    try {
      const content = Buffer.from(this.#text);
      await api.import({ path: this.#path(), format: 'AUTO', overwrite: false, content, repeatable: true });
      return true;
    } catch (error) {
      if (!isAlreadyThere(error)) throw error;
      // It may be ours all the same, when the answer to an earlier attempt was lost.
      const content = await api.export(this.#path());
      return content !== undefined && readManifest(Buffer.from(content).toString(), this.#path())?.writer === writer;
    }
  }

  /**
   * Whether the generation that the plan was made from was still the newest. A run that was delayed could else recreate
   * a generation that others have long left behind. Deleting the predecessor tells, because only one can do it.
   */
  async #isNewest(predecessor: number): Promise<boolean> {
    const { api, target } = this.surroundings;
    if (predecessor > 0 && (await this.#delete(predecessor))) return true;
    const [newest] = generationsIn((await api.list(target)) ?? []);
    return newest === undefined || newest.generation <= this.generation;
  }

  async #renew(signal: AbortSignal): Promise<never> {
    const { lastingApi, target, clock } = this.surroundings;
    for (;;) {
      await clock.sleep(renewalMilliseconds, signal);
      if (!(await lastingApi.status(this.#path())))
        throw new TaskError(
          `Stopped: another pipeline run began to import to ${target}, because this one had not been heard of for ${leaseMilliseconds / 1000} seconds.`,
        );
      await this.#write(lastingApi, { signal });
    }
  }

  async #write(
    api: WorkspaceApi,
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

  async #delete(generation: number): Promise<boolean> {
    const { api, target } = this.surroundings;
    return api.delete(below(target, manifestFile(generation)));
  }

  #path(): string {
    return below(this.surroundings.target, manifestFile(this.generation));
  }
}

function textOf(manifest: Manifest): string {
  const text = writeManifest(manifest);
  if (Buffer.byteLength(text) > mostManifestBytes)
    throw new TaskError(
      `The record of this import would have more than ${mostManifestBytes / 1024 / 1024} MB, which Databricks does not give back. ` +
        'Import fewer files: leave some out, or import parts of the source to folders of their own.',
    );
  return text;
}
