import type { ClipboardEvent } from 'react';
import { isEditable, cellAt, type Cursor, type GridEvents } from './gridCursor';
import type { GridActions } from './GridRowView';
import { pastedText } from './pastedText';

/** Copies what the cell with the focus shows. A text that was selected, and that of an editor, is copied by the browser. */
export function copyCell(event: ClipboardEvent, { name, column }: Cursor, { rows, shown }: GridEvents): void {
  const row = rows.find((each) => each.name === name);
  if (!row || event.target instanceof HTMLInputElement || getSelection()?.isCollapsed === false) return;
  const values = [row.name, ...shown.map((index) => row.cells[index]?.text), row.effective?.text];
  event.clipboardData.setData('text/plain', values[column] ?? '');
  event.preventDefault();
}

/** Applies a text as if it was typed into the cell with the focus; one of several lines is shown in the panel before. */
export function pasteIntoCell(
  event: ClipboardEvent,
  { name, column }: Cursor,
  actions: GridActions,
  { rows, shown, readOnlyReason }: GridEvents,
): void {
  const row = rows.find((each) => each.name === name);
  const cell = row && cellAt(row, column, shown);
  if (!cell || event.target instanceof HTMLInputElement || !isEditable({ row, cell }, readOnlyReason)) return;
  event.preventDefault();
  const text = pastedText(event);
  if (text.includes('\n')) actions.openPanel(name, column, text);
  else if (text !== '') actions.commit(name, column, text, 'stay');
}
