import { Button } from 'azure-devops-ui/Button';
import { Checkbox } from 'azure-devops-ui/Checkbox';
import { ChoiceButton } from '../kit/menu/ChoiceButton';
import { SearchField } from '../kit/SearchField';
import type { ModelFilter } from '../page/route';
import { modelsMessages } from './messages';

export interface ModelFilterBarProps {
  readonly filter: ModelFilter;
  readonly environments: readonly string[];
  readonly onChange: (filter: ModelFilter) => void;
}

const states = ['valid', 'problems', 'differs', 'archived', 'damaged', 'newer'] as const;

/** The filter above the list of models; the key `/` moves the focus to its text. */
export function ModelFilterBar({ filter, environments, onChange }: ModelFilterBarProps) {
  const { sort, ...filters } = filter;
  const change = (fields: { readonly [name in keyof ModelFilter]?: ModelFilter[name] | undefined }) => {
    const next = Object.entries({ ...filter, ...fields }).filter(([, value]) => value !== undefined && value !== false);
    onChange(Object.fromEntries(next));
  };
  return (
    <div className="hub-card hub-filter depth-8" role="search">
      <SearchField
        label={modelsMessages.filter}
        value={filter.text ?? ''}
        onChange={(text) => change({ text: text || undefined })}
      />
      <ChoiceButton
        id="filter-state"
        name={modelsMessages.filterState}
        none={modelsMessages.anyState}
        choices={states.map((id) => ({ id, text: modelsMessages.states[id] }))}
        selected={filter.state}
        onChoose={(state) => change({ state })}
      />
      <ChoiceButton
        id="filter-environment"
        name={modelsMessages.filterEnvironment}
        none={modelsMessages.anyEnvironment}
        choices={environments.map((id) => ({ id, text: id }))}
        selected={filter.environment}
        onChoose={(environment) => change({ environment })}
      />
      <Checkbox
        label={modelsMessages.onlyProblems}
        checked={filter.withProblems === true}
        onChange={(_, withProblems) => change({ withProblems })}
      />
      <Checkbox
        label={modelsMessages.onlyMine}
        checked={filter.mine === true}
        onChange={(_, mine) => change({ mine })}
      />
      {Object.keys(filters).length > 0 && (
        <Button
          subtle={true}
          iconProps={{ iconName: 'Clear' }}
          ariaLabel={modelsMessages.clearFilter}
          tooltipProps={{ text: modelsMessages.clearFilter }}
          onClick={() => onChange(sort === undefined ? {} : { sort })}
        />
      )}
    </div>
  );
}
