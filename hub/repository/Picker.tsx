import { Dropdown } from 'azure-devops-ui/Dropdown';
import { FormItem } from 'azure-devops-ui/FormItem';
import { DropdownSelection } from 'azure-devops-ui/Utilities/DropdownSelection';
import { useEffect, useMemo } from 'react';

export interface PickerProps {
  readonly label: string;
  readonly items: readonly { readonly id: string; readonly text: string }[];
  readonly selected: string | undefined;
  readonly placeholder: string;
  readonly isDisabled?: boolean;
  readonly message?: string;
  readonly hasError?: boolean;
  readonly onSelect: (id: string) => void;
}

/** Lists longer than this can be filtered. */
const longestWithoutFilter = 10;

/** A labelled list from which one item is chosen. */
export function Picker({ label, items, selected, placeholder, onSelect, ...state }: PickerProps) {
  const selection = useMemo(() => new DropdownSelection(), []);
  const index = items.findIndex(({ id }) => id === selected);
  useEffect(() => {
    if (index < 0) selection.clear();
    else selection.select(index);
  }, [selection, index, items]);
  return (
    <FormItem
      label={label}
      error={state.hasError ?? false}
      {...(state.message !== undefined && { message: state.message })}
    >
      <Dropdown
        key={items.map(({ id }) => id).join('\n')}
        ariaLabel={label}
        className="hub-picker"
        items={items.map(({ id, text }) => ({ id, text }))}
        selection={selection}
        placeholder={placeholder}
        disabled={state.isDisabled ?? false}
        showFilterBox={items.length > longestWithoutFilter}
        filterPlaceholderText={placeholder}
        onSelect={(_event, item) => onSelect(item.id)}
      />
    </FormItem>
  );
}
