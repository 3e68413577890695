import { useEffect, useId, useRef } from 'react';
import { startFocus } from '../../kit/focus/startFocus';
import './picker.css';

export interface PickerProps {
  readonly label: string;
  readonly items: readonly { readonly id: string; readonly text: string }[];
  readonly selected: string | undefined;
  readonly placeholder: string;
  readonly isDisabled?: boolean;
  readonly message?: string;
  readonly hasError?: boolean;
  readonly onSelect: (id: string) => void;
  /** Takes the focus when it appears, where nobody has moved the focus in the panel meanwhile. */
  readonly takesFocus?: boolean;
}

/**
 * A labelled list from which one item is chosen. It is the list of the browser: typing finds an item, and it opens above
 * everything else.
 */
export function Picker({ label, items, selected, placeholder, onSelect, ...state }: PickerProps) {
  const { isDisabled = false, message, hasError = false, takesFocus = false } = state;
  const id = useId();
  const list = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    if (takesFocus && document.activeElement?.matches(startFocus.untouched) === true) list.current?.focus();
  }, [takesFocus]);
  const isKnown = items.some((item) => item.id === selected);
  return (
    <div className="flex-column">
      <label className="bolt-formitem-label body-m" htmlFor={id}>
        {label}
      </label>
      <select
        ref={list}
        id={id}
        className="hub-picker"
        value={isKnown ? selected : ''}
        disabled={isDisabled}
        aria-invalid={hasError}
        aria-describedby={message === undefined ? undefined : `${id}-message`}
        onChange={(event) => onSelect(event.target.value)}
      >
        {!isKnown && (
          <option value="" disabled>
            {placeholder}
          </option>
        )}
        {items.map((item) => (
          <option key={item.id} value={item.id}>
            {item.text}
          </option>
        ))}
      </select>
      {message !== undefined && (
        <span
          id={`${id}-message`}
          className={hasError ? 'hub-picker-error body-xs' : 'body-xs'}
          role={hasError ? 'alert' : undefined}
        >
          {message}
        </span>
      )}
    </div>
  );
}
