import { Dialog } from 'azure-devops-ui/Dialog';
import { useState, type ReactNode } from 'react';
import type { RegistryModel } from '../../shared/variables/registry/revision';
import { describeFault } from '../kit/faults/describeFault';
import { useHub } from '../kit/hubContext';
import { startFocus } from '../kit/focus/startFocus';
import { reviewMessages } from '../review/messages';

const { archive: messages } = reviewMessages;

export interface Archive {
  /** Asks before it archives. */
  readonly archive: () => void;
  readonly restore: () => void;
  readonly dialog: ReactNode;
}

/** Archives and restores a model: a new revision with the same text. @param onSaved called with the new revision */
export function useArchive(model: RegistryModel, onSaved: (saved: RegistryModel) => void): Archive {
  const { host, registry } = useHub();
  const [isAsking, setAsking] = useState(false);
  const save = (status: 'active' | 'archived', comment: string, done: string) => {
    registry.save({ id: model.id, text: model.text, comment, base: model, status }).then(
      (result) => {
        if (result.kind === 'conflict') {
          host.toast(messages.changed);
          onSaved(result.theirs);
        } else {
          host.toast(done);
          onSaved(result.model);
        }
      },
      (error: unknown) => host.toast(describeFault(error).sentence),
    );
  };
  const dialog = isAsking && (
    <Dialog
      defaultActiveElement={startFocus.cancel}
      titleProps={{ text: messages.title(model.id) }}
      onDismiss={() => setAsking(false)}
      footerButtonProps={[
        { text: reviewMessages.cancel, onClick: () => setAsking(false) },
        {
          text: messages.archive,
          danger: true,
          onClick: () => {
            setAsking(false);
            save('archived', messages.comment, messages.archived(model.id));
          },
        },
      ]}
    >
      {messages.text}
    </Dialog>
  );
  return {
    archive: () => setAsking(true),
    restore: () => save('active', messages.restoreComment, messages.restored(model.id)),
    dialog,
  };
}
