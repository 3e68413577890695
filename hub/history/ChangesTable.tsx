import { useMemo } from 'react';
import { changesBetween, type TextChange } from '../../shared/variables/edit/mergeTexts';
import { pathText } from '../../shared/variables/pathText';
import { DataTable, type DataColumn } from '../kit/DataTable';
import { spellPlain } from '../variables/spelling';
import { historyMessages } from './messages';

const { change: names } = historyMessages;

const columns: readonly DataColumn<TextChange>[] = [
  { id: 'variable', name: names.variable, weight: 28, render: ({ path }) => pathText(path) },
  {
    id: 'environment',
    name: names.environment,
    weight: 16,
    leftOut: 'narrow',
    render: ({ environment }) => environment ?? historyMessages.allEnvironments,
  },
  { id: 'before', name: names.before, weight: 28, render: ({ before }) => <Value of={before} kind="del" /> },
  { id: 'after', name: names.after, weight: 28, render: ({ after }) => <Value of={after} kind="ins" /> },
];

/** The values that differ between two variable files, by name. */
export function ChangesTable({ before, after }: { readonly before: string; readonly after: string }) {
  const changes = useMemo(() => changesBetween(before, after), [before, after]);
  if (changes === undefined) return <p className="hub-diff-note">{historyMessages.unreadable}</p>;
  if (changes.length === 0) return <p className="hub-diff-note">{historyMessages.noChanges}</p>;
  return (
    <DataTable
      label={historyMessages.changes}
      columns={columns}
      rows={changes}
      keyOf={({ path, environment }) => JSON.stringify([environment ?? null, path])}
    />
  );
}

function Value({ of, kind }: { readonly of: TextChange['before']; readonly kind: 'ins' | 'del' }) {
  if (of === undefined) return null;
  const Content = kind;
  return <Content className="hub-value">{spellPlain(of)}</Content>;
}
