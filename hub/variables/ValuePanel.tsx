import { FormItem } from 'azure-devops-ui/FormItem';
import { Panel } from 'azure-devops-ui/Panel';
import { TextField, TextFieldWidth } from 'azure-devops-ui/TextField';
import { useState } from 'react';
import { nameProblem } from '../../shared/variables/refusals';
import { ChoiceButton } from '../kit/menu/ChoiceButton';
import { useHub } from '../kit/hubContext';
import { startFocus } from '../kit/focus/startFocus';
import { sharedVariables } from './checkModel';
import type { Grid, GridCell, GridRow } from './grid/grid';
import { columnName } from './grid/GridRowView';
import { variablesMessages } from './messages';
import { readTyped } from './spelling';
import type { CellEdits } from './grid/useCellEdits';

/** What the panel edits: a cell, or a new variable. */
export type PanelSubject =
  | { readonly kind: 'add' }
  | { readonly kind: 'edit'; readonly row: GridRow; readonly cell: GridCell; readonly typed?: string };

export interface ValuePanelProps {
  readonly subject: PanelSubject;
  readonly grid: Grid;
  readonly edits: CellEdits;
  readonly onDismiss: () => void;
}

const { panel } = variablesMessages;

/** The panel for long values and lists, and for new variables. */
export function ValuePanel({ subject, grid, edits, onDismiss }: ValuePanelProps) {
  const { contents } = useHub();
  const isNew = subject.kind === 'add';
  const [name, setName] = useState(isNew ? '' : subject.row.name);
  const [environment, setEnvironment] = useState(isNew ? undefined : subject.cell.environment);
  const [typed, setTyped] = useState(isNew ? '' : (subject.typed ?? ownText(subject.cell)));
  const [wrong, setWrong] = useState<{ readonly field: 'name' | 'value'; readonly problem: string }>();

  const add = (path: readonly string[]) => {
    if (typed.trim() === '') return panel.valueMissing;
    const read = readTyped(typed, sharedVariables(contents).schema, path);
    return 'problem' in read ? read.problem : edits.apply([{ path, environment, ...read }]);
  };
  const apply = () => {
    const path = isNew ? name.trim().split('.') : subject.row.path;
    const problem = isNew ? newNameProblem(path, environment, grid) : undefined;
    if (problem !== undefined) {
      setWrong({ field: 'name', problem });
      return;
    }
    const refusal = isNew ? add(path) : edits.type(subject, typed);
    if (refusal === undefined) onDismiss();
    else setWrong({ field: 'value', problem: refusal });
  };
  const problemOf = (field: 'name' | 'value') => (wrong?.field === field ? wrong.problem : undefined);
  return (
    <Panel
      defaultActiveElement={startFocus.firstField}
      onDismiss={onDismiss}
      titleProps={{ text: isNew ? panel.addTitle : panel.editTitle(subject.row.name) }}
      {...(!isNew && { description: columnName(subject.cell) })}
      footerButtonProps={[
        { text: panel.cancel, onClick: onDismiss },
        { text: panel.apply, primary: true, onClick: apply },
      ]}
    >
      <div className="hub-form">
        {isNew && (
          <>
            <Field label={panel.name} help={panel.nameHelp} problem={problemOf('name')}>
              <TextField
                width={TextFieldWidth.auto}
                value={name}
                ariaInvalid={problemOf('name') !== undefined}
                onChange={(_, value) => setName(value)}
              />
            </Field>
            <ChoiceButton
              id="panel-environment"
              name={panel.environment}
              none={variablesMessages.allEnvironments}
              choices={grid.environments.map((id) => ({ id, text: id }))}
              selected={environment}
              onChoose={setEnvironment}
            />
          </>
        )}
        <Field label={panel.value} help={panel.valueHelp} problem={problemOf('value')}>
          <TextField
            multiline={true}
            rows={8}
            width={TextFieldWidth.auto}
            spellCheck={false}
            value={typed}
            ariaInvalid={problemOf('value') !== undefined}
            inputClassName="vg-mono"
            onChange={(_, value) => setTyped(value)}
          />
        </Field>
      </div>
    </Panel>
  );
}

function Field(props: {
  readonly label: string;
  readonly help: string;
  readonly problem: string | undefined;
  readonly children: React.ReactNode;
}) {
  const { label, help, problem, children } = props;
  return (
    <FormItem label={label} message={problem ?? help} error={problem !== undefined}>
      {children}
    </FormItem>
  );
}

function ownText({ state, text }: GridCell): string {
  return state === 'own' ? text : '';
}

function newNameProblem(path: readonly string[], environment: string | undefined, grid: Grid): string | undefined {
  const name = path.join('.');
  if (name === '') return panel.nameMissing;
  for (const part of path) {
    const problem = nameProblem(part);
    if (problem) return `${JSON.stringify(part)} ${problem.message}`;
  }
  const cell = grid.rows.find((row) => row.name === name)?.cells.find((each) => each.environment === environment);
  return cell?.state === 'own' ? panel.nameExists(name) : undefined;
}
