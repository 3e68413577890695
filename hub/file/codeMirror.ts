import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, type Diagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Annotation, EditorState, type Extension } from '@codemirror/state';
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { lineBreakOf, withLineBreaks } from './lineBreaks';
import type { TextProblem } from './textProblems';

/** What the reader of variable files reads at most, in characters. A longer text is not inserted, so that drafts stay small. */
const mostCharacters = 256 * 1024;

/** Marks changes that come from the page, not from the keyboard. */
export const fromOutside = Annotation.define<boolean>();

export interface EditorOptions {
  readonly label: string;
  /** The id of the element that describes the keys. */
  readonly describedBy: string;
  readonly isReadOnly: boolean;
  readonly onChange: (text: string) => void;
  readonly onSave: () => void;
  /** Called with the reason, as words that follow `the file`. */
  readonly onRefused: (problem: string) => void;
}

/** An editor with a text; what it returns for it is the same text, whatever its line breaks are. */
export function editorState(text: string, options: EditorOptions): EditorState {
  const lineBreak = lineBreakOf(text);
  return EditorState.create({
    doc: text,
    extensions: [
      EditorState.lineSeparator.of(lineBreak),
      EditorView.clipboardInputFilter.of((pasted) => withLineBreaks(pasted, lineBreak)),
      EditorState.readOnly.of(options.isReadOnly),
      EditorView.contentAttributes.of({
        'aria-label': options.label,
        'aria-describedby': options.describedBy,
        tabindex: '0',
      }),
      appearance,
      keysOf(options),
      EditorState.changeFilter.of((transaction) => {
        const isTooLong = transaction.newDoc.length > mostCharacters && transaction.annotation(fromOutside) !== true;
        if (isTooLong) options.onRefused(`is longer than ${mostCharacters} characters.`);
        return !isTooLong;
      }),
      EditorView.updateListener.of(({ docChanged, transactions, state }) => {
        const isOurs = transactions.some((transaction) => transaction.annotation(fromOutside) === true);
        if (docChanged && !isOurs) options.onChange(state.sliceDoc());
      }),
    ],
  });
}

/** Problems as marks in the text and in the gutter. A problem without a line is only in the list below the editor. */
export function diagnosticsOf(state: EditorState, problems: readonly TextProblem[]): readonly Diagnostic[] {
  return problems.flatMap(({ line, message, severity }) => {
    if (line === undefined || line > state.doc.lines) return [];
    const { from, to, text } = state.doc.line(line);
    const indent = text.length - text.trimStart().length;
    return [{ from: from + indent, to, message, severity: severity === 'error' ? 'error' : 'info' }] as const;
  });
}

/** Moves the cursor and the focus to the begin of what is written in a line. */
export function goToLine(view: EditorView, line: number): void {
  const { from, text } = view.state.doc.line(Math.min(line, view.state.doc.lines));
  const anchor = from + (text.length - text.trimStart().length);
  view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
  view.focus();
}

/** Tab indents; after Esc, it moves the focus (https://codemirror.net/examples/tab/). */
function keysOf({ onSave }: EditorOptions): Extension {
  const save = {
    key: 'Mod-s',
    preventDefault: true,
    run: () => {
      onSave();
      return true;
    },
  };
  return keymap.of([save, ...searchKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]);
}

const appearance: Extension = [
  lineNumbers(),
  lintGutter(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  history(),
  indentUnit.of('  '),
  indentOnInput(),
  bracketMatching(),
  search({ top: true }),
  highlightSelectionMatches(),
  EditorView.lineWrapping,
  yaml(),
  // Names of classes instead of colours: the style sheet has them, from the theme of the host.
  syntaxHighlighting(classHighlighter),
];
