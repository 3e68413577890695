import { useEffect, useId, useRef, useState, type ClipboardEvent, type KeyboardEvent } from 'react';
import { isSaveKey } from '../../kit/focus/saveKey';
import { pastedText } from './pastedText';

/** Where the focus goes after a change. */
export type Move = 'down' | 'right' | 'left' | 'stay';

/** What the editor begins with: the value, which is selected, or the first character that was typed. */
export interface CellStart {
  readonly text: string;
  readonly isTyped: boolean;
  /** Why `text` could not be applied. */
  readonly problem?: string;
}

export interface CellEditorProps {
  readonly label: string;
  readonly start: CellStart;
  /** @returns why the text cannot be applied, as a sentence; the editor stays open then */
  readonly onCommit: (typed: string, move: Move) => string | undefined;
  /** Called with a text that was typed where the editor is taken away, such as with the Back button of the browser. */
  readonly onLeave: (typed: string) => void;
  /** Called with a text of several lines that was pasted, with what is around it: the field of a cell would join the lines. */
  readonly onLines: (text: string) => void;
  readonly onCancel: () => void;
}

/** The field in a cell: Enter applies and goes down, Tab goes to the next cell, Esc keeps the value as it was. */
export function CellEditor({ label, start, onCommit, onLeave, onLines, onCancel }: CellEditorProps) {
  const [typed, setTyped] = useState(start.text);
  const [problem, setProblem] = useState(start.problem);
  const input = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  const id = useId();
  useEffect(() => {
    // A text that could not be applied comes back with its row, while the focus can be in the filter.
    const hasFocus = input.current?.closest('[role="gridcell"]') === document.activeElement;
    if (start.problem !== undefined && !hasFocus) return;
    input.current?.focus();
    if (!start.isTyped) input.current?.select();
  }, [start]);
  const leave = useRef<() => void>();
  leave.current = () => {
    if (!isDone.current && (start.isTyped || typed !== start.text)) onLeave(typed);
  };
  useEffect(() => () => leave.current?.(), []);

  const commit = (move: Move) => {
    if (isDone.current) return undefined;
    // Before the call: it takes the focus away, which commits again.
    isDone.current = true;
    const refusal = onCommit(typed, move);
    isDone.current = refusal === undefined;
    setProblem(refusal);
    return refusal;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isSaveKey(event.nativeEvent)) {
      // The page reviews the edits then, with this one.
      if (commit('stay') !== undefined) event.preventDefault();
      return;
    }
    event.stopPropagation();
    // Enter and Esc of an input method are about the characters.
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') {
      isDone.current = true;
      onCancel();
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      event.preventDefault();
      commit(event.key === 'Enter' ? 'down' : event.shiftKey ? 'left' : 'right');
    }
  };
  const onPaste = (event: ClipboardEvent<HTMLInputElement>) => {
    const pasted = pastedText(event);
    if (!pasted.includes('\n')) return;
    event.preventDefault();
    const { selectionStart, selectionEnd } = event.currentTarget;
    isDone.current = true;
    onLines(typed.slice(0, selectionStart ?? 0) + pasted + typed.slice(selectionEnd ?? typed.length));
  };
  return (
    <span className="vg-editor">
      <input
        ref={input}
        type="text"
        aria-label={label}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : id}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        onClick={(event) => event.stopPropagation()}
        onFocus={(event) => event.stopPropagation()}
        onBlur={() => commit('stay')}
      />
      {problem !== undefined && (
        <span id={id} className="vg-refusal" role="alert">
          {problem}
        </span>
      )}
    </span>
  );
}
