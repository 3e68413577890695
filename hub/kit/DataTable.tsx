import { Icon } from 'azure-devops-ui/Icon';
import { memo, useCallback, useRef, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { rowsOfScreen, useRowCount } from './rows/useRowCount';

/** A row has at least this height, in pixels. */
const rowHeight = 47;

/** How many rows of a table can be in view when a page opens. */
export const firstRows = (): number => rowsOfScreen(rowHeight);

export interface DataColumn<Row> {
  readonly id: string;
  readonly name: string;
  /** The share of the width that the column gets, among the columns that are shown. */
  readonly weight: number;
  /** The column is left out where the table is narrower: below about 900 or 560 pixels. Never set for the first column. */
  readonly leftOut?: 'medium' | 'narrow';
  readonly isSortable?: boolean;
  render(row: Row): ReactNode;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly DataColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly sort?: TableSort;
  readonly onSort?: (sort: TableSort) => void;
  /** Called for a click into a row, besides its links and buttons. */
  readonly onOpen?: (row: Row) => void;
}

export interface TableSort {
  readonly column: string;
  readonly isDescending: boolean;
}

/**
 * A table of things that are opened by a link in their first cell. The arrow keys, Home and End move between the links. It
 * does not scroll to the side: a narrow table leaves columns out. A row that stays the same object is rendered again only
 * when the columns change; the rows below the screen are rendered after those that are in view.
 */
export function DataTable<Row>({ label, columns, rows, keyOf, sort, onSort, onOpen }: DataTableProps<Row>) {
  const newest = useRef(onOpen);
  newest.current = onOpen;
  const open = useCallback((row: Row) => newest.current?.(row), []);
  const count = useRowCount(rows.length, firstRows());
  return (
    <div className="hub-card hub-table depth-8">
      <table aria-label={label}>
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} className={classOf(column)} style={{ width: `${column.weight}%` }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={moveFocus}>
          {rows.slice(0, count).map((row) => (
            <TableRow key={keyOf(row)} row={row} columns={columns} isOpenable={onOpen !== undefined} open={open} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface TableRowProps<Row> {
  readonly row: Row;
  readonly columns: readonly DataColumn<Row>[];
  readonly isOpenable: boolean;
  open(row: Row): void;
}

const TableRow = memo(function TableRow(props: TableRowProps<unknown>) {
  const { row, columns, isOpenable } = props;
  const openBesideLinks = ({ target }: MouseEvent) => {
    const isControl = target instanceof Element && target.closest('a, button') !== null;
    if (!isControl && getSelection()?.isCollapsed !== false) props.open(row);
  };
  return (
    <tr className={isOpenable ? 'hub-openable' : undefined} onClick={openBesideLinks}>
      {columns.map((column) => (
        <td key={column.id} className={classOf(column)}>
          {column.render(row)}
        </td>
      ))}
    </tr>
  );
});

function HeaderCell<Row>(props: {
  readonly column: DataColumn<Row>;
  readonly sort: TableSort | undefined;
  readonly onSort: ((sort: TableSort) => void) | undefined;
}) {
  const { column, sort, onSort } = props;
  const isSorted = sort?.column === column.id;
  const direction = sort?.isDescending === true ? 'descending' : 'ascending';
  return (
    <th scope="col" className={classOf(column)} aria-sort={isSorted ? direction : undefined}>
      {column.isSortable === true && onSort ? (
        <button
          type="button"
          onClick={() => onSort({ column: column.id, isDescending: isSorted && direction === 'ascending' })}
        >
          {column.name}
          {isSorted && <Icon iconName={direction === 'ascending' ? 'SortUp' : 'SortDown'} />}
        </button>
      ) : (
        column.name
      )}
    </th>
  );
}

function classOf({ leftOut }: { readonly leftOut?: string }): string | undefined {
  return leftOut === undefined ? undefined : `hub-not-${leftOut}`;
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('tr td:first-child a')];
  const row = document.activeElement?.closest('tr');
  const current = links.findIndex((link) => link.closest('tr') === row);
  const next = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: links.length - 1 }[event.key];
  if (next === undefined || current < 0) return;
  event.preventDefault();
  links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
}
