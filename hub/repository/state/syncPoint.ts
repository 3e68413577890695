import type { Revision } from '../../../shared/variables/registry/revision';
import type { FileCommit } from '../git/gitRequests';
import { isTakenFrom } from './takeComment';
import { valuesOf } from './variableValues';

/** The file as a commit left it. */
export interface FileVersion {
  readonly commit: FileCommit;
  /** Undefined where the commit deleted the file, or where it is not text. */
  readonly text: string | undefined;
}

/** When the hub and the file last had the same values. */
export interface SyncPoint {
  readonly rev: number;
  readonly commit: FileCommit;
  /** What both sides were changed from: the text of the revision, or that of the file which the revision was merged with. */
  readonly text: string;
}

/** The date of a commit has no fractions of a second: one that replaced the file in the same second was later. */
const commitDateMs = 999;

/** Reading one takes milliseconds. */
const mostRevisionsCompared = 60;

/**
 * The last time at which the file had the values that the model had, or at which the model was merged with it. It follows from the revisions of
 * the model and the commits of the file, whoever changed either of them. A file that returned to old values by a later commit
 * is not in step with the old revision that has them.
 * @param versions newest first
 * @param revisions newest first
 */
export function findSyncPoint(versions: readonly FileVersion[], revisions: readonly Revision[]): SyncPoint | undefined {
  const spans = spansOf(revisions.slice(0, mostRevisionsCompared));
  let newest: (SyncPoint & { readonly at: number }) | undefined;
  let until = Infinity;
  for (const { commit, text } of versions) {
    const since = Date.parse(commit.date);
    const values = text === undefined ? undefined : comparable(text);
    for (const span of values === undefined ? [] : spans) {
      const isTaken = isTakenFrom(span.comment, commit.commitId);
      const isTogether = span.since < until && since < span.until;
      if (!isTaken && (!isTogether || span.values() !== values)) continue;
      const at = isTaken ? span.since : Math.max(span.since, since);
      if (newest !== undefined && at <= newest.at) continue;
      newest = { rev: span.rev, commit, text: isTaken ? (text ?? '') : span.text, at };
    }
    until = since + commitDateMs;
  }
  return newest && { rev: newest.rev, commit: newest.commit, text: newest.text };
}

interface Span {
  readonly rev: number;
  readonly comment: string;
  readonly text: string;
  /** In epoch milliseconds. */
  readonly since: number;
  readonly until: number;
  readonly values: () => string;
}

function spansOf(revisions: readonly Revision[]): readonly Span[] {
  let until = Infinity;
  return revisions
    .filter(({ isIntact }) => isIntact)
    .map(({ rev, text, updatedOn, comment }) => {
      const since = Date.parse(updatedOn);
      const span = { rev, comment, text, since, until, values: once(() => comparable(text)) };
      until = since;
      return span;
    });
}

/** Texts that cannot be read are the same only byte by byte. */
function comparable(text: string): string {
  return valuesOf(text) ?? text;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
