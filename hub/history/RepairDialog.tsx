import { Dialog } from 'azure-devops-ui/Dialog';
import { TextField, TextFieldWidth } from 'azure-devops-ui/TextField';
import { useMemo, useState } from 'react';
import type { Revision } from '../../shared/variables/registry/revision';
import { useHub } from '../kit/hubContext';
import { useLoaded } from '../kit/useLoaded';
import { kitMessages } from '../kit/messages';
import { FaultCard, ProblemCard } from '../kit/faults/ProblemCard';
import { startFocus } from '../kit/focus/startFocus';
import { useHistory } from './historySubject';
import { historyMessages } from './messages';

/** Asks, and saves a new revision after a damaged part of the history. */
export function RepairDialog({ revision, onClose }: { readonly revision: Revision; readonly onClose: () => void }) {
  const { registry, host, reload: reloadContents } = useHub();
  const { model, reload, repair, problemsOf, touchedBetween } = useHistory();
  const [comment, setComment] = useState(historyMessages.restoreComment(revision.rev));
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const problems = useMemo(() => problemsOf(revision.text), [problemsOf, revision]);
  const [revisions, retry] = useLoaded(`revisions/${model.id}`, () => registry.revisions(model.id));
  const trusted = revisions.kind === 'loaded' ? revisions.value.find(({ isIntact }) => isIntact) : undefined;
  const touched = useMemo(() => touchedBetween(trusted?.text, revision.text), [touchedBetween, trusted, revision]);
  const canSave = revisions.kind === 'loaded' && touched.length === 0 && !isBusy;
  const save = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      const saved = await repair(revision.text, comment);
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
      defaultActiveElement={startFocus.firstField}
      titleProps={{ text: historyMessages.repairTitle(revision.rev) }}
      footerButtonProps={[
        { text: kitMessages.cancel, onClick: onClose },
        { text: historyMessages.repair, primary: true, disabled: !canSave, onClick: () => void save() },
      ]}
      onDismiss={onClose}
    >
      <div className="hub-dialog">
        {fault !== undefined && <FaultCard error={fault} />}
        {revisions.kind === 'failed' && <FaultCard error={revisions.error} onRetry={() => void retry()} />}
        <div>{historyMessages.repairText(revision.rev)}</div>
        {touched.length > 0 && (
          <ProblemCard severity="error">
            {historyMessages.repairProtected(touched.join(', '), trusted?.rev)}
          </ProblemCard>
        )}
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
