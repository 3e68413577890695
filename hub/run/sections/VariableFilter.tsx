import { Icon } from 'azure-devops-ui/Icon';
import { runMessages } from '../messages';

/** Filters one table of several, so that it has no key of its own; Esc empties it. */
export function VariableFilter(props: { readonly value: string; readonly onChange: (text: string) => void }) {
  const { value, onChange } = props;
  return (
    <label className="hub-search run-filter">
      <Icon iconName="Filter" />
      <input
        type="text"
        aria-label={runMessages.variables.filter}
        placeholder={runMessages.variables.filter}
        value={value}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onChange('');
        }}
      />
    </label>
  );
}
