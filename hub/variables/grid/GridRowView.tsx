import { Icon } from 'azure-devops-ui/Icon';
import { memo, type ReactNode } from 'react';
import { CellEditor, type CellStart, type Move } from './CellEditor';
import type { GridCell, GridRow } from './grid';
import { variablesMessages } from '../messages';

/** What a row can ask the grid to do; the functions stay the same as long as the grid is shown. */
export interface GridActions {
  readonly focus: (rowName: string, column: number) => void;
  readonly edit: (rowName: string, column: number, typed?: string) => void;
  /** Applies what was typed. @returns why it cannot be applied, as a sentence */
  readonly commit: (rowName: string, column: number, typed: string, move: Move) => string | undefined;
  /** Applies what was typed where the grid goes away while it is being edited; `index` is that of the cell. */
  readonly leave: (rowName: string, index: number, typed: string) => void;
  /** Goes on in the panel with a text of several lines. */
  readonly openPanel: (rowName: string, column: number, typed: string) => void;
  readonly cancel: (rowName: string, column: number) => void;
  readonly openMenu: (rowName: string, column: number, anchor: HTMLElement) => void;
}

export interface GridRowViewProps {
  readonly row: GridRow;
  /** The position among the shown rows, from 1 for the header. */
  readonly ariaRow: number;
  /** The columns of values that are shown: numbers of cells. */
  readonly shown: readonly number[];
  readonly hasEffective: boolean;
  /** The column with the focus; undefined where another row has it. */
  readonly activeColumn: number | undefined;
  /** What the editor begins with; undefined where no cell of the row is being edited. */
  readonly editing: CellStart | undefined;
  readonly isReadOnly: boolean;
  readonly detailsId: string;
  readonly actions: GridActions;
}

/** A variable: its name, a cell for each column, and the effective value. */
export const GridRowView = memo(function GridRowView(props: GridRowViewProps) {
  const { row, ariaRow, shown, hasEffective, activeColumn, editing, isReadOnly, detailsId, actions } = props;
  const focusOf = (column: number) => ({
    tabIndex: activeColumn === column ? 0 : -1,
    'aria-colindex': column + 1,
    'aria-describedby': activeColumn === column ? detailsId : undefined,
    'data-cell': `${row.name}/${column}`,
    onFocus: () => actions.focus(row.name, column),
  });
  return (
    <div role="row" className="vg-row" aria-rowindex={ariaRow}>
      <div
        role="rowheader"
        className="vg-cell vg-name"
        {...focusOf(0)}
        onContextMenu={(event) => {
          event.preventDefault();
          actions.openMenu(row.name, 0, event.currentTarget);
        }}
      >
        <RowName row={row} />
      </div>
      {shown.map((index, position) => {
        const cell = row.cells[index];
        const column = position + 1;
        const isEditing = editing !== undefined && activeColumn === column;
        const isLocked = row.lock !== undefined || isReadOnly || cell?.state === 'map';
        return (
          <div
            key={index}
            role="gridcell"
            className={classOf(cell, isLocked)}
            aria-readonly={isLocked}
            aria-invalid={cell?.problem !== undefined ? true : undefined}
            {...focusOf(column)}
            onClick={isEditing ? undefined : () => actions.edit(row.name, column)}
            onContextMenu={(event) => {
              event.preventDefault();
              actions.openMenu(row.name, column, event.currentTarget);
            }}
          >
            {isEditing ? (
              <CellEditor
                label={`${row.name}, ${columnName(cell)}`}
                start={editing}
                onCommit={(typed, move) => actions.commit(row.name, column, typed, move)}
                onLeave={(typed) => actions.leave(row.name, index, typed)}
                onLines={(typed) => actions.openPanel(row.name, column, typed)}
                onCancel={() => actions.cancel(row.name, column)}
              />
            ) : (
              cell && <CellContent cell={cell} />
            )}
          </div>
        );
      })}
      {hasEffective && (
        <div role="gridcell" className="vg-cell vg-effective" aria-readonly={true} {...focusOf(shown.length + 1)}>
          {row.effective && (
            <>
              <span className="vg-value">{row.effective.text}</span>
              <span className="vg-source">{row.effective.source}</span>
            </>
          )}
        </div>
      )}
    </div>
  );
}, areSame);

function areSame(before: GridRowViewProps, after: GridRowViewProps): boolean {
  const names = Object.keys(after) as (keyof GridRowViewProps)[];
  return names.every((name) => (name === 'row' ? hasSameContent(before.row, after.row) : before[name] === after[name]));
}

/** A row is built again for each text, mostly with the same content. */
function hasSameContent(before: GridRow, after: GridRow): boolean {
  return before === after || JSON.stringify(before) === JSON.stringify(after);
}

function RowName({ row }: { readonly row: GridRow }): ReactNode {
  const dot = row.path.length > 1 ? row.name.lastIndexOf('.') + 1 : 0;
  return (
    <>
      <span className="vg-name-text">
        {dot > 0 && <span className="vg-prefix">{row.name.slice(0, dot)}</span>}
        {row.name.slice(dot)}
      </span>
      {row.lock !== undefined && (
        <Icon iconName="Lock" className="vg-lock" ariaLabel={variablesMessages.locked(row.name, row.lock)} />
      )}
    </>
  );
}

function CellContent({ cell }: { readonly cell: GridCell }): ReactNode {
  const word = {
    unset: variablesMessages.unset,
    map: variablesMessages.map,
    own: cell.text,
    inherited: cell.text,
    missing: '',
  }[cell.state];
  return (
    <>
      <span className="vg-value" title={cell.text === '' ? undefined : `${cell.text} (${cell.source ?? ''})`}>
        {word}
      </span>
      {cell.problem !== undefined && <Icon iconName="Error" className="vg-problem" ariaLabel={cell.problem} />}
      {cell.isChanged && <span className="vg-mark" role="img" aria-label={variablesMessages.changed} />}
    </>
  );
}

/** The name of a column, as it is said. */
export function columnName(cell: { readonly environment: string | undefined } | undefined): string {
  return cell?.environment ?? variablesMessages.allEnvironments;
}

function classOf(cell: GridCell | undefined, isLocked: boolean): string {
  const classes = ['vg-cell', `vg-${cell?.state ?? 'missing'}`];
  if (isLocked) classes.push('vg-locked');
  if (cell?.isChanged === true) classes.push('vg-changed');
  if (cell?.problem !== undefined) classes.push('vg-invalid');
  return classes.join(' ');
}
