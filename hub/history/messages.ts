/** The texts of the tab History and of the view of a revision. */
export const historyMessages = {
  table: (model: string) => `Revisions of ${model}`,
  columns: { revision: 'Revision', changed: 'Saved', comment: 'Comment', state: 'State', compare: 'Compare' },
  revision: (rev: number) => `Revision ${rev}`,
  current: 'current',
  by: (name: string) => `by ${name}`,
  noComment: 'No comment',
  select: (rev: number) => `Select revision ${rev} for the comparison`,
  compareHint: 'Select two revisions to compare them.',
  compareSelected: (one: number, other: number) => `Compare revisions ${one} and ${other}`,
  showMore: (count: number) => `Show ${count} more`,
  shown: (shown: number, all: number) => `${shown} of ${all} ${all === 1 ? 'revision' : 'revisions'}`,
  states: { intact: 'Intact', damaged: 'Damaged', newer: 'Of a newer version', archived: 'Archived' },
  newer: 'A newer version of the extension saved this revision. Update the extension to restore it.',
  allIntact: (count: number) =>
    count === 1
      ? 'The revision is intact: its content has not changed since it was saved.'
      : `All ${count} revisions are intact: none has been changed, removed or replaced since it was saved.`,
  someNewer: (count: number) =>
    `A newer version of the extension saved ${count === 1 ? 'one revision' : `${count} revisions`}, which this version cannot verify. The others are intact. Update the extension to save here.`,
  damagedTitle: (revisions: string) =>
    `The history is damaged: ${revisions} changed outside of this page after it was saved, or is missing.`,
  damagedHelp:
    'Its values may not be those that somebody saved. The other revisions are not affected. To continue from a revision that you trust, open it and restore it.',
  problemOf: (rev: number, problem: string) => `Revision ${rev}: ${problem}`,
  none: 'No revisions',
  noneHelp: 'Nothing has been saved here yet, or its revisions cannot be found.',
  notFound: (rev: number) => `There is no revision ${rev}.`,
  all: 'All revisions',
  facts: { saved: 'Saved', comment: 'Comment', state: 'State', hash: 'Hash', status: 'Status' },
  hash: (hash: string) => `SHA-256 ${hash}`,
  comparedWith: 'Compare with',
  nothing: 'Nothing (the first revision)',
  option: (rev: number, when: string, who: string) => `${rev} · ${when} · ${who}`,
  restore: (rev: number) => `Restore revision ${rev}`,
  restoreComment: (rev: number) => `Restore revision ${rev}`,
  isCurrent: 'This is the current text.',
  changes: 'Changed values',
  noChanges: 'No values differ.',
  unreadable: 'One of the texts is not a variable file, so its values cannot be compared.',
  text: 'Text',
  sameText: 'The texts are the same.',
  onlyLineBreaks: 'Only the line breaks differ (CRLF and LF).',
  runs: 'Runs that read this revision',
  noRuns: 'No run of a pipeline has read this revision.',
  moreRuns: (count: number) => `The ${count} newest runs are listed.`,
  run: (pipeline: string, number: string) => `${pipeline} ${number}`,
  replaceTitle: 'Replace your unsaved edits?',
  replaceText: (rev: number) =>
    `There are edits that are not saved. Restoring revision ${rev} replaces them. They cannot be recovered.`,
  replace: 'Replace the edits',
  repairTitle: (rev: number) => `Restore revision ${rev}?`,
  repairText: (rev: number) =>
    `The stored document is damaged. A new revision with the text of revision ${rev} is saved after the damaged part, which stays in the history.`,
  repairProtected: (names: string, rev: number | undefined) =>
    rev === undefined
      ? `The text sets values of ${names}, which is protected, and no revision is intact to compare it with. Remove the protection in the settings, or take the values from the repository.`
      : `The text changes values of ${names}, which is protected, since the newest revision that is intact. Restore revision ${rev}, and open a pull request for the change.`,
  repair: 'Restore',
  commentLabel: 'Comment',
  problems: 'The text has these problems. It is restored all the same, and can be corrected afterwards:',
  restored: (rev: number) => `Revision ${rev} was saved.`,
  conflict: 'Someone else saved in the meantime. Check the newest revision, and restore again if it is necessary.',
};
