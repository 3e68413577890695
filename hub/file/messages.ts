/** The texts of the tab File and of the editor. */
export const fileMessages = {
  editor: (model: string) => `Variable file of ${model}`,
  keyboard: 'Tab indents. To leave the editor, press Esc and then Tab. Ctrl+S reviews the edits, Ctrl+F searches.',
  readOnlyKeyboard: 'Press Ctrl+F to search in the text.',
  unsaved: 'Unsaved edits',
  unchanged: (rev: number) => `Revision ${rev}, without edits`,
  newerRevision: (rev: number, name: string) =>
    `${name} saved revision ${rev} in the meantime. Your edits are kept; they are merged with it when you review them.`,
  review: 'Review and save',
  discard: 'Discard',
  discarded: 'The edits were discarded.',
  undo: 'Undo',
  noProblems: 'No problems',
  checking: 'Checking the text',
  problems: (count: number) => (count === 1 ? '1 problem' : `${count} problems`),
  notes: (count: number) => (count === 1 ? '1 note' : `${count} notes`),
  problemList: 'Problems of the text',
  goTo: (line: number) => `Line ${line}`,
  error: 'Problem',
  note: 'Note',
  notInserted: (problem: string) => `The text was not inserted: with it, the file ${problem}`,
};
