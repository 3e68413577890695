import type { ModelRegistry } from '../../../variables/registry/modelRegistry';
import type { Revision } from '../../../variables/registry/revision';
import type { Commit } from '../../api/git';
import type { Devops } from '../../devops';
import { orHubUnavailable } from '../readHub';
import { valuesOf } from './differences';
import { revisionInTitle } from './proposalTexts';
import { fileAt, type Sides } from './sides';

/** How many versions of the file are read, the newest first. */
const mostVersions = 30;

/** From when until when a text was the newest of its side, in milliseconds since 1970. */
interface Period {
  readonly from: number;
  readonly until: number;
}

/**
 * What both sides began with: the text at the last time at which the hub and the file had the same values, by their
 * histories; or what the newest pull request of the hub brought. Undefined where there was none within the newest 30 versions
 * of the file. What a side says differently from it is newer.
 *
 * Values alone would not do: a person who restores an older value in the hub would look as if the hub had never changed.
 */
export async function commonText(
  { devops, registry }: { readonly devops: Devops; readonly registry: ModelRegistry },
  sides: Sides,
): Promise<string | undefined> {
  const { repository, path, tip, id } = sides;
  const revisions = periodsOf(await orHubUnavailable(registry.revisions(id)));
  const options = { itemPath: `/${path}`, top: mostVersions };
  const commits = await devops.git.commits(repository.project.id, repository.id, { commit: tip }, options);
  let until = Infinity;
  for (const commit of commits) {
    const text = await fileAt(devops, sides, commit.commitId);
    const from = dateOf(commit) ?? until;
    if (text !== undefined && isCommon({ text, period: { from, until }, commit }, revisions, id)) return text;
    until = from;
  }
  return undefined;
}

/** A revision that can be trusted, and when it was the newest. */
interface KnownRevision {
  readonly revision: Revision;
  readonly period: Period;
  /** As `valuesOf` has them. */
  readonly values: () => string;
}

interface Version {
  readonly text: string;
  readonly period: Period;
  readonly commit: Commit;
}

function isCommon({ text, period, commit }: Version, revisions: readonly KnownRevision[], id: string): boolean {
  const own = valuesOf(text);
  const brought = revisionInTitle(commit.comment, id);
  return revisions.some(
    ({ revision, period: other, values }) =>
      (revision.rev === brought || (period.from < other.until && other.from < period.until)) && values() === own,
  );
}

/** Each text is compared with several versions of the file, but read once. */
function periodsOf(newestFirst: readonly Revision[]): readonly KnownRevision[] {
  return newestFirst.flatMap((revision, index) => {
    const next = newestFirst[index - 1];
    const period = { from: Date.parse(revision.updatedOn), until: next ? Date.parse(next.updatedOn) : Infinity };
    let read: string | undefined;
    const values = (): string => (read ??= valuesOf(revision.text));
    return revision.isIntact ? [{ revision, period, values }] : [];
  });
}

function dateOf({ committer }: Commit): number | undefined {
  const time = Date.parse(committer?.date ?? '');
  return Number.isNaN(time) ? undefined : time;
}
