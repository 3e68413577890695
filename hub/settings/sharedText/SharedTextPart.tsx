import { Button } from 'azure-devops-ui/Button';
import { useCallback, useMemo, useState } from 'react';
import { LazyCodeEditor } from '../../file/LazyCodeEditor';
import { fileMessages } from '../../file/messages';
import { ProblemList } from '../../file/ProblemList';
import { useDelayed } from '../../file/useDelayed';
import { useHub } from '../../kit/hubContext';
import { ProblemCard } from '../../kit/faults/ProblemCard';
import { sharedVariables } from '../../variables/checkModel';
import { settingsMessages } from '../messages';
import { SchemaSource } from './SchemaSource';
import type { SharedTextId } from './sharedDraft';
import { SharedReviewPanel } from './SharedReviewPanel';
import { sharedTextProblems } from './sharedTextProblems';
import { useSharedText } from './useSharedText';

/** The text of the base variables or of the schema, in the same editor as the File tab of a model. */
export function SharedTextPart({ id }: { readonly id: SharedTextId }) {
  const { host, contents, reload } = useHub();
  const shared = useSharedText(id);
  const { stored, base, text, isChanged, edit, discard } = shared;
  const [goTo, setGoTo] = useState<{ readonly line: number }>();
  const [isReviewing, setReviewing] = useState(false);
  const checked = useDelayed(text);
  const variables = useMemo(() => sharedVariables(contents), [contents]);
  const problems = useMemo(() => sharedTextProblems(id, checked, variables), [id, checked, variables]);
  const onGoTo = useCallback((line: number) => setGoTo({ line }), []);
  const review = () => setReviewing(isChanged);
  return (
    <>
      {stored?.isIntact === false && (
        <ProblemCard severity="error">{settingsMessages.damaged(stored.problem ?? '')}</ProblemCard>
      )}
      {isChanged && stored && stored.rev !== base?.rev && (
        <ProblemCard severity="info">{settingsMessages.stale(stored.updatedBy.name, stored.rev)}</ProblemCard>
      )}
      <div className="hub-card hub-file depth-8">
        <p className="settings-help">{settingsMessages[id].help}</p>
        {id === 'schema' && <SchemaSource onTaken={edit} />}
        <div className="settings-bar">
          <span role="status">{stateText(shared)}</span>
          <div className="settings-actions">
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
            <Button text={settingsMessages.review} primary={true} disabled={!isChanged} onClick={review} />
          </div>
        </div>
        <LazyCodeEditor
          label={settingsMessages[id].editor}
          text={text}
          problems={problems}
          goTo={goTo}
          onChange={edit}
          onSave={review}
          onRefused={(problem) => host.toast(fileMessages.notInserted(problem))}
        />
      </div>
      <ProblemList problems={problems} onGoTo={onGoTo} />
      {isReviewing && (
        <SharedReviewPanel
          id={id}
          shared={shared}
          onDismiss={() => setReviewing(false)}
          onSaved={async (saved) => {
            host.toast(settingsMessages.savedRevision(saved.rev));
            await reload();
            discard();
            setReviewing(false);
          }}
        />
      )}
    </>
  );
}

function stateText({ stored, isChanged }: ReturnType<typeof useSharedText>): string {
  if (isChanged) return settingsMessages.unsaved;
  return stored ? settingsMessages.unchanged(stored.rev) : settingsMessages.nothingSaved;
}
