import { Button } from 'azure-devops-ui/Button';
import { useMemo, useState } from 'react';
import { ChoiceButton } from '../kit/menu/ChoiceButton';
import { EmptyState } from '../kit/EmptyState';
import { useHub } from '../kit/hubContext';
import { useModel } from '../kit/modelContext';
import { ProblemCard } from '../kit/faults/ProblemCard';
import { SearchField } from '../kit/SearchField';
import { useIsNarrow } from '../kit/useIsNarrow';
import { modelPage } from '../page/route';
import { CellMenu, type OpenMenu } from './grid/CellMenu';
import { sharedVariables, type Problem } from './checkModel';
import { ProblemList } from './ProblemList';
import { buildGrid, type Grid } from './grid/grid';
import type { CellTarget } from './grid/gridCursor';
import { variablesMessages } from './messages';
import { useCellEdits } from './grid/useCellEdits';
import { ValuePanel, type PanelSubject } from './ValuePanel';
import { VariablesGrid } from './grid/VariablesGrid';
import './variables.css';

/** Below this width, in pixels, one column of values is shown, which the person chooses. */
const narrowWidth = 640;

/** The variables of the model in all environments. */
export function VariablesTab() {
  const { contents, route, go } = useHub();
  const { model, base, text } = useModel();
  const environment = route.view === 'model' ? route.environment : undefined;
  const shared = useMemo(() => sharedVariables(contents), [contents]);
  const grid = useMemo(
    () => buildGrid({ text, saved: { text: base.text, rev: base.rev }, shared, environment }),
    [text, base, shared, environment],
  );
  if (!grid.isReadable) return <Unreadable problems={grid.problems} />;
  const filter = (route.view === 'model' ? route.text : undefined) ?? '';
  const show = (name: string | undefined, contained: string) =>
    go(
      {
        ...modelPage(model.id),
        ...(name !== undefined && { environment: name }),
        ...(contained !== '' && { text: contained }),
      },
      { replace: true },
    );
  return (
    <>
      {shared.problems.length > 0 && (
        <ProblemCard severity="warning">
          {variablesMessages.sharedProblems}
          <ProblemList problems={shared.problems} />
        </ProblemCard>
      )}
      {grid.problems.length > 0 && (
        <ProblemCard severity="error">
          {variablesMessages.problems(grid.problems.length)}
          <ProblemList problems={grid.problems} />
        </ProblemCard>
      )}
      <ReadableVariables
        grid={grid}
        environment={environment}
        onEnvironment={(name) => show(name, filter)}
        filter={filter}
        onFilter={(contained) => show(environment, contained)}
      />
    </>
  );
}

function Unreadable({ problems }: { readonly problems: readonly Problem[] }) {
  const { go } = useHub();
  const { model } = useModel();
  return (
    <ProblemCard
      severity="error"
      action={{ text: variablesMessages.openFile, onClick: () => go(modelPage(model.id, 'file')) }}
    >
      {variablesMessages.unreadable}
      <ProblemList problems={problems} />
    </ProblemCard>
  );
}

interface ReadableProps {
  readonly grid: Grid;
  readonly environment: string | undefined;
  readonly onEnvironment: (name: string | undefined) => void;
  readonly filter: string;
  readonly onFilter: (contained: string) => void;
}

function ReadableVariables({ grid, environment, onEnvironment, filter, onFilter }: ReadableProps) {
  const { go } = useHub();
  const { model, readOnlyReason } = useModel();
  const [column, setColumn] = useState(0);
  const [panel, setPanel] = useState<PanelSubject>();
  const [menu, setMenu] = useState<OpenMenu>();
  const [sizer, isNarrow] = useIsNarrow(narrowWidth);
  const edits = useCellEdits();
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = useMemo(
    () => grid.rows.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word))),
    // The words follow from the filter.
    [grid, filter],
  );
  const columns = ['', ...grid.environments];
  const shown = useMemo(
    () => (isNarrow ? [Math.min(column, grid.environments.length)] : [0, ...grid.environments.map((_, i) => i + 1)]),
    [isNarrow, column, grid.environments],
  );
  const openPanel = ({ row, cell }: CellTarget, typed?: string) =>
    setPanel({ kind: 'edit', row, cell, ...(typed !== undefined && { typed }) });
  return (
    <div ref={sizer} className="vg-area">
      <div className="vg-toolbar">
        <SearchField label={variablesMessages.filter} value={filter} onChange={onFilter} />
        {isNarrow && (
          <ChoiceButton
            id="variables-column"
            name={variablesMessages.column}
            choices={columns.map((name, index) => ({
              id: String(index),
              text: name === '' ? variablesMessages.allEnvironments : name,
            }))}
            selected={String(shown[0] ?? 0)}
            onChoose={(id) => setColumn(Number(id ?? 0))}
          />
        )}
        <Button
          text={variablesMessages.add}
          iconProps={{ iconName: 'Add' }}
          disabled={readOnlyReason !== undefined}
          onClick={() => setPanel({ kind: 'add' })}
        />
      </div>
      {edits.refusal !== undefined && (
        <ProblemCard
          severity="warning"
          action={{ text: variablesMessages.openFile, onClick: () => go(modelPage(model.id, 'file')) }}
          onDismiss={edits.dismissRefusal}
        >
          {variablesMessages.refused(edits.refusal)}
        </ProblemCard>
      )}
      {rows.length === 0 ? (
        <NoRows isEmpty={grid.rows.length === 0} onClear={() => onFilter('')} />
      ) : (
        <VariablesGrid
          label={variablesMessages.grid(model.id)}
          rows={rows}
          shown={shown}
          hasEffective={!isNarrow}
          readOnlyReason={readOnlyReason}
          effectiveHeader={
            <ChoiceButton
              id="variables-effective"
              name={variablesMessages.effective}
              none={variablesMessages.withoutEnvironment}
              choices={grid.environments.map((id) => ({ id, text: id }))}
              selected={environment}
              onChoose={onEnvironment}
            />
          }
          onTyped={edits.type}
          onRemove={edits.remove}
          onMenu={(target, anchor) => setMenu({ target, anchor })}
          onPanel={openPanel}
        />
      )}
      {menu && (
        <CellMenu
          {...menu}
          readOnlyReason={readOnlyReason}
          onDismiss={() => setMenu(undefined)}
          onPanel={openPanel}
          edits={edits}
        />
      )}
      {panel && <ValuePanel subject={panel} grid={grid} edits={edits} onDismiss={() => setPanel(undefined)} />}
    </div>
  );
}

function NoRows({ isEmpty, onClear }: { readonly isEmpty: boolean; readonly onClear: () => void }) {
  const texts = isEmpty
    ? { title: variablesMessages.empty, help: variablesMessages.emptyHelp }
    : { title: variablesMessages.noMatch, help: variablesMessages.noMatchHelp };
  const actions = isEmpty ? [] : [{ text: variablesMessages.clearFilter, onClick: onClear }];
  return (
    <EmptyState icon={isEmpty ? 'Variable' : 'Search'} title={texts.title} actions={actions}>
      {texts.help}
    </EmptyState>
  );
}
