import { createContext, useContext } from 'react';
import type { RegistryModel, RepositoryLink } from '../../shared/variables/registry/revision';
import { provided } from './hubContext';
import type { Failure } from './useLoaded';

/** The model that is open, with what was edited and is not saved. All tabs share it. */
export interface OpenModel {
  /** The newest revision that the page has read. */
  readonly model: RegistryModel;
  /** Why `model` can be older than what is stored: the last request failed. */
  readonly failure: Failure | undefined;
  /** The revision that the edits were made on: an older one than `model` where someone else saved in the meantime. */
  readonly base: RegistryModel;
  /** The text with the edits. */
  readonly text: string;
  readonly isChanged: boolean;
  /** Why the model cannot be edited, as a sentence; undefined where it can. */
  readonly readOnlyReason: string | undefined;
  /** Replaces the text. The edits survive another tab, a reload of the page and a save of someone else. */
  readonly edit: (text: string) => void;
  /** Drops the edits. */
  readonly discard: () => void;
  /** Opens the panel in which the edits are reviewed and saved. */
  readonly review: (options?: ReviewOptions) => void;
  /** Asks, and archives the model. */
  readonly archive: () => void;
  /** Makes an archived model active again. */
  readonly restore: () => void;
  /** Reads the newest revision; the edits stay. It never rejects: `failure` has the error. */
  readonly reload: () => Promise<void>;
}

export interface ReviewOptions {
  /** A comment to begin with. */
  readonly comment?: string;
  /** The link to a repository that the save sets; null removes it. */
  readonly repository?: RepositoryLink | null;
}

export const ModelContext = createContext<OpenModel | undefined>(undefined);

/** The model that is open. */
export function useModel(): OpenModel {
  return provided(useContext(ModelContext));
}
