/** Finds the revisions with the comment below. */
const start = 'Take the values of ';

/** The comment of a revision that was made from a commit of the file. */
export function takeComment(path: string, commitId: string): string {
  return `${start}${path}, commit ${commitId.slice(0, 8)}`;
}

/**
 * Whether a revision was made from a commit of the file. It can have other values than the file, where people chose those of
 * the hub; what the file had is known to the hub all the same.
 */
export function isTakenFrom(comment: string, commitId: string): boolean {
  return comment.startsWith(start) && comment.includes(commitId.slice(0, 8));
}
