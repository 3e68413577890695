import { setDiagnostics } from '@codemirror/lint';
import { EditorView } from '@codemirror/view';
import { useEffect, useId, useRef } from 'react';
import { diagnosticsOf, editorState, fromOutside, goToLine, type EditorOptions } from './codeMirror';
import { fileMessages } from './messages';
import type { TextProblem } from './textProblems';

export interface CodeEditorProps {
  readonly label: string;
  readonly text: string;
  readonly problems: readonly TextProblem[];
  readonly isReadOnly?: boolean;
  /** Moves the cursor there when the object changes. */
  readonly goTo?: { readonly line: number } | undefined;
  readonly onChange: (text: string) => void;
  /** Ctrl+S. */
  readonly onSave: () => void;
  readonly onRefused: (problem: string) => void;
}

/** An editor for YAML and JSON. It is loaded on its own, by `LazyCodeEditor`. */
export function CodeEditor(props: CodeEditorProps) {
  const { text, problems, isReadOnly = false, goTo } = props;
  const hint = useId();
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>();
  const newest = useRef(props);
  newest.current = props;

  useEffect(() => {
    if (!place.current) return undefined;
    const editor = new EditorView({ parent: place.current });
    view.current = editor;
    return () => editor.destroy();
  }, []);
  useEffect(() => {
    const options: EditorOptions = {
      label: newest.current.label,
      describedBy: hint,
      isReadOnly,
      onChange: (changed) => newest.current.onChange(changed),
      onSave: () => newest.current.onSave(),
      onRefused: (problem) => newest.current.onRefused(problem),
    };
    view.current?.setState(editorState(newest.current.text, options));
  }, [hint, isReadOnly]);
  useEffect(() => {
    const state = view.current?.state;
    if (state === undefined || state.sliceDoc() === text) return;
    // Replaced by another tab, or discarded: Ctrl+Z takes it back.
    const changes = { from: 0, to: state.doc.length, insert: text };
    view.current?.dispatch({ changes, annotations: fromOutside.of(true) });
  }, [text]);
  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, [...diagnosticsOf(editor.state, problems)]));
  }, [problems]);
  useEffect(() => {
    if (view.current && goTo) goToLine(view.current, goTo.line);
  }, [goTo]);

  return (
    <div className="hub-editor">
      <div className="hub-editor-frame" ref={place} />
      <p id={hint} className="hub-editor-keys secondary-text">
        {isReadOnly ? fileMessages.readOnlyKeyboard : fileMessages.keyboard}
      </p>
    </div>
  );
}
