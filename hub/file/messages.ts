/** The texts of the tab File and of the editor. */
export const fileMessages = {
  editor: (model: string) => `Variable file of ${model}`,
  keyboard: 'Tab indents. To leave the editor, press Esc and then Tab. Ctrl+S reviews the edits, Ctrl+F searches.',
  readOnlyKeyboard: 'Press Ctrl+F to search in the text.',
  noProblems: 'No problems',
  problems: (count: number) => (count === 1 ? '1 problem' : `${count} problems`),
  notes: (count: number) => (count === 1 ? '1 note' : `${count} notes`),
  problemList: 'Problems of the text',
  goTo: (line: number) => `Line ${line}`,
  error: 'Problem',
  note: 'Note',
  notInserted: (problem: string) => `The text was not inserted: with it, the file ${problem}`,
};
