import { Icon } from 'azure-devops-ui/Icon';
import { useMemo, type KeyboardEvent } from 'react';
import { DataTable, type DataColumn } from '../kit/DataTable';
import type { ComparedRow, SideValue } from './compareSides';
import type { SideName } from './CompareScreen';
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
  return (
    <>
      <div className="hub-compare-table" onKeyDown={moveFocus}>
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
        {isInherited && <span className="hub-source">{compareMessages.inherited(value.source)}</span>}
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

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const rows = [...event.currentTarget.querySelectorAll('tbody tr')].map((row) => [
    ...row.querySelectorAll<HTMLElement>('.hub-copy'),
  ]);
  const withButtons = rows.filter((buttons) => buttons.length > 0);
  const focused = document.activeElement;
  const row = withButtons.findIndex((buttons) => buttons.some((button) => button === focused));
  if (row < 0) return;
  const column = withButtons[row]?.findIndex((button) => button === focused) ?? 0;
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowDown: [row + 1, column],
    ArrowUp: [row - 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [0, column],
    End: [withButtons.length - 1, column],
  };
  const next = steps[event.key];
  if (!next) return;
  event.preventDefault();
  const buttons = withButtons[Math.min(Math.max(next[0], 0), withButtons.length - 1)];
  buttons?.[Math.min(Math.max(next[1], 0), buttons.length - 1)]?.focus();
}
