import { Icon } from 'azure-devops-ui/Icon';
import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';

export interface MenuEntry {
  readonly id: string;
  readonly text: string;
  /** Shown after the text, less prominent. */
  readonly detail?: string;
  readonly icon?: string;
  /** Whether this is what is chosen, in a menu from which one thing is chosen. */
  readonly isChosen?: boolean;
  readonly isDisabled?: boolean;
  /** Whether a line separates the entry from the one before. */
  readonly isSeparated?: boolean;
  readonly onSelect: () => void;
}

export interface FloatingMenuProps {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  /** What the menu belongs to: it opens below, and has the focus again after Esc. */
  readonly anchor: HTMLElement;
  readonly onDismiss: () => void;
}

/**
 * A menu below an element. Much lighter than the menu of the kit, which comes with its lists, drag and drop and selection.
 * It is in the top layer of the browser, so that nothing clips it.
 */
export function FloatingMenu({ label, entries, anchor, onDismiss }: FloatingMenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = menu.current;
    if (!element) return;
    element.showPopover();
    place(element, anchor);
    const items = itemsOf(element);
    (items.find((item) => item.getAttribute('aria-checked') === 'true') ?? items[0])?.focus();
  }, [anchor]);
  useEffect(() => {
    const onPointerDown = ({ target }: Event) => {
      if (target instanceof Node && !menu.current?.contains(target)) onDismiss();
    };
    document.addEventListener('pointerdown', onPointerDown, true);
    addEventListener('resize', onDismiss);
    return () => {
      document.removeEventListener('pointerdown', onPointerDown, true);
      removeEventListener('resize', onDismiss);
    };
  }, [onDismiss]);
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      onDismiss();
      anchor.focus();
    } else if (menu.current && moveInMenu(event.key, itemsOf(menu.current))) event.preventDefault();
  };
  return (
    <div
      ref={menu}
      {...{ popover: 'manual' }}
      className="hub-menu"
      role="menu"
      aria-label={label}
      onKeyDown={onKeyDown}
    >
      {entries.map((entry) => (
        <Entry
          key={entry.id}
          entry={entry}
          onSelect={() => {
            onDismiss();
            anchor.focus();
            entry.onSelect();
          }}
        />
      ))}
    </div>
  );
}

function Entry({ entry, onSelect }: { readonly entry: MenuEntry; readonly onSelect: () => void }): ReactNode {
  const { text, detail, icon, isChosen, isDisabled = false, isSeparated = false } = entry;
  const shownIcon = isChosen === true ? 'CheckMark' : icon;
  return (
    <>
      {isSeparated && <div role="separator" />}
      <button
        type="button"
        role={isChosen === undefined ? 'menuitem' : 'menuitemradio'}
        aria-checked={isChosen}
        aria-disabled={isDisabled}
        tabIndex={-1}
        onClick={(event) => {
          event.stopPropagation();
          if (!isDisabled) onSelect();
        }}
      >
        <span className="hub-menu-icon">{shownIcon !== undefined && <Icon iconName={shownIcon} />}</span>
        <span>{text}</span>
        {detail !== undefined && <span className="secondary-text hub-menu-detail">{detail}</span>}
      </button>
    </>
  );
}

function itemsOf(menu: HTMLElement): readonly HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('button')];
}

const edge = 8;

/** Below the anchor, or above it where there is no room; within the window. */
function place(menu: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + height + edge <= innerHeight;
  menu.style.left = `${Math.max(edge, Math.min(at.left, innerWidth - width - edge))}px`;
  menu.style.top = `${Math.max(edge, below ? at.bottom : Math.min(at.top - height, innerHeight - height - edge))}px`;
}

function moveInMenu(key: string, items: readonly HTMLElement[]): boolean {
  const current = items.findIndex((item) => item === document.activeElement);
  const byText = items.findIndex(
    (item, index) => index > current && item.textContent.toLowerCase().startsWith(key.toLowerCase()),
  );
  const next = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: items.length - 1 }[key] ?? byText;
  if (next === -1 && key !== 'ArrowUp') return false;
  items[(next + items.length) % items.length]?.focus();
  return true;
}
