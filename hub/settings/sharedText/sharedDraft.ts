import type { RegistryModel } from '../../../shared/variables/registry/revision';

/** Edits of what all models share that are not saved, and what they were made on; undefined where there was nothing. */
export interface SharedDraft {
  readonly base: RegistryModel | undefined;
  readonly text: string;
}

export type SharedTextId = 'base' | 'schema';

/** Where drafts survive a reload of the page: as long as the tab of the browser is open. */
type TextStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export function readSharedDraft(storage: TextStorage, projectId: string, id: SharedTextId): SharedDraft | undefined {
  const stored = storage.getItem(keyOf(projectId, id));
  if (stored === null) return undefined;
  try {
    const { base, text } = JSON.parse(stored) as { readonly base?: RegistryModel; readonly text?: unknown };
    return typeof text === 'string' && (base === undefined || base.id === id) ? { base, text } : undefined;
  } catch {
    return undefined; // An older version of the page stored something else.
  }
}

export function writeSharedDraft(
  storage: TextStorage,
  projectId: string,
  id: SharedTextId,
  draft: SharedDraft | undefined,
): void {
  if (draft) storage.setItem(keyOf(projectId, id), JSON.stringify(draft));
  else storage.removeItem(keyOf(projectId, id));
}

function keyOf(projectId: string, id: SharedTextId): string {
  return `shared-draft/${projectId}/${id}`;
}
