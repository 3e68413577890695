import { Button } from 'azure-devops-ui/Button';
import { pathText } from '../../../shared/variables/pathText';
import { ProblemCard } from '../../kit/faults/ProblemCard';
import { Value } from '../../review/ChangesTable';
import type { ContestedValue, Side } from './combineTexts';
import { repositoryMessages as messages } from '../messages';

export interface ContestedValuesProps {
  /** Whether it is known what both sides were changed from. */
  readonly isRelated: boolean;
  readonly contested: readonly ContestedValue[];
  readonly sideOf: (key: string) => Side;
  readonly onChoose: (keys: readonly string[], side: Side) => void;
}

/** Chooses the value of the hub or that of the file for each name that has two. */
export function ContestedValues({ isRelated, contested, sideOf, onChoose }: ContestedValuesProps) {
  const all = contested.map(({ key }) => key);
  return (
    <div className="hub-contested">
      <ProblemCard severity="warning">
        {isRelated ? messages.contested(contested.length) : messages.unrelatedValues(contested.length)}
      </ProblemCard>
      {contested.length > 1 && (
        <div className="hub-form-buttons">
          <Button text={messages.allOf.hub} onClick={() => onChoose(all, 'hub')} />
          <Button text={messages.allOf.file} onClick={() => onChoose(all, 'file')} />
        </div>
      )}
      {contested.map((value) => (
        <Choice
          key={value.key}
          value={value}
          side={sideOf(value.key)}
          onChoose={(side) => onChoose([value.key], side)}
        />
      ))}
    </div>
  );
}

function Choice(props: {
  readonly value: ContestedValue;
  readonly side: Side;
  readonly onChoose: (side: Side) => void;
}) {
  const { value, side, onChoose } = props;
  const { key, path, environment } = value;
  return (
    <fieldset className="hub-contested-name">
      <legend>{messages.nameIn(pathText(path), environment)}</legend>
      {(['hub', 'file'] as const).map((each) => (
        <label key={each}>
          <input type="radio" name={key} checked={side === each} onChange={() => onChoose(each)} />
          <span className="hub-contested-side">{messages.sides[each]}</span>
          <Value value={value[each]} />
        </label>
      ))}
    </fieldset>
  );
}
