import { Dialog } from 'azure-devops-ui/Dialog';
import { TextField, TextFieldWidth } from 'azure-devops-ui/TextField';
import { useMemo, useState } from 'react';
import type { Revision } from '../../shared/variables/registry/revision';
import { variableTextProblems } from '../file/textProblems';
import { useHub } from '../kit/hubContext';
import { kitMessages } from '../kit/messages';
import { useModel } from '../kit/modelContext';
import { FaultCard, ProblemCard } from '../kit/faults/ProblemCard';
import { modelSource, sharedVariables } from '../variables/checkModel';
import { historyMessages } from './messages';

/** Asks, and saves a new revision after a damaged part of the history. */
export function RepairDialog({ revision, onClose }: { readonly revision: Revision; readonly onClose: () => void }) {
  const { registry, contents, host, reload: reloadContents } = useHub();
  const { model, reload } = useModel();
  const [comment, setComment] = useState(historyMessages.restoreComment(revision.rev));
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const problems = useMemo(
    () =>
      variableTextProblems(model.id, revision.text, modelSource(revision.rev), sharedVariables(contents)).filter(
        ({ severity }) => severity === 'error',
      ),
    [model.id, revision, contents],
  );
  const save = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      const { id } = model;
      const saved = await registry.save({ id, text: revision.text, comment, base: model, acceptsDamage: true });
      host.toast(saved.kind === 'saved' ? historyMessages.restored(saved.model.rev) : historyMessages.conflict);
      await Promise.all([reload(), reloadContents()]);
      onClose();
    } catch (error) {
      setFault(error);
      setBusy(false);
    }
  };
  return (
    <Dialog
      titleProps={{ text: historyMessages.repairTitle(revision.rev) }}
      footerButtonProps={[
        { text: kitMessages.cancel, onClick: onClose },
        { text: historyMessages.repair, primary: true, disabled: isBusy, onClick: () => void save() },
      ]}
      onDismiss={onClose}
    >
      <div className="hub-dialog">
        {fault !== undefined && <FaultCard error={fault} />}
        <div>{historyMessages.repairText(revision.rev)}</div>
        {problems.length > 0 && (
          <ProblemCard severity="warning">
            <div>{historyMessages.problems}</div>
            {problems.slice(0, 5).map(({ message, line }) => (
              <div key={`${line ?? 0} ${message}`}>{message}</div>
            ))}
          </ProblemCard>
        )}
        <TextField
          label={historyMessages.commentLabel}
          value={comment}
          width={TextFieldWidth.auto}
          onChange={(_, next) => setComment(next)}
        />
      </div>
    </Dialog>
  );
}
