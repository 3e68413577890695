import { Icon } from 'azure-devops-ui/Icon';
import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import { DataTable, type DataColumn } from '../kit/DataTable';
import type { ComparedRow, SideValue } from './compareSides';
import type { SideName } from './sides';
import { compareMessages } from './messages';
import type { ComparedInput } from './useCopies';

export interface CompareTableProps {
  readonly rows: readonly ComparedRow[];
  readonly left: ComparedInput;
  readonly right: ComparedInput;
  readonly onCopy: (row: ComparedRow, to: SideName) => void;
}

/** The values of both sides. The button in a value copies it to the other side; the arrow keys move between the buttons. */
export function CompareTable({ rows, left, right, onCopy }: CompareTableProps) {
  const columns = useMemo((): readonly DataColumn<ComparedRow>[] => {
    const column = (side: SideName, own: ComparedInput, other: ComparedInput): DataColumn<ComparedRow> => ({
      id: side,
      name: own.name,
      weight: 35,
      render: (row) => (
        <ValueCell
          row={row}
          value={row[side]}
          to={other}
          direction={side === 'left' ? 'ChevronRight' : 'ChevronLeft'}
          onCopy={() => onCopy(row, side === 'left' ? 'right' : 'left')}
        />
      ),
    });
    return [
      { id: 'name', name: compareMessages.variable, weight: 30, render: (row) => <NameCell row={row} /> },
      column('left', left, right),
      column('right', right, left),
    ];
  }, [left, right, onCopy]);
  const table = useRef<HTMLDivElement>(null);
  const focus = useRef<FocusedButton>();
  useEffect(() => {
    // The button of a value that was copied is gone: the focus goes to the one that took its place.
    if (!focus.current || !table.current || document.activeElement !== document.body) return;
    focusButton(buttonsOf(table.current), focus.current.row, focus.current.column);
  }, [rows]);
  return (
    <>
      <div
        ref={table}
        className="hub-compare-table"
        onKeyDown={moveFocus}
        onFocus={({ currentTarget, target }) => (focus.current = placeOf(buttonsOf(currentTarget), target))}
      >
        <DataTable
          label={compareMessages.table(left.name, right.name)}
          columns={columns}
          rows={rows}
          keyOf={({ name }) => name}
        />
      </div>
      <p className="hub-compare-keys secondary-text">{compareMessages.keys}</p>
    </>
  );
}

function NameCell({ row: { name, isDifferent } }: { readonly row: ComparedRow }) {
  return (
    <span className={isDifferent ? 'hub-differs' : undefined}>
      {name}
      {isDifferent && <span className="hub-screen-reader"> {compareMessages.differs}</span>}
    </span>
  );
}

function ValueCell(props: {
  readonly row: ComparedRow;
  readonly value: SideValue | undefined;
  readonly to: ComparedInput;
  readonly direction: 'ChevronLeft' | 'ChevronRight';
  readonly onCopy: () => void;
}) {
  const { row, value, to, direction, onCopy } = props;
  const isInherited = value?.isOwn === false;
  return (
    <div className={`hub-side-value ${direction === 'ChevronLeft' ? 'hub-side-right' : ''}`}>
      <div className="hub-side-text">
        {value === undefined ? (
          <span className="hub-not-set">{compareMessages.notSet}</span>
        ) : (
          <span className={isInherited ? 'hub-value hub-inherited' : 'hub-value'}>{value.text}</span>
        )}
        {isInherited && <span className="hub-value-source">{compareMessages.inherited(value.source)}</span>}
      </div>
      {row.isDifferent && to.open.readOnlyReason === undefined && (
        <button
          type="button"
          className="hub-copy"
          aria-label={compareMessages.copy(row.name, to.name)}
          title={compareMessages.copy(row.name, to.name)}
          onClick={onCopy}
        >
          <Icon iconName={direction} />
        </button>
      )}
    </div>
  );
}

interface FocusedButton {
  readonly row: number;
  readonly column: number;
}

/** The buttons of each row that has any. */
function buttonsOf(table: HTMLElement): readonly (readonly HTMLElement[])[] {
  return [...table.querySelectorAll('tbody tr')]
    .map((row) => [...row.querySelectorAll<HTMLElement>('.hub-copy')])
    .filter((buttons) => buttons.length > 0);
}

function placeOf(rows: readonly (readonly HTMLElement[])[], element: unknown): FocusedButton | undefined {
  const row = rows.findIndex((buttons) => buttons.some((button) => button === element));
  return row < 0 ? undefined : { row, column: rows[row]?.findIndex((button) => button === element) ?? 0 };
}

function focusButton(rows: readonly (readonly HTMLElement[])[], row: number, column: number): void {
  const buttons = rows[Math.min(Math.max(row, 0), rows.length - 1)];
  buttons?.[Math.min(Math.max(column, 0), buttons.length - 1)]?.focus();
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const rows = buttonsOf(event.currentTarget);
  const place = placeOf(rows, document.activeElement);
  if (!place) return;
  const { row, column } = place;
  const steps: Readonly<Record<string, FocusedButton>> = {
    ArrowDown: { row: row + 1, column },
    ArrowUp: { row: row - 1, column },
    ArrowLeft: { row, column: column - 1 },
    ArrowRight: { row, column: column + 1 },
    Home: { row: 0, column },
    End: { row: rows.length - 1, column },
  };
  const next = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
  if (!next) return;
  event.preventDefault();
  focusButton(rows, next.row, next.column);
}
