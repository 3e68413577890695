import { Button } from 'azure-devops-ui/Button';
import { Checkbox } from 'azure-devops-ui/Checkbox';
import { useMemo, useState } from 'react';
import { EmptyState } from '../kit/EmptyState';
import { useHub } from '../kit/hubContext';
import type { OpenModel } from '../kit/modelContext';
import { kitMessages } from '../kit/messages';
import { ProblemCard, StaleCard } from '../kit/faults/ProblemCard';
import type { ComparedSide } from '../page/route';
import { checkModel, modelSource, sharedVariables, type SharedVariables } from '../variables/checkModel';
import { compareSides, environmentsOf } from './compareSides';
import { CompareTable } from './CompareTable';
import type { SidesProps } from './sides';
import { compareMessages } from './messages';
import { SideChooser } from './SideChooser';
import { useCopies, type ComparedInput } from './useCopies';

export interface ComparedModelsProps extends SidesProps {
  readonly leftModel: OpenModel;
  /** The same as `leftModel` where two environments of one model are compared. */
  readonly rightModel: OpenModel;
}

/** The values of both sides with what was copied and is not saved. */
export function ComparedModels({ leftModel, rightModel, ...sides }: ComparedModelsProps) {
  const { contents } = useHub();
  const shared = useMemo(() => sharedVariables(contents), [contents]);
  const [hasOnlyDifferences, setOnlyDifferences] = useState(true);
  const left = useMemo(() => inputOf(leftModel, sides.left, shared), [leftModel, sides.left, shared]);
  const right = useMemo(() => inputOf(rightModel, sides.right, shared), [rightModel, sides.right, shared]);
  const rows = useMemo(() => compareSides(left.input, right.input), [left, right]);
  const { copy, undo, status, refusal, dismissRefusal } = useCopies({ left, right });
  const different = rows?.filter(({ isDifferent }) => isDifferent) ?? [];
  const shown = hasOnlyDifferences ? different : (rows ?? []);
  const models = leftModel === rightModel ? [left] : [left, right];
  return (
    <div
      className="hub-compare"
      onKeyDown={(event) => {
        if (event.key !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey || !undo) return;
        event.preventDefault();
        undo();
      }}
    >
      <SideChooser {...sides} />
      {[left, right].map(({ input }, index) => (
        <SideProblem key={index} side={input.model} text={input.text} environment={input.environment} shared={shared} />
      ))}
      {refusal !== undefined && (
        <ProblemCard severity="warning" onDismiss={dismissRefusal}>
          {refusal}
        </ProblemCard>
      )}
      {models.map(({ open: { model, failure, reload } }) => (
        <StaleCard
          key={model.id}
          failure={failure}
          sentence={kitMessages.newestNotRead(model.id, model.rev)}
          onRetry={() => void reload()}
        />
      ))}
      {models.map(({ open }) => (
        <EditsBar key={open.model.id} open={open} shared={shared} undo={undo} />
      ))}
      <div className="hub-compare-bar">
        <span role="status">
          {status !== undefined && `${status} `}
          {rows && compareMessages.count(different.length, rows.length)}
        </span>
        <Checkbox
          label={compareMessages.onlyDifferences}
          checked={hasOnlyDifferences}
          onChange={(_, checked) => setOnlyDifferences(checked)}
        />
      </div>
      {rows && shown.length > 0 && <CompareTable rows={shown} left={left} right={right} onCopy={copy} />}
      {rows && shown.length === 0 && <NoRows isEmpty={rows.length === 0} />}
    </div>
  );
}

function inputOf(open: OpenModel, side: ComparedSide, shared: SharedVariables): ComparedInput {
  const { model, environment } = side;
  return {
    open,
    input: { model, rev: open.base.rev, text: open.text, environment, shared },
    name: compareMessages.sideName(model, environment),
  };
}

function SideProblem(props: {
  readonly side: string;
  readonly text: string;
  readonly environment: string | undefined;
  readonly shared: SharedVariables;
}) {
  const { side, text, environment, shared } = props;
  const { file } = useMemo(() => checkModel(text, '', shared), [text, shared]);
  if (!file) return <ProblemCard severity="error">{compareMessages.unreadable(side)}</ProblemCard>;
  if (environment === undefined || environmentsOf(text, shared).includes(environment)) return null;
  return <ProblemCard severity="info">{compareMessages.unknownEnvironment(side, environment)}</ProblemCard>;
}

function EditsBar(props: {
  readonly open: OpenModel;
  readonly shared: SharedVariables;
  readonly undo: (() => void) | undefined;
}) {
  const { open, shared, undo } = props;
  const { text, base, isChanged, review } = open;
  const problems = useMemo(
    () => (isChanged ? checkModel(text, modelSource(base.rev), shared).problems : []),
    [isChanged, text, base.rev, shared],
  );
  if (!isChanged) return null;
  const [first] = problems;
  return (
    <section className="hub-card hub-edits depth-8" aria-label={compareMessages.bar(base.id)}>
      <div className="hub-edits-text">
        <div>{compareMessages.edits(base.id)}</div>
        {first && <div>{compareMessages.problem(problems.length, first.message)}</div>}
      </div>
      <div className="hub-actions">
        <Button
          text={compareMessages.undo}
          subtle={true}
          iconProps={{ iconName: 'Undo' }}
          disabled={undo === undefined}
          onClick={() => undo?.()}
        />
        <Button text={compareMessages.review} primary={true} onClick={() => review()} />
      </div>
    </section>
  );
}

function NoRows({ isEmpty }: { readonly isEmpty: boolean }) {
  return (
    <EmptyState
      icon={isEmpty ? 'Variable' : 'Completed'}
      title={isEmpty ? compareMessages.noVariables : compareMessages.same}
    >
      {isEmpty ? compareMessages.noVariablesHelp : compareMessages.sameHelp}
    </EmptyState>
  );
}
