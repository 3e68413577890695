import type { GridCell, GridRow } from './grid';
import { variablesMessages } from '../messages';

const { details } = variablesMessages;

/** What the line below the grid says of the cell with the focus: where its value comes from, and what is wrong with it. */
export function describeCell(
  row: GridRow,
  { cell, isName }: { readonly cell: GridCell | undefined; readonly isName: boolean },
  readOnlyReason: string | undefined,
): string {
  const sentences = cell === undefined ? effectiveText(row) : [valueText(row, cell), ...belowText(cell)];
  if (row.lock !== undefined) sentences.push(variablesMessages.locked(row.name, row.lock));
  else if (readOnlyReason !== undefined) sentences.push(readOnlyReason);
  else if (cell !== undefined && (isName || cell.state !== 'map'))
    sentences.push(isName ? details.nameKeys : details.keys);
  if (cell?.problem !== undefined) sentences.push(cell.problem);
  return sentences.join(' ');
}

function valueText({ name }: GridRow, { environment, state, text, source = '' }: GridCell): string {
  const column = environment ?? variablesMessages.allEnvironments;
  switch (state) {
    case 'own':
      return details.own(name, column, source);
    case 'unset':
      return details.unset(name, column, source);
    case 'inherited':
      return details.inherited(name, column, text, source);
    case 'missing':
      return details.missing(name, column);
    case 'map':
      return details.map(name, column);
  }
}

function belowText({ state, below }: GridCell): string[] {
  return below && (state === 'own' || state === 'unset') ? [details.below(below.text, below.source)] : [];
}

function effectiveText({ name, effective }: GridRow): string[] {
  if (!effective) return [details.missing(name, variablesMessages.effective)];
  return [details.effective(name, effective.text, effective.source)];
}
