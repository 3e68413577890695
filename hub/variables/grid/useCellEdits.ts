import { useMemo, useState } from 'react';
import { useHub } from '../../kit/hubContext';
import { useModel } from '../../kit/modelContext';
import { editCells, type CellEdit } from './cellEdits';
import { sharedVariables } from '../checkModel';
import type { GridRow } from './grid';
import type { CellTarget } from './gridCursor';
import { readTyped } from '../spelling';

/** Changes of cells in the text of the model that is open. */
export interface CellEdits {
  /** Sets what was typed; an empty text removes the value. @returns why it cannot be set, as a sentence */
  readonly type: (target: CellTarget, typed: string) => string | undefined;
  /** Sets values, all or none. @returns why they cannot be set, as a sentence */
  readonly apply: (edits: readonly CellEdit[]) => string | undefined;
  readonly remove: (target: CellTarget) => void;
  readonly unset: (target: CellTarget) => void;
  readonly removeVariable: (row: GridRow) => void;
  /** Why the last change that has no field of its own was not made, as a sentence. */
  readonly refusal: string | undefined;
  readonly dismissRefusal: () => void;
}

/** The changes that the grid, its menu and its panel make. */
export function useCellEdits(): CellEdits {
  const { contents } = useHub();
  const { text, edit } = useModel();
  const [refusal, setRefusal] = useState<string>();
  return useMemo(() => {
    const { schema } = sharedVariables(contents);
    const apply = (edits: readonly CellEdit[]): string | undefined => {
      const result = editCells(text, edits);
      if (result.kind === 'refused') return result.problem;
      setRefusal(undefined);
      edit(result.text);
      return undefined;
    };
    const placeOf = ({ row, cell }: CellTarget) => ({ path: row.path, environment: cell.environment });
    const remove = (target: CellTarget) => setRefusal(apply([{ ...placeOf(target), isRemoved: true }]));
    return {
      apply,
      remove,
      type(target, typed) {
        const { cell, row } = target;
        const hasOwn = cell.state === 'own' || cell.state === 'unset';
        if (typed === (cell.state === 'own' ? cell.text : '')) return undefined;
        if (typed.trim() === '') return hasOwn ? apply([{ ...placeOf(target), isRemoved: true }]) : undefined;
        const read = readTyped(typed, schema, row.path);
        return 'problem' in read ? read.problem : apply([{ ...placeOf(target), ...read }]);
      },
      unset: (target) => setRefusal(apply([{ ...placeOf(target), value: null }])),
      removeVariable({ path, cells }) {
        const own = cells.filter(({ state }) => state === 'own' || state === 'unset');
        setRefusal(apply(own.map(({ environment }) => ({ path, environment, isRemoved: true }))));
      },
      refusal,
      dismissRefusal: () => setRefusal(undefined),
    };
  }, [contents, text, edit, refusal]);
}
