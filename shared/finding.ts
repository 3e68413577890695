/** Where something is in a document: names in maps and positions in lists, from the outside in. */
export type DocumentPath = readonly (string | number)[];

/** Something about one value of a document, in a sentence that names the value's path but never repeats the value. */
export interface Finding {
  readonly path: DocumentPath;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** As in `tasks[0].notebook_task`. */
export function documentPathText(path: DocumentPath): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
  return steps.join('').replace(/^\./, '') || 'the document';
}

/** An error about the value at a path; the problem is the words that follow the path. */
export function errorAt(path: DocumentPath, problem: string): Finding {
  return { path, message: `${documentPathText(path)} ${problem}`, severity: 'error' };
}
