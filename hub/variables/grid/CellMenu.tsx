import { FloatingMenu } from '../../kit/menu/FloatingMenu';
import { isEditable, type CellTarget } from './gridCursor';
import { variablesMessages } from '../messages';
import type { CellEdits } from './useCellEdits';

export interface OpenMenu {
  readonly target: CellTarget;
  readonly anchor: HTMLElement;
}

export interface CellMenuProps extends OpenMenu {
  readonly readOnlyReason: string | undefined;
  readonly edits: CellEdits;
  readonly onPanel: (target: CellTarget) => void;
  readonly onDismiss: () => void;
}

const { menu } = variablesMessages;

/** The menu of a cell, which the right mouse button and Shift+F10 open. */
export function CellMenu({ target, anchor, readOnlyReason, edits, onPanel, onDismiss }: CellMenuProps) {
  const { row, cell } = target;
  const canEdit = isEditable(target, readOnlyReason);
  const hasOwn = cell.state === 'own' || cell.state === 'unset';
  const hasOwnSomewhere = row.cells.some(({ state }) => state === 'own' || state === 'unset');
  return (
    <FloatingMenu
      label={menu.label(row.name)}
      anchor={anchor}
      onDismiss={onDismiss}
      entries={[
        {
          id: 'edit',
          text: menu.editInPanel,
          icon: 'Edit',
          isDisabled: !canEdit,
          onSelect: () => onPanel(target),
        },
        {
          id: 'remove',
          text: menu.remove,
          ...(cell.below && { detail: menu.inherits(cell.below.text) }),
          icon: 'Undo',
          isDisabled: !canEdit || !hasOwn,
          onSelect: () => edits.remove(target),
        },
        {
          id: 'unset',
          text: menu.unset,
          icon: 'Clear',
          isDisabled: !canEdit || cell.state === 'unset',
          onSelect: () => edits.unset(target),
        },
        {
          id: 'removeVariable',
          text: menu.removeVariable,
          icon: 'Delete',
          isSeparated: true,
          isDisabled: readOnlyReason !== undefined || !hasOwnSomewhere,
          onSelect: () => edits.removeVariable(row),
        },
      ]}
    />
  );
}
