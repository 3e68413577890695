import { DataTable, type DataColumn } from '../../kit/DataTable';
import type { ImportItem } from './importPlan';
import { settingsMessages } from '../messages';

const { importing } = settingsMessages;

export interface ImportTableProps {
  readonly items: readonly ImportItem[];
  readonly isSelected: (item: ImportItem) => boolean;
  readonly onSelect: (item: ImportItem, isSelected: boolean) => void;
}

/** What each document of the file would become. */
export function ImportTable({ items, isSelected, onSelect }: ImportTableProps) {
  const columns: readonly DataColumn<ImportItem>[] = [
    {
      id: 'name',
      name: importing.columns.name,
      weight: 35,
      render: (item) => {
        const isPossible = item.effect === 'new' || item.effect === 'revision';
        return (
          <label className="settings-item">
            <input
              type="checkbox"
              aria-label={importing.select(item.name)}
              checked={isSelected(item)}
              disabled={!isPossible}
              onChange={(event) => onSelect(item, event.target.checked)}
            />
            <span>{item.name}</span>
          </label>
        );
      },
    },
    { id: 'effect', name: importing.columns.effect, weight: 65, render: ({ effectText }) => effectText },
  ];
  return (
    <DataTable
      label={importing.table}
      columns={columns}
      rows={items}
      keyOf={(item) => `${item.kind}/${item.id}/${items.indexOf(item)}`}
    />
  );
}
