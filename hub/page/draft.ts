import type { RegistryModel } from '../../shared/variables/registry/revision';

/** Edits of a model that are not saved, and the revision that they were made on. */
export interface Draft {
  readonly base: RegistryModel;
  readonly text: string;
}

/** The draft with a text; undefined where the text is the one of the revision. */
export function draftOf(base: RegistryModel, text: string): Draft | undefined {
  return text === base.text ? undefined : { base, text };
}

/** The part of the session storage of a browser that is used. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface DraftStorage {
  read(model: string): Draft | undefined;
  write(model: string, draft: Draft | undefined): void;
}

/** Keeps drafts for as long as the tab of the browser is open, by project and model. */
export function draftStorage(storage: TextStorage, projectId: string): DraftStorage {
  const keyOf = (model: string) => `model-draft/${projectId}/${model}`;
  return {
    read(model) {
      const stored = storage.getItem(keyOf(model));
      return stored === null ? undefined : readDraft(stored, model);
    },
    write(model, draft) {
      if (draft === undefined) storage.removeItem(keyOf(model));
      else storage.setItem(keyOf(model), JSON.stringify(draft));
    },
  };
}

/** What an older version of the page stored in another form is left out. */
function readDraft(stored: string, model: string): Draft | undefined {
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch {
    return undefined;
  }
  const draft = value as Partial<Draft> | null;
  const isDraft = typeof draft?.text === 'string' && draft.base?.id === model && typeof draft.base.text === 'string';
  return isDraft ? (draft as Draft) : undefined;
}
