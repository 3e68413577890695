import type { Context } from '../../agent/context';
import type { Clock } from '../../clock';
import { TaskError } from '../../errors';
import type { WorkspaceObject } from '../api/workspace';
import { generationsIn, leaseMilliseconds, type Generation } from './claim';
import { both } from '../../inParallel';
import type { FolderStore, Holder } from './holder';
import { addToListing, listFolders, type Listing, type Target } from './listTarget';
import { emptyManifest, manifestFile, readManifest, type Manifest } from './manifest';
import { below } from './workspaceFolder';

/** What is known of the target before an import. */
export interface Found {
  readonly exists: boolean;
  readonly generations: readonly Generation[];
  readonly manifest: Manifest;
  /** Whether that is empty because the one in the target cannot be read. */
  readonly isDamaged: boolean;
  /** What is in the target folder and in the folders below. */
  readonly listing: Listing;
  /** The folders below that have been listed. */
  readonly listed: ReadonlySet<string>;
  /** Whether they were listed while the manifest was read: outdated, if another run has written the manifest meanwhile. */
  readonly isDoubtful: boolean;
}

/** How often to look whether another pipeline has finished. */
export const pollMilliseconds = 5_000;
/** A manifest of that age was abandoned, even if the date of this machine is wrong by hours. */
const longAgoMilliseconds = 24 * 3_600_000;

/** Nothing is known of what was imported. */
const unknownManifest: Manifest = { ...emptyManifest, isInProgress: false, writer: '' };

/**
 * Reads what is known of the target, once nobody else imports to it, and lists these folders of it meanwhile, unless it had to
 * wait. Throws a TaskError at the context's deadline.
 */
export async function waitForTurn(
  target: Target,
  folders: ReadonlySet<string> | undefined,
  dryRun: boolean,
  context: Context,
): Promise<Found> {
  const { api, folder, atOnce } = target;
  const { agent, clock, signal, deadline } = context;
  const startedAt = clock.now();
  let watched: { readonly sign: string; readonly since: number } | undefined;
  let isReported = false;
  for (;;) {
    const top = await api.list(folder);
    refuseOtherObject(top, folder, target.holder);
    const generations = generationsIn(top ?? []);
    const listing: Listing = new Map();
    addToListing(listing, '', top ?? []);
    const [newest] = generations;
    // Without a time of the manifest it would not be known later whether another run has written it.
    const isDoubtful = folders !== undefined && watched === undefined && newest?.modifiedAt !== undefined;
    const listed = isDoubtful ? folders : new Set<string>();
    const found = { exists: top !== undefined, generations, listing, listed, isDoubtful };
    if (!newest) return { ...found, manifest: unknownManifest, isDamaged: false };

    const [manifest] = await both(
      atOnce,
      () => read(api, below(folder, manifestFile(newest.generation)), context),
      () => listFolders({ ...target, atOnce: Math.max(1, atOnce - 1) }, listing, listed),
    );
    const isDamaged = manifest === unknownManifest;
    if (manifest && (!manifest.isInProgress || dryRun)) return { ...found, manifest, isDamaged };
    const sign = `${newest.generation} ${newest.modifiedAt}`;
    if (watched?.sign !== sign) watched = { sign, since: clock.now() };
    if (manifest && isAbandoned(newest, watched.since, clock)) {
      agent.log('An earlier import to this folder was interrupted. Continuing where it stopped.');
      return { ...found, manifest, isDamaged };
    }
    if (clock.now() > deadline)
      throw new TaskError(
        `Could not import to ${folder}: ${nameOf(manifest)} is still importing to it after ` +
          `${Math.round((deadline - startedAt) / 60_000)} minutes. Run again when it has ended, or import to separate folders.`,
      );
    if (!isReported) agent.log(`Waiting: ${nameOf(manifest)} is importing to ${folder}.`);
    isReported = true;
    await clock.sleep(pollMilliseconds, signal);
  }
}

/** Listing an object that is not a folder gives the object itself. */
function refuseOtherObject(top: readonly WorkspaceObject[] | undefined, folder: string, { noun }: Holder): void {
  const isSamePlace = (path: string): boolean => path.replace(/^\/Workspace(?=\/)/, '') === folder;
  if (top?.some(({ path, object_type: type }) => type !== 'DIRECTORY' && isSamePlace(path)))
    throw new TaskError(`Could not import to ${folder}: it is not a folder in the ${noun}. Choose another folder.`);
}

function isAbandoned({ modifiedAt }: Generation, watchedSince: number, clock: Clock): boolean {
  if (clock.now() - watchedSince >= leaseMilliseconds) return true;
  return modifiedAt !== undefined && clock.date() - modifiedAt > longAgoMilliseconds;
}

function nameOf(manifest: Manifest | undefined): string {
  return manifest?.run === undefined ? 'another pipeline run' : `the pipeline run ${manifest.run}`;
}

/** Undefined when another run has just deleted it. */
async function read(api: FolderStore, path: string, { agent }: Context): Promise<Manifest | undefined> {
  // A truncated answer looks like a damaged manifest, so it is read twice.
  for (let look = 1; look <= 2; look++) {
    const content = await api.export(path);
    if (!content) return undefined;
    const manifest = readManifest(Buffer.from(content).toString('utf8'), path);
    if (manifest) return manifest;
  }
  agent.warning(
    `${path} is damaged, so it is not known what this task imported here. Everything is imported again, and nothing is deleted.`,
  );
  return unknownManifest;
}
