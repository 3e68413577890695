import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';

/** Where the focus goes after a change. */
export type Move = 'down' | 'right' | 'left' | 'stay';

/** What the editor begins with: the value, which is selected, or the first character that was typed. */
export interface CellStart {
  readonly text: string;
  readonly isTyped: boolean;
}

export interface CellEditorProps {
  readonly label: string;
  readonly start: CellStart;
  /** @returns why the text cannot be applied, as a sentence; the editor stays open then */
  readonly onCommit: (typed: string, move: Move) => string | undefined;
  readonly onCancel: () => void;
}

/** The field in a cell: Enter applies and goes down, Tab goes to the next cell, Esc keeps the value as it was. */
export function CellEditor({ label, start, onCommit, onCancel }: CellEditorProps) {
  const [typed, setTyped] = useState(start.text);
  const [problem, setProblem] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  const id = useId();
  useEffect(() => {
    input.current?.focus();
    if (!start.isTyped) input.current?.select();
  }, [start]);

  const commit = (move: Move) => {
    if (isDone.current) return;
    // Before the call: it takes the focus away, which commits again.
    isDone.current = true;
    const refusal = onCommit(typed, move);
    isDone.current = refusal === undefined;
    setProblem(refusal);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape') {
      isDone.current = true;
      onCancel();
    } else if (event.key === 'Enter' || event.key === 'Tab') {
      event.preventDefault();
      commit(event.key === 'Enter' ? 'down' : event.shiftKey ? 'left' : 'right');
    }
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
