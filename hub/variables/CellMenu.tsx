import { ContextualMenu, MenuItemType } from 'azure-devops-ui/Menu';
import { Location } from 'azure-devops-ui/Utilities/Position';
import { isEditable, type CellTarget } from './gridCursor';
import { variablesMessages } from './messages';
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
  const ownSomewhere = row.cells.some(({ state }) => state === 'own' || state === 'unset');
  return (
    <ContextualMenu
      anchorElement={anchor}
      anchorOrigin={{ horizontal: Location.start, vertical: Location.end }}
      onDismiss={() => {
        onDismiss();
        anchor.focus();
      }}
      menuProps={{
        id: 'cell-menu',
        ariaLabel: menu.label(row.name),
        items: [
          {
            id: 'edit',
            text: menu.editInPanel,
            iconProps: { iconName: 'Edit' },
            disabled: !canEdit,
            onActivate: () => onPanel(target),
          },
          {
            id: 'remove',
            text: menu.remove,
            ...(cell.below && { secondaryText: menu.inherits(cell.below.text) }),
            iconProps: { iconName: 'Undo' },
            disabled: !canEdit || !hasOwn,
            onActivate: () => edits.remove(target),
          },
          {
            id: 'unset',
            text: menu.unset,
            iconProps: { iconName: 'Clear' },
            disabled: !canEdit || cell.state === 'unset',
            onActivate: () => edits.unset(target),
          },
          { id: 'divider', itemType: MenuItemType.Divider },
          {
            id: 'removeVariable',
            text: menu.removeVariable,
            iconProps: { iconName: 'Delete' },
            disabled: readOnlyReason !== undefined || !ownSomewhere,
            onActivate: () => edits.removeVariable(row),
          },
        ],
      }}
    />
  );
}
