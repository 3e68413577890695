import { DataTable, type DataColumn } from '../kit/DataTable';
import { newModelMessages as messages } from './messages';
import type { ModelPreview, PreviewRow } from './previewModel';

const mostRows = 50;

/** The variables that a new model would have. */
export function PreviewTable({ preview: { rows, environments } }: { readonly preview: ModelPreview }) {
  if (rows.length === 0) return <p className="secondary-text">{messages.noVariables}</p>;
  const columns: DataColumn<PreviewRow>[] = [
    { id: 'name', name: messages.variable, weight: 30, render: ({ name }) => name },
    ...[messages.allEnvironments, ...environments].map((name, at): DataColumn<PreviewRow> => {
      const isFurther = at > 1;
      return {
        id: `value-${at}`,
        name,
        weight: 70 / (environments.length + 1),
        ...(isFurther && { leftOut: at > 3 ? ('medium' as const) : ('narrow' as const) }),
        render: ({ values }) => values[at] ?? '',
      };
    }),
  ];
  return (
    <>
      <DataTable
        label={messages.previewTable}
        columns={columns}
        rows={rows.slice(0, mostRows)}
        keyOf={({ name }) => name}
      />
      {rows.length > mostRows && <p className="secondary-text">{messages.moreVariables(rows.length - mostRows)}</p>}
    </>
  );
}
