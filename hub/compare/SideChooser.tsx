import { Button } from 'azure-devops-ui/Button';
import { useId, useMemo, type ReactNode } from 'react';
import { useHub } from '../kit/hubContext';
import type { ComparedSide } from '../page/route';
import { sharedVariables } from '../variables/checkModel';
import { environmentsOf } from './compareSides';
import type { SideName, SidesProps } from './sides';
import { compareMessages } from './messages';

/** The model and the environment of each side, and a button that swaps them. */
export function SideChooser({ left, right, onChoose }: SidesProps) {
  return (
    <div className="hub-card hub-sides depth-8">
      <SideFields side="left" chosen={left} onChoose={(next) => onChoose({ left: next, right })} />
      <Button
        className="hub-swap"
        subtle={true}
        iconProps={{ iconName: 'Switch' }}
        ariaLabel={compareMessages.swap}
        tooltipProps={{ text: compareMessages.swap }}
        onClick={() => onChoose({ left: right, right: left })}
      />
      <SideFields side="right" chosen={right} onChoose={(next) => onChoose({ left, right: next })} />
    </div>
  );
}

function SideFields(props: {
  readonly side: SideName;
  readonly chosen: ComparedSide;
  readonly onChoose: (side: ComparedSide) => void;
}) {
  const { side, chosen, onChoose } = props;
  const { contents } = useHub();
  const name = compareMessages.sides[side];
  const model = contents.models.find(({ id }) => id === chosen.model);
  const environments = useMemo(
    () => (model ? environmentsOf(model.text, sharedVariables(contents)) : []),
    [model, contents],
  );
  const shown = [...new Set([...environments, ...(chosen.environment === undefined ? [] : [chosen.environment])])];
  return (
    <div className="hub-side">
      <NativeSelect
        label={compareMessages.model(name)}
        value={model?.id ?? ''}
        onChange={(id) => onChoose({ model: id, ...(chosen.environment && { environment: chosen.environment }) })}
      >
        {!model && <option value="">{compareMessages.chooseModel}</option>}
        {contents.models.map(({ id }) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </NativeSelect>
      <NativeSelect
        label={compareMessages.environment(name)}
        value={chosen.environment ?? ''}
        onChange={(environment) => onChoose({ model: chosen.model, ...(environment !== '' && { environment }) })}
      >
        <option value="">{compareMessages.allEnvironments}</option>
        {shown.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </NativeSelect>
    </div>
  );
}

function NativeSelect(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <div className="hub-select">
      <label htmlFor={id}>{props.label}</label>
      <select id={id} value={props.value} onChange={(event) => props.onChange(event.target.value)}>
        {props.children}
      </select>
    </div>
  );
}
