import { isInDoubt, isOvertaken, mostAttempts, type Chain } from './chain';
import { StoreError } from './documentStore';
import { RegistryRefusal } from './refusal';
import type { RegistryModel, Revision } from './revision';
import { revisionHash, type RevisionContent } from './revisionHash';

/** `conflict`: someone else saved in the meantime; nothing was saved, `theirs` is what there is now. */
export type SaveResult =
  | { readonly kind: 'saved'; readonly model: RegistryModel }
  | { readonly kind: 'conflict'; readonly theirs: RegistryModel };

export type WantedRevision = Omit<RevisionContent, 'rev' | 'previousHash'>;

export interface SaveBase {
  /** What the wanted revision was made from; undefined where there was nothing. */
  readonly base: RegistryModel | undefined;
  readonly acceptsDamage: boolean;
}

/** Where a revision stands in the chain. */
type Place = Pick<Revision, 'rev' | 'previousHash'>;

/**
 * Saves a revision after its base: creates the document of the revision, which only one of several savers can, and then
 * replaces the head. Whatever interrupts the two writes, the next who reads or saves finds the revision and completes them.
 *
 * @throws RegistryRefusal where the base is damaged, unless that is accepted; always where a newer version of the extension
 * saved the base or a revision after it
 * @throws StoreError where nothing is known to be saved; a save that is repeated then does not save twice
 */
export async function saveRevision(chain: Chain, wanted: WantedRevision, from: SaveBase): Promise<SaveResult> {
  const { base, acceptsDamage } = from;
  if (base && isSaidBy(base, wanted)) return { kind: 'saved', model: base };
  if (base) refuseNewer(chain, base);
  if (base && !base.isIntact && !acceptsDamage)
    throw new RegistryRefusal(`${chain.id} is damaged. ${base.problem ?? ''} Restore a revision of its history first.`);
  if (!base) {
    const theirs = await chain.repaired();
    if (theirs) return resultFor(wanted, theirs);
  }
  const place = base && !base.isIntact ? await placeAfterDamage(chain, base) : placeAfter(base);
  const mine = await sealed(wanted, place);
  if (await isClaimed(chain, mine)) return writeHead(chain, mine, base);

  const theirs = await chain.repaired();
  if (theirs && (!base || theirs.hash !== base.hash)) return resultFor(wanted, theirs);
  refuseNewer(chain, await chain.revision(place.rev));
  if (!theirs) throw new StoreError('stale', `${chain.id} was deleted during the save.`);
  if (!acceptsDamage)
    throw new RegistryRefusal(
      `Revision ${place.rev} of ${chain.id} is damaged. Restore a revision of its history first.`,
    );
  const beyond = await sealed(wanted, await placeAfterDamage(chain, theirs));
  if (await isClaimed(chain, beyond)) return writeHead(chain, beyond, theirs);
  return { kind: 'conflict', theirs: (await chain.repaired()) ?? theirs };
}

/** What a newer version saved is not replaced, and nothing is saved after it: it can say what this version would undo. */
function refuseNewer({ id }: Chain, revision: Revision | undefined): void {
  if (revision?.isNewer) throw new RegistryRefusal(`${id} cannot be saved. ${revision.problem ?? ''}`);
}

function placeAfter(base: RegistryModel | undefined): Place {
  return { rev: (base?.rev ?? 0) + 1, previousHash: base?.hash ?? '' };
}

/** After all that is there; the damaged part of the chain stays as it is. */
async function placeAfterDamage(chain: Chain, base: RegistryModel): Promise<Place> {
  const revisions = await chain.revisions();
  for (const revision of revisions) if (revision.rev >= base.rev) refuseNewer(chain, revision);
  const [last] = revisions;
  return last && last.rev >= base.rev ? placeAfterRevision(last) : placeAfterRevision(base);
}

function placeAfterRevision({ rev, hash }: Revision): Place {
  return { rev: rev + 1, previousHash: hash };
}

async function sealed(wanted: WantedRevision, place: Place): Promise<Revision> {
  const content = { ...wanted, ...place };
  return { ...content, hash: await revisionHash(content), isIntact: true, problem: undefined };
}

/** Whether the revision's document is ours, even if the answer to its creation was lost. */
async function isClaimed(chain: Chain, mine: Revision): Promise<boolean> {
  try {
    await chain.claim(mine);
    return true;
  } catch (error) {
    if (!isOvertaken(error) && !isInDoubt(error)) throw error;
    const there = await chain.revision(mine.rev);
    if (!there) throw error;
    return there.isIntact && there.hash === mine.hash;
  }
}

async function writeHead(chain: Chain, mine: Revision, base: RegistryModel | undefined): Promise<SaveResult> {
  let place = { etag: base?.etag, otherFields: base?.otherFields ?? {} };
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    try {
      return { kind: 'saved', model: await chain.writeHead({ ...mine, ...place }) };
    } catch (error) {
      if (!isOvertaken(error) && !isInDoubt(error)) throw error;
      const head = await chain.head();
      if (head?.isIntact && head.hash === mine.hash) return { kind: 'saved', model: head };
      if (isInDoubt(error) && head?.etag === place.etag) throw error;
      if (head && (await isAfter(chain, head, mine))) return { kind: 'saved', model: { ...mine, ...facts(head) } };
      if (head && (!head.isIntact || head.hash !== mine.previousHash)) return { kind: 'conflict', theirs: head };
      place = head ? facts(head) : { etag: undefined, otherFields: {} };
    }
  }
  throw new StoreError('stale', `${chain.id} was changed by others during each attempt to save it.`);
}

/** Whether a head was made from our revision: someone completed our save, and saved again. */
async function isAfter(chain: Chain, head: RegistryModel, mine: Revision): Promise<boolean> {
  if (!head.isIntact || head.rev <= mine.rev) return false;
  const since = (await chain.revisions()).filter(({ rev }) => rev >= mine.rev && rev <= head.rev);
  return since.at(-1)?.hash === mine.hash && since[0]?.hash === head.hash && since.every(({ isIntact }) => isIntact);
}

function facts({ etag, otherFields }: RegistryModel): Pick<RegistryModel, 'etag' | 'otherFields'> {
  return { etag, otherFields };
}

/** Someone else may have saved the same; that is not a conflict. */
function resultFor(wanted: WantedRevision, theirs: RegistryModel): SaveResult {
  return isSaidBy(theirs, wanted) ? { kind: 'saved', model: theirs } : { kind: 'conflict', theirs };
}

function isSaidBy(model: RegistryModel, { text, status, repository }: WantedRevision): boolean {
  const link = (from: WantedRevision['repository']) => from && JSON.stringify([from.id, from.path, from.branch]);
  return (
    model.isIntact && model.text === text && model.status === status && link(model.repository) === link(repository)
  );
}
