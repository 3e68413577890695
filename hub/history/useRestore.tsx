import { Dialog } from 'azure-devops-ui/Dialog';
import { useEffect, useState, type ReactNode } from 'react';
import type { Revision } from '../../shared/variables/registry/revision';
import { kitMessages } from '../kit/messages';
import { startFocus } from '../kit/focus/startFocus';
import { useHistory } from './historySubject';
import { historyMessages } from './messages';
import { RepairDialog } from './RepairDialog';

export interface Restore {
  readonly restore: () => void;
  /** The dialog that asks before edits are replaced or a damaged model is repaired. */
  readonly dialog: ReactNode;
  /** Why the revision cannot be restored, as a sentence; undefined where it can. */
  readonly unavailable: string | undefined;
}

/** Restoring a revision: its text becomes the edits of the model, and is saved as a new revision through the review. */
export function useRestore(revision: Revision): Restore {
  const { model, base, isChanged, readOnlyReason, refusedReason, edit, discard, review } = useHistory();
  const [state, setState] = useState<'idle' | 'asking' | 'repairing' | 'restoring'>('idle');
  const isFree = !isChanged || base === model;
  useEffect(() => {
    // Edits that were made on an older revision are dropped first: the old text replaces what is stored now.
    if (state !== 'restoring') return;
    if (!isFree) {
      discard();
      return;
    }
    setState('idle');
    edit(revision.text);
    review({ comment: historyMessages.restoreComment(revision.rev) });
  }, [state, isFree, discard, edit, review, revision]);

  const isCurrent = model.isIntact && model.text === revision.text;
  const canRepair = !model.isIntact && !model.isNewer && refusedReason === undefined;
  const unavailable = isCurrent
    ? historyMessages.isCurrent
    : revision.isNewer
      ? historyMessages.newer
      : canRepair
        ? undefined
        : readOnlyReason;
  const restore = () => setState(model.isIntact ? (isChanged ? 'asking' : 'restoring') : 'repairing');
  const close = () => setState('idle');
  const dialog =
    state === 'asking' ? (
      <Dialog
        defaultActiveElement={startFocus.cancel}
        titleProps={{ text: historyMessages.replaceTitle }}
        footerButtonProps={[
          { text: kitMessages.cancel, onClick: close },
          { text: historyMessages.replace, danger: true, onClick: () => setState('restoring') },
        ]}
        onDismiss={close}
      >
        {historyMessages.replaceText(revision.rev)}
      </Dialog>
    ) : state === 'repairing' ? (
      <RepairDialog revision={revision} onClose={close} />
    ) : null;
  return { restore, dialog, unavailable };
}
