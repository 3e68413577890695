import type { Origin } from '../../shared/variables/origin';
import { originText } from '../../shared/variables/origin';
import { RegistryRefusal } from '../../shared/variables/registry/refusal';
import { largestTextBytes, readStoredText } from '../../shared/variables/registry/storedText';
import { checkModel, type Problem, type SharedVariables } from '../variables/checkModel';

/** A problem of a text that is being edited. */
export interface TextProblem {
  /** Counted from 1; undefined where it is not about one line of this text. */
  readonly line: number | undefined;
  readonly message: string;
  /** A note does not prevent the text from being saved. */
  readonly severity: 'error' | 'note';
}

/** What prevents a variable file from being saved, and what is worth to know; the sentences are those of the reader. */
export function variableTextProblems(
  id: string,
  text: string,
  source: string,
  shared: SharedVariables,
): readonly TextProblem[] {
  const { problems, notes } = checkModel(text, source, shared);
  return [
    ...sizeProblems(id, text),
    ...problems.map((problem) => placed(problem, source, 'error')),
    ...notes.map((note) => placed(note, source, 'note')),
  ];
}

/** A problem at its line; one of another text, such as the base variables, says which. */
export function placed({ origin, message }: Problem, source: string, severity: TextProblem['severity']): TextProblem {
  const isHere = origin.source === source;
  return { line: isHere ? origin.line : undefined, message: isHere ? message : elsewhere(origin, message), severity };
}

function elsewhere(origin: Origin, message: string): string {
  return `${originText(origin)}: ${message}`;
}

/** Why a text is too large to be saved, as the refusal says it. */
export function sizeProblems(id: string, text: string): readonly TextProblem[] {
  if (new TextEncoder().encode(text).length <= largestTextBytes) return [];
  try {
    readStoredText(id, text);
    return [];
  } catch (error) {
    if (!(error instanceof RegistryRefusal)) throw error;
    return [{ line: undefined, message: error.message, severity: 'error' }];
  }
}
