import type { KeyboardEvent } from 'react';
import type { CellStart, Move } from './CellEditor';
import type { GridCell, GridRow } from './grid';
import type { GridActions } from './GridRowView';

/** The cell with the focus, and what its editor begins with where it is being edited. */
export interface Cursor {
  readonly name: string;
  /** 0 is the name of the variable. */
  readonly column: number;
  readonly editing?: CellStart;
}

/** A cell with its variable. */
export interface CellTarget {
  readonly row: GridRow;
  readonly cell: GridCell;
}

/** What the grid is told by its owner. */
export interface GridEvents {
  readonly rows: readonly GridRow[];
  /** The columns of values that are shown: numbers of cells. */
  readonly shown: readonly number[];
  readonly readOnlyReason: string | undefined;
  /** @returns why the text cannot be applied, as a sentence */
  readonly onTyped: (target: CellTarget, typed: string) => string | undefined;
  readonly onRemove: (target: CellTarget) => void;
  readonly onMenu: (target: CellTarget, anchor: HTMLElement) => void;
  /** Called for values that do not fit into a cell; `typed` is what was typed already. */
  readonly onPanel: (target: CellTarget, typed?: string) => void;
}

/** What the cursor can change of the grid. */
export interface CursorView {
  readonly set: (cursor: Cursor) => void;
  /** Sets the cursor, and moves the focus to its cell. */
  readonly focus: (cursor: Cursor) => void;
  /** Moves the focus back to the editor, which holds a text that cannot be applied. @returns whether it is shown */
  readonly focusEditor: () => boolean;
}

const longestInline = 100;

/** The cell of a column; undefined for the name and the effective value. */
export function cellAt(row: GridRow, column: number, shown: readonly number[]): GridCell | undefined {
  const index = shown[column - 1];
  return index === undefined ? undefined : row.cells[index];
}

/** The functions for the rows. They stay the same, so that a row is only rendered when it changes. */
export function gridActions(events: () => GridEvents, view: CursorView): GridActions {
  // The editor has a text that cannot be applied: nothing else gets the focus before it is corrected or given up.
  let isRefused = false;
  // A filter can have taken the editor away, with its row.
  const isHeldBack = () => isRefused && view.focusEditor();
  const targetOf = (name: string, column: number): CellTarget | undefined => {
    const { rows, shown } = events();
    const row = rows.find((each) => each.name === name);
    const cell = row && cellAt(row, column, shown);
    return row && cell && { row, cell };
  };
  return {
    focus(name, column) {
      if (!isHeldBack()) view.set({ name, column });
    },
    edit(name, column, typed) {
      const target = targetOf(name, column);
      if (!target || !isEditable(target, events().readOnlyReason)) {
        view.focus({ name, column });
        return;
      }
      const text = target.cell.state === 'own' ? target.cell.text : '';
      const isLong = text.length > longestInline || text.includes('\n');
      if (isLong && typed === undefined) events().onPanel(target);
      else view.set({ name, column, editing: { text: typed ?? text, isTyped: typed !== undefined } });
    },
    commit(name, column, typed, move) {
      const target = targetOf(name, column);
      const problem = target && events().onTyped(target, typed);
      isRefused = problem !== undefined;
      if (problem !== undefined) view.set({ name, column, editing: { text: typed, isTyped: true, problem } });
      else view[move === 'stay' ? 'set' : 'focus'](after(events(), { name, column }, move));
      return problem;
    },
    leave(name, index, typed) {
      const row = events().rows.find((each) => each.name === name);
      const cell = row?.cells[index];
      if (row && cell) events().onTyped({ row, cell }, typed);
    },
    openPanel(name, column, typed) {
      const target = targetOf(name, column);
      isRefused = false;
      view.focus({ name, column });
      if (target) events().onPanel(target, typed);
    },
    cancel(name, column) {
      isRefused = false;
      view.focus({ name, column });
    },
    openMenu(name, column, anchor) {
      const target = targetOf(name, Math.max(column, 1));
      if (!target || isHeldBack()) return;
      view.set({ name, column });
      events().onMenu(target, anchor);
    },
  };
}

function after({ rows, shown }: GridEvents, { name, column }: Cursor, move: Move): Cursor {
  if (move === 'stay') return { name, column };
  if (move === 'down') {
    const index = rows.findIndex((row) => row.name === name);
    return { name: rows[index + 1]?.name ?? name, column };
  }
  return { name, column: Math.min(Math.max(column + (move === 'right' ? 1 : -1), 1), shown.length) };
}

/** Whether a cell can be set in the hub. */
export function isEditable({ row, cell }: CellTarget, readOnlyReason: string | undefined): boolean {
  return readOnlyReason === undefined && row.lock === undefined && cell.state !== 'map';
}

/** Begins what a key stands for in the cell with the focus. @returns whether it stands for anything */
export function startFromKey(
  event: KeyboardEvent,
  { name, column }: Cursor,
  actions: GridActions,
  { rows, shown, readOnlyReason, onRemove }: GridEvents,
): boolean {
  const row = rows.find((each) => each.name === name);
  const cell = row && cellAt(row, column, shown);
  if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    if (event.target instanceof HTMLElement) actions.openMenu(name, column, event.target);
    return true;
  }
  if (!row || !cell || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === 'Enter' || event.key === 'F2') actions.edit(name, column);
  else if (event.key === 'Delete' || event.key === 'Backspace') {
    const hasOwn = cell.state === 'own' || cell.state === 'unset';
    if (hasOwn && isEditable({ row, cell }, readOnlyReason)) onRemove({ row, cell });
  } else if (event.key.length === 1 && event.key !== ' ' && event.key !== '/') actions.edit(name, column, event.key);
  else return false;
  return true;
}
