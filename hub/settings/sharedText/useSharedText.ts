import { useCallback, useEffect, useState } from 'react';
import type { RegistryModel } from '../../../shared/variables/registry/revision';
import { useHub } from '../../kit/hubContext';
import type { Failure } from '../../kit/useLoaded';
import { isSaved } from '../../page/isSaved';
import { settingsMessages } from '../messages';
import { readSharedDraft, writeSharedDraft, type SharedDraft, type SharedTextId } from './sharedDraft';

export interface SharedText {
  /** As it is stored; undefined where nothing is. */
  readonly stored: RegistryModel | undefined;
  /** Why `stored` can be older than what is stored: the last request failed. */
  readonly failure: Failure | undefined;
  /** Reads the newest revision. */
  readonly reload: () => Promise<void>;
  /** What the edits were made on. */
  readonly base: RegistryModel | undefined;
  readonly text: string;
  readonly isChanged: boolean;
  /** Replaces the text, and what it was made on where that is given. */
  readonly edit: (text: string, base?: RegistryModel) => void;
  readonly discard: () => void;
}

/** The base variables or the schema, with edits that survive a reload of the page. */
export function useSharedText(id: SharedTextId): SharedText {
  const { host, contents, registry } = useHub();
  const projectId = host.project.id;
  const [newest, setNewest] = useState<RegistryModel>();
  const [draft, setDraft] = useState<SharedDraft | undefined>(() => readSharedDraft(sessionStorage, projectId, id));
  const listed = contents[id];
  const [failure, setFailure] = useState<Failure>();
  const keep = useCallback(
    (next: SharedDraft | undefined) => {
      setDraft(next);
      writeSharedDraft(sessionStorage, projectId, id, next);
    },
    [projectId, id],
  );
  const reload = useCallback(async () => {
    try {
      const read = await (id === 'base' ? registry.base() : registry.schema());
      const kept = () => readSharedDraft(sessionStorage, projectId, id);
      const before = kept();
      if (read && before && (await isSaved(registry, before, read)) && kept()?.text === before.text) keep(undefined);
      setNewest(read);
      setFailure(undefined);
    } catch (error) {
      // What the list says is shown on; saving reads the newest revision again.
      setFailure({ error });
    }
  }, [id, registry, projectId, keep]);
  useEffect(() => void reload(), [reload]);
  const stored = newest && newest.rev > (listed?.rev ?? 0) ? newest : listed;
  const startText = stored?.text ?? settingsMessages[id].start;
  const base = draft ? draft.base : stored;
  const edit = useCallback<SharedText['edit']>(
    (text, newBase = base) => {
      const unchanged = newBase?.text ?? settingsMessages[id].start;
      keep(text === unchanged ? undefined : { base: newBase, text });
    },
    [id, base, keep],
  );
  const discard = useCallback(() => keep(undefined), [keep]);
  const text = draft?.text ?? startText;
  return { stored, failure, reload, base, text, isChanged: draft !== undefined, edit, discard };
}
