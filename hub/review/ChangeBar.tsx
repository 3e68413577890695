import { Button } from 'azure-devops-ui/Button';
import { Dialog } from 'azure-devops-ui/Dialog';
import { useEffect, useMemo, useRef, useState } from 'react';
import { changesBetween } from '../../shared/variables/edit/changes';
import { CopyButton } from '../kit/CopyButton';
import { useModel } from '../kit/modelContext';
import { ProblemCard } from '../kit/faults/ProblemCard';
import { isSaveKey } from '../kit/focus/saveKey';
import { startFocus } from '../kit/focus/startFocus';
import { variablesMessages } from '../variables/messages';
import { reviewMessages } from './messages';

const { bar, discard: discardMessages } = variablesMessages;

/** The bar at the lower edge while there are changes that are not saved, on all tabs of the model. */
export function ChangeBar() {
  const { model, base, text, isChanged, readOnlyReason, review, discard } = useModel();
  const [isAsking, setAsking] = useState(false);
  const count = useMemo(
    () => (isChanged ? (changesBetween(base.text, text)?.length ?? 0) : 0),
    [isChanged, base, text],
  );
  useSaveKey(isChanged && readOnlyReason === undefined ? review : undefined);
  return (
    <>
      <div className="change-bar-status hub-screen-reader" role="status">
        {isChanged ? changeText(count) : ''}
      </div>
      {isChanged && (
        <section className="change-bar depth-8" aria-label={bar.label}>
          <span className="change-bar-text">{changeText(count)}</span>
          <Button text={bar.discard} subtle={true} onClick={() => setAsking(true)} />
          {readOnlyReason !== undefined && <CopyButton text={text} />}
          <Button text={bar.review} primary={true} disabled={readOnlyReason !== undefined} onClick={() => review()} />
        </section>
      )}
      {isAsking && (
        <Dialog
          defaultActiveElement={startFocus.cancel}
          titleProps={{ text: discardMessages.title }}
          onDismiss={() => setAsking(false)}
          footerButtonProps={[
            { text: reviewMessages.cancel, onClick: () => setAsking(false) },
            {
              text: discardMessages.confirm,
              danger: true,
              onClick: () => {
                setAsking(false);
                discard();
              },
            },
          ]}
        >
          {discardMessages.text(model.id)}
        </Dialog>
      )}
    </>
  );
}

/** Ctrl+S reviews the edits on all tabs, and never saves the page of the browser as a file. */
function useSaveKey(review: (() => void) | undefined): void {
  const newest = useRef(review);
  newest.current = review;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      // The editor of the File tab has used the key, or a cell has a text that cannot be applied.
      if (!isSaveKey(event) || event.defaultPrevented) return;
      event.preventDefault();
      if (document.querySelector('[role="dialog"]') !== null) return;
      // A cell has just applied what was typed into it.
      setTimeout(() => newest.current?.());
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

/** Tells that someone else saved while the model was being edited. */
export function OvertakenCard() {
  const { model, base, isChanged } = useModel();
  if (!isChanged || model.rev === base.rev) return null;
  return <ProblemCard severity="info">{variablesMessages.stale(model.updatedBy.name, model.rev)}</ProblemCard>;
}

function changeText(count: number): string {
  return count === 0 ? bar.textOnly : bar.changes(count);
}
