/** The texts that several screens use. */
export const kitMessages = {
  loading: 'Loading',
  tryAgain: 'Try again',
  details: (detail: string) => `Details: ${detail}`,
  close: 'Close',
  moreActions: 'More actions',
  cancel: 'Cancel',
  copy: 'Copy the text',
  copied: 'The text was copied.',
  copyByHand: 'Press Ctrl+C to copy the text',
  readOnly:
    'This page is read-only, because Azure DevOps refused to save: you do not have permission. Ask a project administrator. Your edits are kept in this tab of the browser, and you can copy them.',
  editAgain: 'Edit again',
  newestNotRead: (id: string, rev: number) =>
    `The newest revision of ${id} could not be read. Revision ${rev} is shown.`,
  contentsNotReadAgain: 'The models could not be read again. What is shown here was read earlier.',
};
