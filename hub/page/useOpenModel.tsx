import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { ModelRegistry } from '../../shared/variables/registry/modelRegistry';
import type { RegistryModel } from '../../shared/variables/registry/revision';
import type { SaveResult } from '../../shared/variables/registry/saveRevision';
import { useHub } from '../kit/hubContext';
import type { OpenModel, ReviewOptions } from '../kit/modelContext';
import { describeFault } from '../kit/faults/describeFault';
import type { Failure } from '../kit/useLoaded';
import { ReviewPanel } from '../review/ReviewPanel';
import { reviewMessages } from '../review/messages';
import { draftOf, draftStorage, type Draft } from './draft';
import { isSaved } from './isSaved';
import { useArchive } from './useArchive';
import { readOnlyReasonOf } from './readOnlyReason';

/**
 * The model with the edits that are not saved, which are kept in the session of the browser.
 * @param known the model as the list of models has it: shown at once, while its newest revision is being read
 */
export function useOpenModel(known: RegistryModel): { readonly open: OpenModel; readonly panel: ReactNode } {
  const { host, registry, refusal, reload: reloadContents } = useHub();
  const storage = useMemo(() => draftStorage(sessionStorage, host.project.id), [host.project.id]);
  const [model, setModel] = useState(known);
  const [draft, setDraft] = useState<Draft | undefined>(() => storage.read(known.id));
  const [review, setReview] = useState<ReviewOptions>();
  const [failure, setFailure] = useState<Failure>();

  const keep = useCallback(
    (next: Draft | undefined) => {
      setDraft(next);
      storage.write(known.id, next);
    },
    [storage, known.id],
  );
  const reload = useCallback(async () => {
    try {
      const newest = await registry.model(known.id);
      const kept = storage.read(known.id);
      if (newest && kept && (await isSaved(registry, kept, newest)) && storage.read(known.id)?.text === kept.text)
        keep(undefined);
      if (newest !== undefined) setModel((before) => (isNewer(newest, before) ? newest : before));
      setFailure(undefined);
    } catch (error) {
      // What is known is shown on; saving reads the newest revision again.
      setFailure({ error });
    }
  }, [registry, storage, keep, known.id]);
  useEffect(() => {
    const refresh = () => void reload();
    refresh();
    // Someone who comes back to the page sees what was saved in the meantime.
    addEventListener('focus', refresh);
    return () => removeEventListener('focus', refresh);
  }, [reload]);

  const show = useCallback(
    (saved: RegistryModel) => {
      setModel(saved);
      setFailure(undefined);
      void reloadContents();
    },
    [reloadContents],
  );
  const { archive, restore, dialog } = useArchive(model, show);

  const open = useMemo<OpenModel>(() => {
    const base = draft?.base ?? model;
    return {
      model,
      failure,
      base,
      text: draft?.text ?? model.text,
      isChanged: draft !== undefined,
      readOnlyReason: refusal?.reason ?? readOnlyReasonOf(model),
      edit: (text) => keep(draftOf(base, text)),
      discard: () => {
        keep(undefined);
        void reload();
      },
      review: (options = {}) => setReview(options),
      reload,
      archive,
      restore,
    };
  }, [model, failure, draft, refusal, keep, reload, archive, restore]);

  const undo = (saved: RegistryModel, before: RegistryModel) => {
    undoSave(registry, saved, before).then(
      (result) => {
        if (result.kind === 'conflict') host.toast(reviewMessages.notUndone);
        else {
          show(result.model);
          host.toast(reviewMessages.undone(result.model.rev, saved.rev));
        }
      },
      (error: unknown) => host.toast(reviewMessages.undoFailed(describeFault(error).sentence)),
    );
  };
  const panel = review && (
    <ReviewPanel
      open={open}
      options={review}
      onDismiss={() => setReview(undefined)}
      onRebased={(base, text) => keep(draftOf(base, text))}
      onSaved={(saved, before) => {
        setReview(undefined);
        keep(undefined);
        show(saved);
        host.toast(reviewMessages.saved(saved.rev), { text: reviewMessages.undo, onAction: () => undo(saved, before) });
      }}
    />
  );
  return {
    open,
    panel: (
      <>
        {panel}
        {dialog}
      </>
    ),
  };
}

/** Whether there is anything to show that is not shown already. */
function isNewer(read: RegistryModel, shown: RegistryModel): boolean {
  const isSame = read.rev === shown.rev && read.etag === shown.etag && read.isIntact === shown.isIntact;
  return read.rev >= shown.rev && !isSame;
}

/** Saves the text and the link that there were before a revision as a new one. */
async function undoSave(registry: ModelRegistry, saved: RegistryModel, before: RegistryModel): Promise<SaveResult> {
  return registry.save({
    id: saved.id,
    text: before.text,
    comment: reviewMessages.undoComment(saved.rev),
    base: saved,
    repository: before.repository ?? null,
  });
}
