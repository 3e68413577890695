import type { TextChange } from '../../shared/variables/edit/changes';
import { pathText } from '../../shared/variables/pathText';
import { DataTable, type DataColumn } from '../kit/DataTable';
import { Value } from '../review/ChangesTable';
import { repositoryMessages as messages } from './messages';

const columns: readonly DataColumn<TextChange>[] = [
  {
    id: 'name',
    name: messages.variable,
    weight: 40,
    render: ({ path, environment }) => messages.nameIn(pathText(path), environment),
  },
  { id: 'file', name: messages.sides.file, weight: 30, render: ({ before }) => <Value value={before} /> },
  { id: 'hub', name: messages.sides.hub, weight: 30, render: ({ after }) => <Value value={after} /> },
];

/** The values that differ, by name. @param changes from the file to the hub */
export function DifferencesTable({ changes }: { readonly changes: readonly TextChange[] }) {
  return (
    <DataTable
      label={messages.differences}
      columns={columns}
      rows={changes}
      keyOf={({ path, environment }) => JSON.stringify([environment ?? null, ...path])}
    />
  );
}
