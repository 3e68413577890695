import type { Context } from '../../agent/context';
import { isTransient } from '../../http/errors';
import { poll, TimedOutError } from '../../http/poll';
import { both } from '../../inParallel';
import { pathSegment } from '../../pathSegment';
import type { Repository } from '../api/git';
import { isAbsentOrNotPermitted } from '../api/refusal';
import type { Devops } from '../devops';
import { commitObject, type CommitFacts, type GitObject } from './git/objects';
import { packOf } from './git/pack';
import {
  IncompleteAnswerError,
  PushRefusedError,
  readAdvertisement,
  sendPack,
  type Advertisement,
  type GitRemote,
} from './git/receivePack';

/** Somebody else pushed to the repository after it was read. */
export class OvertakenError extends Error {}

export interface CommitPush {
  /** `refs/heads/main`. */
  readonly ref: string;
  /** The commit that the ref points to; 40 zeros for a new one. */
  readonly oldId: string;
  /** What the repository does not have, without the commit. */
  readonly objects: readonly GitObject[];
  readonly commit: Pick<CommitFacts, 'tree' | 'parent' | 'message'>;
  /** Whether somebody else pushed since the repository was read, by the ids of its refs. */
  readonly isOvertaken: (refs: ReadonlyMap<string, string>) => boolean;
  /** What is pushed, as in a log: `4 files`. */
  readonly what: string;
}

const secondsToAppear = 60;
/** How often a push is sent whose answer did not come. */
const mostPushes = 5;
const longestPauseSeconds = 10;

/**
 * Pushes a commit to a branch, without force, all or nothing. A push whose answer is lost is sent again only after the
 * branch was read. Returns the id of the commit. Throws an OvertakenError if somebody else pushed first.
 */
export async function pushCommit(
  devops: Devops,
  repository: Pick<Repository, 'name' | 'project'>,
  { ref, oldId, objects, commit: facts, isOvertaken, what }: CommitPush,
  context: Context,
): Promise<string> {
  const { agent, clock, signal } = context;
  const http = await devops.gitHost();
  const path = `/${pathSegment(repository.project.name)}/_git/${pathSegment(repository.name)}`;
  const remote: GitRemote = { http, path, name: `the repository '${repository.name}'` };
  const [author, advertised] = await both(
    2,
    () => authorOf(devops),
    () => advertisementOf(remote, context),
  );
  const commit = commitObject({ ...facts, author, seconds: Math.floor(clock.date() / 1000) });
  const pack = await packOf([...objects, commit]);
  agent.log(`Pushing ${what} to ${ref}: commit ${commit.id}, ${pack.length} bytes.`);
  for (let pushes = 1; ; pushes++) {
    const { refs, capabilities } = pushes === 1 ? advertised : await advertisementOf(remote, context);
    if (refs.get(ref) === commit.id) return commit.id;
    if (isOvertaken(refs)) throw new OvertakenError();
    try {
      await sendPack(remote, { ref, oldId, newId: commit.id }, pack, capabilities);
      return commit.id;
    } catch (error) {
      const isOpen = isTransient(error) || error instanceof IncompleteAnswerError;
      if (pushes === mostPushes || !(isOpen || error instanceof PushRefusedError)) throw error;
      // What refuses a push that is carried out already, or another one that came first.
      if (!isOpen) {
        const now = (await advertisementOf(remote, context)).refs;
        if (now.get(ref) !== commit.id && !isOvertaken(now)) throw error;
      }
      agent.log(`${(error as Error).message} Reading whether the push was carried out.`);
      await clock.sleep(Math.min(pushes, longestPauseSeconds) * 1000, signal);
    }
  }
}

async function authorOf(devops: Devops): Promise<CommitFacts['author']> {
  const { displayName, account = '' } = await devops.caller();
  // What a line of a commit has as its delimiters.
  const name = displayName.replace(/[<>\n\0]/g, '').trim() || 'Model Pipeline Tasks';
  const email = /^[^\s<>]+@[^\s<>]+$/.test(account) ? account : 'noreply@localhost';
  return { name, email };
}

/** A repository that was just created may not be there for git yet. */
async function advertisementOf(remote: GitRemote, { clock, signal }: Context): Promise<Advertisement> {
  let missing: unknown;
  const probe = async (): Promise<Advertisement | undefined> => {
    try {
      return await readAdvertisement(remote);
    } catch (error) {
      if (!isAbsentOrNotPermitted(error)) throw error;
      missing = error;
      return undefined;
    }
  };
  const deadline = clock.now() + secondsToAppear * 1000;
  const awaited = `${remote.name} to be available`;
  const isDone = (state: Advertisement | undefined): boolean => state !== undefined;
  try {
    return (await poll({ clock, signal, deadline, awaited, probe, isDone })) as Advertisement;
  } catch (error) {
    throw error instanceof TimedOutError && missing !== undefined ? missing : error;
  }
}
