import { useState, type ReactNode } from 'react';
import { Button } from 'azure-devops-ui/Button';
import { runMessages } from '../../messages';

export interface FactColumn<Row> {
  readonly name: string;
  readonly isNumber?: boolean;
  /** Undefined where the row has nothing in the column. */
  render(row: Row): ReactNode;
}

/** How many rows are shown at first, and added by the button below. */
const pageRows = 50;

/**
 * A table to read. Its first column names the row. A narrow one shows a row as lines with the names of the columns, and
 * stays a table for screen readers.
 */
export function FactTable<Row>(props: {
  readonly label: string;
  readonly columns: readonly FactColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string;
}) {
  const { label, columns, rows, keyOf } = props;
  const [shown, setShown] = useState(pageRows);
  const more = Math.min(pageRows, rows.length - shown);
  return (
    <div className="run-table">
      {/* Without the roles, browsers do not expose the lines of a narrow table as one. */}
      <table role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ name, isNumber }) => (
              <th key={name} role="columnheader" scope="col" className={classOf(isNumber)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.slice(0, shown).map((row, index) => (
            <tr key={keyOf(row, index)} role="row">
              {columns.map((column, position) =>
                position === 0 ? (
                  <th key={column.name} role="rowheader" scope="row">
                    {column.render(row)}
                  </th>
                ) : (
                  <Cell key={column.name} column={column} row={row} />
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <Button text={runMessages.showMore(more)} onClick={() => setShown(shown + pageRows)} />}
    </div>
  );
}

function Cell<Row>({ column, row }: { readonly column: FactColumn<Row>; readonly row: Row }) {
  const content = column.render(row);
  const isEmpty = content === undefined || content === '';
  return (
    <td
      role="cell"
      data-column={column.name}
      className={[classOf(column.isNumber), isEmpty && 'run-no-value'].filter(Boolean).join(' ') || undefined}
    >
      <span>{isEmpty ? runMessages.none : content}</span>
    </td>
  );
}

function classOf(isNumber: boolean | undefined): string | undefined {
  return isNumber === true ? 'run-number' : undefined;
}
