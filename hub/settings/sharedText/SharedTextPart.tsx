import { Button } from 'azure-devops-ui/Button';
import { useCallback, useMemo, useState } from 'react';
import { LazyCodeEditor } from '../../file/LazyCodeEditor';
import { fileMessages } from '../../file/messages';
import { ProblemList } from '../../file/ProblemList';
import { useDelayed } from '../../file/useDelayed';
import { History } from '../../history/History';
import { CopyButton } from '../../kit/CopyButton';
import { useHub } from '../../kit/hubContext';
import type { ReviewOptions } from '../../kit/modelContext';
import { ProblemCard, StaleCard } from '../../kit/faults/ProblemCard';
import { sharedVariables } from '../../variables/checkModel';
import { HistoryButton } from '../HistoryButton';
import { settingsMessages } from '../messages';
import { SchemaSource } from './SchemaSource';
import type { SharedTextId } from './sharedDraft';
import { SharedReviewPanel } from './SharedReviewPanel';
import { sharedTextProblems } from './sharedTextProblems';
import { useSharedHistory } from './useSharedHistory';
import { useSharedText } from './useSharedText';
import '../../history/history.css';

export interface SharedTextPartProps {
  readonly id: SharedTextId;
  /** Why the settings cannot be changed, as a sentence; undefined where they can. */
  readonly readOnlyReason: string | undefined;
}

/** The text of the base variables or of the schema, in the same editor as the File tab of a model. */
export function SharedTextPart({ id, readOnlyReason }: SharedTextPartProps) {
  const { host, contents, route, reload } = useHub();
  const shared = useSharedText(id);
  const { stored, base, text, isChanged, edit, discard } = shared;
  const [goTo, setGoTo] = useState<{ readonly line: number }>();
  const [reviewing, setReviewing] = useState<ReviewOptions>();
  const checked = useDelayed(text);
  const variables = useMemo(() => sharedVariables(contents), [contents]);
  const problems = useMemo(() => sharedTextProblems(id, checked, variables), [id, checked, variables]);
  const onGoTo = useCallback((line: number) => setGoTo({ line }), []);
  const newer = stored?.isNewer ? settingsMessages.newer(stored.problem ?? '') : undefined;
  const isReadOnly = (readOnlyReason ?? newer) !== undefined;
  const history = useSharedHistory(id, shared, { readOnlyReason: readOnlyReason ?? newer, review: setReviewing });
  const isHistory = route.view === 'settings' && route.hasHistory === true && history !== undefined;
  const review = () => setReviewing(isChanged && !isReadOnly ? {} : undefined);
  const panel = reviewing && (
    <SharedReviewPanel
      id={id}
      shared={shared}
      comment={reviewing.comment ?? ''}
      onDismiss={() => setReviewing(undefined)}
      onSaved={async (saved) => {
        host.toast(settingsMessages.savedRevision(saved.rev));
        await reload();
        discard();
        setReviewing(undefined);
      }}
    />
  );
  if (isHistory)
    return (
      <>
        <div className="settings-actions">
          <HistoryButton part={id} isOpen={true} />
        </div>
        <History subject={history} />
        {panel}
      </>
    );
  return (
    <>
      <StaleCard
        failure={shared.failure}
        sentence={settingsMessages.notReadAgain}
        onRetry={() => void shared.reload()}
      />
      {stored?.isIntact === false && (
        <ProblemCard severity="error">{newer ?? settingsMessages.damaged(stored.problem ?? '')}</ProblemCard>
      )}
      {isChanged && stored && stored.rev !== base?.rev && (
        <ProblemCard severity="info">{settingsMessages.stale(stored.updatedBy.name, stored.rev)}</ProblemCard>
      )}
      <div className="hub-card hub-file depth-8">
        <p className="settings-help">{settingsMessages[id].help}</p>
        {id === 'schema' && !isReadOnly && <SchemaSource onTaken={edit} />}
        <div className="settings-bar">
          <span role="status">{stateText(shared)}</span>
          <div className="settings-actions">
            {history && <HistoryButton part={id} isOpen={false} />}
            {isReadOnly && isChanged && <CopyButton text={text} />}
            <Button
              text={settingsMessages.discard}
              subtle={true}
              disabled={!isChanged}
              onClick={() => {
                discard();
                const undo = { text: settingsMessages.undo, onAction: () => edit(text, base) };
                host.toast(settingsMessages.discarded, undo);
              }}
            />
            <Button
              text={settingsMessages.review}
              primary={true}
              disabled={!isChanged || isReadOnly}
              onClick={review}
            />
          </div>
        </div>
        <LazyCodeEditor
          label={settingsMessages[id].editor}
          text={text}
          problems={problems}
          isReadOnly={isReadOnly}
          goTo={goTo}
          onChange={edit}
          onSave={review}
          onRefused={(problem) => host.toast(fileMessages.notInserted(problem))}
        />
      </div>
      <ProblemList problems={problems} onGoTo={onGoTo} />
      {panel}
    </>
  );
}

function stateText({ stored, isChanged }: ReturnType<typeof useSharedText>): string {
  if (isChanged) return settingsMessages.unsaved;
  return stored ? settingsMessages.unchanged(stored.rev) : settingsMessages.nothingSaved;
}
