import { ContentSize } from 'azure-devops-ui/Callout';
import { FormItem } from 'azure-devops-ui/FormItem';
import { Panel } from 'azure-devops-ui/Panel';
import { TextField, TextFieldWidth } from 'azure-devops-ui/TextField';
import { useMemo, useState } from 'react';
import { changesBetween } from '../../../shared/variables/edit/changes';
import type { RegistryModel } from '../../../shared/variables/registry/revision';
import { useHub } from '../../kit/hubContext';
import { FaultCard, ProblemCard } from '../../kit/faults/ProblemCard';
import { useProblemCounts } from '../../models/useProblemCounts';
import { ChangesTable } from '../../review/ChangesTable';
import { ConflictDialog } from '../../review/ConflictDialog';
import { touchedModels, type TouchedModel } from '../../protection/touchedModels';
import { planReview, type ReviewPlan } from '../../review/reviewPlan';
import { TextDiff } from '../../review/TextDiff';
import { sharedVariables } from '../../variables/checkModel';
import { withTexts } from '../transfer/withTexts';
import { settingsMessages } from '../messages';
import type { SharedTextId } from './sharedDraft';
import { sharedTextProblems } from './sharedTextProblems';
import type { SharedText } from './useSharedText';
import '../../review/review.css';

export interface SharedReviewProps {
  readonly id: SharedTextId;
  readonly shared: SharedText;
  /** To begin with. */
  readonly comment: string;
  readonly onDismiss: () => void;
  readonly onSaved: (saved: RegistryModel) => Promise<void>;
}

type Conflict = Exclude<ReviewPlan, { kind: 'ready' }>;

/** The panel in which edits of the base variables or the schema are reviewed and saved. */
export function SharedReviewPanel(props: SharedReviewProps) {
  const { id, shared, onDismiss, onSaved } = props;
  const { registry, refusal } = useHub();
  const { base, text, edit } = shared;
  const [comment, setComment] = useState(props.comment);
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<{ readonly error: unknown }>();
  const [conflict, setConflict] = useState<Conflict>();
  const [merged, setMerged] = useState<{ readonly who: string; readonly rev: number }>();
  const problems = useProblemsOf(id, text);
  const touched = useTouched(id, text);
  const save = async () => {
    setBusy(true);
    setFault(undefined);
    try {
      const change = { text, comment, base, acceptsDamage: base?.isIntact === false };
      const result = await (id === 'base' ? registry.saveBase(change) : registry.saveSchema(change));
      if (result.kind === 'saved') {
        await onSaved(result.model);
        return;
      }
      const plan = planOn(shared, result.theirs);
      if (plan.kind === 'ready') {
        setMerged({ who: result.theirs.updatedBy.name, rev: result.theirs.rev });
        edit(plan.text, plan.base);
      } else setConflict(plan);
    } catch (error) {
      setFault({ error });
    }
    setBusy(false);
  };
  if (conflict)
    return (
      <ConflictDialog
        plan={conflict}
        mine={text}
        onKeepEditing={onDismiss}
        onResolved={(resolved) => {
          edit(resolved, conflict.base);
          setConflict(undefined);
          if (resolved === conflict.base.text) onDismiss();
        }}
      />
    );
  return (
    <Panel
      size={ContentSize.Large}
      onDismiss={onDismiss}
      titleProps={{ text: settingsMessages[id].review }}
      description={settingsMessages.becomes((base?.rev ?? 0) + 1)}
      footerButtonProps={[
        { text: settingsMessages.cancel, onClick: onDismiss },
        {
          text: settingsMessages.save,
          primary: true,
          disabled: isBusy || problems.length > 0 || touched.length > 0 || refusal !== undefined,
          onClick: () => void save(),
        },
      ]}
    >
      <div className="hub-form review">
        {fault && <FaultCard error={fault.error} onRetry={() => void save()} />}
        {merged && <ProblemCard severity="info">{settingsMessages.merged(merged.who, merged.rev)}</ProblemCard>}
        {problems.length > 0 && (
          <ProblemCard severity="error">
            {settingsMessages.problems}
            {problems.slice(0, 5).map(({ message, line }) => (
              <div key={`${line ?? 0} ${message}`}>{message}</div>
            ))}
          </ProblemCard>
        )}
        {touched.length > 0 && (
          <ProblemCard severity="error">
            {settingsMessages.protectedChange[id]}
            {touched.slice(0, 10).map(({ model, environments }) => (
              <div key={model ?? ''}>{settingsMessages.protectedModel(model, environments.join(', '))}</div>
            ))}
          </ProblemCard>
        )}
        <AffectedModels id={id} text={text} />
        {id === 'base' && <Changes before={base?.text ?? settingsMessages.base.start} after={text} />}
        <TextDiff before={base?.text ?? ''} after={text} />
        <FormItem label={settingsMessages.comment} message={settingsMessages.commentHelp}>
          <TextField
            multiline={true}
            rows={3}
            width={TextFieldWidth.auto}
            value={comment}
            onChange={(_, value) => setComment(value)}
          />
        </FormItem>
      </div>
    </Panel>
  );
}

function planOn({ base, text }: SharedText, theirs: RegistryModel): ReviewPlan {
  if (base) return planReview({ base, text }, theirs);
  const { updatedBy, rev } = theirs;
  const problem = settingsMessages.bothCreated;
  return { kind: 'apart', base: theirs, problem, theirs: { who: updatedBy.name, rev, changes: [] } };
}

function useProblemsOf(id: SharedTextId, text: string) {
  const { contents } = useHub();
  return useMemo(() => sharedTextProblems(id, text, sharedVariables(contents)), [id, text, contents]);
}

function useTouched(id: SharedTextId, text: string): readonly TouchedModel[] {
  const { contents } = useHub();
  return useMemo(() => {
    const after = sharedVariables(withTexts(contents, { [id]: text }));
    return touchedModels(contents, sharedVariables(contents), after);
  }, [contents, id, text]);
}

function Changes({ before, after }: { readonly before: string; readonly after: string }) {
  const changes = useMemo(() => changesBetween(before, after), [before, after]);
  if (!changes) return <p>{settingsMessages.unreadable}</p>;
  if (changes.length === 0) return <p>{settingsMessages.noValues}</p>;
  return <ChangesTable changes={changes} />;
}

/** The models that the change breaks: a person who edits what all share does not see them otherwise. */
function AffectedModels({ id, text }: { readonly id: SharedTextId; readonly text: string }) {
  const { contents } = useHub();
  const changed = useMemo(() => withTexts(contents, { [id]: text }), [contents, id, text]);
  const before = useProblemCounts(contents);
  const after = useProblemCounts(changed);
  const affected = [...after].filter(([model, count]) => count > (before.get(model) ?? count));
  if (affected.length === 0) return null;
  return (
    <ProblemCard severity="warning">
      {settingsMessages.affected(affected.length)}
      {affected.slice(0, 10).map(([model, count]) => (
        <div key={model}>{settingsMessages.affectedModel(model, before.get(model) ?? 0, count)}</div>
      ))}
    </ProblemCard>
  );
}
