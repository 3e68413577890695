import { Dialog } from 'azure-devops-ui/Dialog';
import { ContentSize } from 'azure-devops-ui/Callout';
import { useId, useState } from 'react';
import type { ContestedName } from '../../shared/variables/edit/mergeTexts';
import { pathText } from '../../shared/variables/pathText';
import { Value } from './ChangesTable';
import { reviewMessages } from './messages';
import { contestedKey, withChoices, type ReviewPlan } from './reviewPlan';
import { startFocus } from '../kit/focus/startFocus';

export interface ConflictDialogProps {
  readonly plan: Exclude<ReviewPlan, { kind: 'ready' }>;
  /** My text. */
  readonly mine: string;
  /** Goes back to the page, with all edits. */
  readonly onKeepEditing: () => void;
  readonly onResolved: (text: string) => void;
}

const { conflict } = reviewMessages;

/** Asks which value to keep where someone else changed the same names. */
export function ConflictDialog(props: ConflictDialogProps) {
  return props.plan.kind === 'contested' ? (
    <ContestedNames {...props} plan={props.plan} />
  ) : (
    <TextsApart {...props} plan={props.plan} />
  );
}

type PlanOf<Kind> = Extract<ReviewPlan, { kind: Kind }>;

function ContestedNames(props: ConflictDialogProps & { readonly plan: PlanOf<'contested'> }) {
  const { plan, onKeepEditing, onResolved } = props;
  const [chosenMine, setChosenMine] = useState<ReadonlySet<string>>(new Set(plan.contested.map(contestedKey)));
  const [problem, setProblem] = useState<string>();
  const isMine = (name: ContestedName) => chosenMine.has(contestedKey(name));
  const choose = (name: ContestedName, mine: boolean) => {
    const next = new Set(chosenMine);
    if (mine) next.add(contestedKey(name));
    else next.delete(contestedKey(name));
    setChosenMine(next);
  };
  const use = () => {
    const result = withChoices(plan.merged, plan.contested, isMine);
    if ('text' in result) onResolved(result.text);
    else setProblem(result.problem);
  };
  return (
    <Dialog
      defaultActiveElement={startFocus.firstField}
      titleProps={{ text: conflict.title }}
      contentSize={ContentSize.Large}
      onDismiss={onKeepEditing}
      footerButtonProps={[
        { text: conflict.keepEditing, onClick: onKeepEditing },
        { text: conflict.use, primary: true, onClick: use },
      ]}
    >
      <p>{conflict.text(plan.theirs.who, plan.theirs.rev)}</p>
      {problem !== undefined && <p role="alert">{problem}</p>}
      {plan.contested.map((name) => (
        <Choice key={contestedKey(name)} name={name} isMine={isMine(name)} onChoose={(mine) => choose(name, mine)} />
      ))}
    </Dialog>
  );
}

function Choice(props: {
  readonly name: ContestedName;
  readonly isMine: boolean;
  readonly onChoose: (mine: boolean) => void;
}) {
  const { name, isMine, onChoose } = props;
  const group = useId();
  return (
    <fieldset className="review-choice">
      <legend>
        {pathText(name.path)}, {name.environment ?? reviewMessages.allEnvironments}
      </legend>
      {[true, false].map((mine) => (
        <label key={String(mine)}>
          <input type="radio" name={group} checked={isMine === mine} onChange={() => onChoose(mine)} />
          {mine ? conflict.mine : conflict.theirs}: <Value value={mine ? name.mine : name.theirs} />
        </label>
      ))}
      <span className="secondary-text">
        {conflict.base}: <Value value={name.base} />
      </span>
    </fieldset>
  );
}

function TextsApart(props: ConflictDialogProps & { readonly plan: PlanOf<'apart'> }) {
  const { plan, mine, onKeepEditing, onResolved } = props;
  return (
    <Dialog
      defaultActiveElement={startFocus.primary}
      titleProps={{ text: conflict.title }}
      onDismiss={onKeepEditing}
      footerButtonProps={[
        { text: conflict.useTheirs, onClick: () => onResolved(plan.base.text) },
        { text: conflict.useMine, onClick: () => onResolved(mine) },
        { text: conflict.keepEditing, primary: true, onClick: onKeepEditing },
      ]}
    >
      {conflict.apart(plan.theirs.who, plan.theirs.rev, plan.problem)}
    </Dialog>
  );
}
