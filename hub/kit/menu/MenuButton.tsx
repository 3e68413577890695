import { Button } from 'azure-devops-ui/Button';
import { useCallback, useRef, useState } from 'react';
import { FloatingMenu, type MenuEntry } from './FloatingMenu';

export interface MenuButtonProps {
  /** The name of the button where it has no text, and of the menu. */
  readonly label: string;
  readonly text?: string;
  readonly icon?: string;
  readonly entries: readonly MenuEntry[];
}

/** A button that opens a menu. */
export function MenuButton({ label, text, icon = 'ChevronDownMed', entries }: MenuButtonProps) {
  const place = useRef<HTMLSpanElement>(null);
  const [anchor, setAnchor] = useState<HTMLElement>();
  const dismiss = useCallback(() => setAnchor(undefined), []);
  return (
    <span ref={place} className="hub-choice">
      <Button
        subtle={true}
        {...(text === undefined ? { ariaLabel: label, iconProps: { iconName: icon } } : { text })}
        ariaHasPopup={true}
        ariaExpanded={anchor !== undefined}
        onClick={() => {
          const button = place.current?.querySelector('button') ?? undefined;
          setAnchor(anchor ? undefined : button);
        }}
        onKeyDown={(event: React.KeyboardEvent) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          setAnchor(place.current?.querySelector('button') ?? undefined);
        }}
        {...(text !== undefined && {
          iconProps: { iconName: icon, className: 'hub-choice-icon' },
        })}
      />
      {anchor && <FloatingMenu label={label} entries={entries} anchor={anchor} onDismiss={dismiss} />}
    </span>
  );
}
