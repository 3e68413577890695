import {
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import { describeCell } from './describeCell';
import type { GridCell } from './grid';
import { copyCell, pasteIntoCell } from './gridClipboard';
import { cellAt, gridActions, startFromKey, type Cursor, type GridEvents } from './gridCursor';
import { moved } from './gridFocus';
import { columnName, GridRowView } from './GridRowView';
import { rowsOfScreen, useRowCount } from '../../kit/rows/useRowCount';
import { variablesMessages } from '../messages';

export interface VariablesGridProps extends GridEvents {
  readonly label: string;
  readonly hasEffective: boolean;
  readonly effectiveHeader: ReactNode;
}

const detailsId = 'variables-details';

/** The least height of a row, in pixels. */
const rowHeight = 37;

/** Variables × environments as a grid of the ARIA practices: one stop for Tab, arrow keys within, Enter or F2 to edit. */
export function VariablesGrid(props: VariablesGridProps) {
  const { rows, shown, hasEffective, readOnlyReason } = props;
  const columns = 1 + shown.length + (hasEffective ? 1 : 0);
  const { element, cursor, focus, actions } = useCursor(props, columns - 1);
  const index = rows.findIndex(({ name }) => name === cursor.name);
  const row = rows[index];
  const count = useRowCount(rows.length, Math.max(rowsOfScreen(rowHeight), index + 1));

  const onKeyDown = (event: KeyboardEvent) => {
    const at = { row: index, column: cursor.column };
    const next = moved(at, { rows: rows.length, columns }, event);
    const nextRow = next && rows[next.row];
    if (nextRow) focus({ name: nextRow.name, column: next.column });
    else if (!startFromKey(event, cursor, actions, props)) return;
    event.preventDefault();
  };
  const least = columns > 2 ? '120px' : '0';
  const template = `minmax(min(220px, 45%), 2fr) repeat(${columns - 1}, minmax(${least}, 1fr))`;
  return (
    <>
      <div
        ref={element}
        className="vg hub-card depth-8"
        role="grid"
        aria-label={props.label}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns}
        aria-readonly={readOnlyReason !== undefined}
        style={{ '--vg-columns': template } as CSSProperties}
        onKeyDown={onKeyDown}
        onCopy={(event) => copyCell(event, cursor, props)}
        onPaste={(event) => pasteIntoCell(event, cursor, actions, props)}
      >
        <GridHeader {...props} cells={rows[0]?.cells ?? []} />
        <div role="rowgroup">
          {rows.slice(0, count).map((each, position) => (
            <GridRowView
              key={each.name}
              row={each}
              ariaRow={position + 2}
              shown={shown}
              hasEffective={hasEffective}
              activeColumn={each.name === cursor.name ? cursor.column : undefined}
              editing={each.name === cursor.name ? cursor.editing : undefined}
              isReadOnly={readOnlyReason !== undefined}
              detailsId={detailsId}
              actions={actions}
            />
          ))}
        </div>
      </div>
      <p id={detailsId} className="vg-details secondary-text">
        {row &&
          describeCell(
            row,
            { cell: cellAt(row, Math.max(cursor.column, 1), shown), isName: cursor.column === 0 },
            readOnlyReason,
          )}
      </p>
    </>
  );
}

function GridHeader(props: VariablesGridProps & { readonly cells: readonly GridCell[] }) {
  const { shown, cells, hasEffective, effectiveHeader } = props;
  return (
    <div role="rowgroup" className="vg-header">
      <div role="row" className="vg-row" aria-rowindex={1}>
        <div role="columnheader" className="vg-cell vg-name">
          {variablesMessages.variable}
        </div>
        {shown.map((index) => (
          <div key={index} role="columnheader" className="vg-cell">
            <span className="vg-value">{columnName(cells[index])}</span>
          </div>
        ))}
        {hasEffective && (
          <div role="columnheader" className="vg-cell vg-effective">
            {effectiveHeader}
          </div>
        )}
      </div>
    </div>
  );
}

/** The cell with the focus; the nearest one where that one is not shown any more. */
function useCursor(props: GridEvents, lastColumn: number) {
  const element = useRef<HTMLDivElement>(null);
  const newest = useRef(props);
  newest.current = props;
  const isFocusWanted = useRef(false);
  const [stored, set] = useState<Cursor>({ name: '', column: 1 });
  const lastIndex = useRef(0);
  const index = props.rows.findIndex(({ name }) => name === stored.name);
  if (index >= 0) lastIndex.current = index;
  const next = props.rows[Math.min(lastIndex.current, props.rows.length - 1)];
  const isShown = index >= 0 && stored.column <= lastColumn;
  const cursor = isShown ? stored : { name: next?.name ?? '', column: Math.min(stored.column, lastColumn) };

  const focus = useCallback((next: Cursor) => {
    isFocusWanted.current = true;
    set({ ...next });
  }, []);
  useLayoutEffect(() => {
    if (!isFocusWanted.current) return;
    isFocusWanted.current = false;
    const place = CSS.escape(`${cursor.name}/${cursor.column}`);
    const cell = element.current?.querySelector<HTMLElement>(`[data-cell="${place}"]`);
    cell?.focus();
    // The focus alone leaves a cell where it is that is covered in part.
    cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
  const [actions] = useState(() =>
    gridActions(() => newest.current, {
      set,
      focus,
      focusEditor: () => {
        const editor = element.current?.querySelector<HTMLElement>('.vg-editor input');
        editor?.focus();
        return editor instanceof HTMLElement;
      },
    }),
  );
  return { element, cursor, focus, actions };
}
