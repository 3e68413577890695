import { createContext, useContext } from 'react';
import type { RegistryModel } from '../../shared/variables/registry/revision';
import type { SaveResult } from '../../shared/variables/registry/saveRevision';
import { provided } from '../kit/hubContext';
import type { ReviewOptions } from '../kit/modelContext';
import type { Route } from '../page/route';

/** A document whose revisions are shown: a model, the base variables, the schema or the settings. */
export interface HistorySubject {
  /** What is stored now. */
  readonly model: RegistryModel;
  /** The revision that the edits were made on. */
  readonly base: RegistryModel | undefined;
  readonly isChanged: boolean;
  /** Why it cannot be edited, as a sentence; undefined where it can. */
  readonly readOnlyReason: string | undefined;
  /** Why nothing can be saved, whatever the document is like, as a sentence; undefined where it can. */
  readonly refusedReason: string | undefined;
  /** Whether its texts are variable files, whose values can be compared. */
  readonly hasValues: boolean;
  /** Whether runs of pipelines read its revisions. */
  readonly hasRuns: boolean;
  /** Of the list of revisions, or of one of them, compared with another one. */
  readonly routeTo: (revision?: number, against?: number) => Route;
  readonly edit: (text: string) => void;
  readonly discard: () => void;
  /** Shows the edits, to be reviewed and saved. */
  readonly review: (options: ReviewOptions) => void;
  /** Saves a new revision with a text after a part of the history that is damaged. @throws StoreError, RegistryRefusal */
  readonly repair: (text: string, comment: string) => Promise<SaveResult>;
  /** What is wrong with a text. */
  readonly problemsOf: (text: string) => readonly { readonly line: number | undefined; readonly message: string }[];
  /** The protected environments whose values differ between two texts. @param before undefined for no text */
  readonly touchedBetween: (before: string | undefined, after: string) => readonly string[];
  /** Reads what is stored. It never rejects: the page shows the error. */
  readonly reload: () => Promise<void>;
}

export const HistoryContext = createContext<HistorySubject | undefined>(undefined);

/** The document whose revisions are shown. */
export function useHistory(): HistorySubject {
  return provided(useContext(HistoryContext));
}
