import { useCallback, useState } from 'react';
import type { OpenModel } from '../kit/modelContext';
import { copyTo, type ComparedRow, type SideInput } from './compareSides';
import type { SideName } from './sides';
import { compareMessages } from './messages';

export interface ComparedInput {
  readonly open: OpenModel;
  readonly input: SideInput;
  /** As people read it, such as `churn · prod`. */
  readonly name: string;
}

export interface Copies {
  /** Copies a value to a side. */
  readonly copy: (row: ComparedRow, to: SideName) => void;
  /** Takes the last copy back; undefined where there is none. */
  readonly undo: (() => void) | undefined;
  /** What happened last, as a sentence. */
  readonly status: string | undefined;
  /** Why the last value was not copied, as a sentence. */
  readonly refusal: string | undefined;
  readonly dismissRefusal: () => void;
}

interface Copied {
  readonly name: string;
  readonly model: string;
  readonly before: string;
  readonly after: string;
}

/** Copies of values from one side to the other, which become edits of the model that are not saved. */
export function useCopies(sides: Readonly<Record<SideName, ComparedInput>>): Copies {
  const [done, setDone] = useState<readonly Copied[]>([]);
  const [status, setStatus] = useState<string>();
  const [refusal, setRefusal] = useState<string>();
  const { left, right } = sides;
  const copy = useCallback(
    (row: ComparedRow, to: SideName) => {
      const target = to === 'left' ? left : right;
      const result = copyTo(target.input, row.path, to === 'left' ? row.right : row.left);
      if (result.kind === 'refused') {
        setRefusal(compareMessages.refused(row.name, result.problem));
        return;
      }
      const { text: before, model } = target.input;
      setRefusal(undefined);
      setDone((earlier) => [...earlier, { name: row.name, model, before, after: result.text }]);
      setStatus(compareMessages.copied(row.name, target.name));
      target.open.edit(result.text);
    },
    [left, right],
  );
  const last = done.at(-1);
  const target = [left, right].find(({ input }) => input.model === last?.model);
  // What was saved, discarded or edited since is not taken back.
  const canUndo = last !== undefined && target?.input.text === last.after;
  const undo = () => {
    if (!last || !target) return;
    setDone(done.slice(0, -1));
    setStatus(compareMessages.undone(last.name));
    target.open.edit(last.before);
  };
  return { copy, undo: canUndo ? undo : undefined, status, refusal, dismissRefusal: () => setRefusal(undefined) };
}
