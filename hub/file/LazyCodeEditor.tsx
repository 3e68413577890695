import { lazy, Suspense } from 'react';
import { Loading } from '../kit/Loading';
import type { CodeEditorProps } from './CodeEditor';
import './file.css';

const CodeEditor = lazy(() => import('./CodeEditor').then(({ CodeEditor }) => ({ default: CodeEditor })));

/** The editor, in parts of its own: the page without an editor does not load them. */
export function LazyCodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<Loading />}>
      <CodeEditor {...props} />
    </Suspense>
  );
}
