import { MenuButton } from 'azure-devops-ui/Menu';

export interface Choice {
  readonly id: string;
  readonly text: string;
}

export interface ChoiceButtonProps {
  readonly id: string;
  /** What is chosen, such as `State`. */
  readonly name: string;
  readonly choices: readonly Choice[];
  readonly selected: string | undefined;
  /** The first entry of the menu, which chooses nothing; without it, something is always chosen. */
  readonly none?: string;
  readonly onChoose: (id: string | undefined) => void;
}

/** A button with a menu from which one thing is chosen; its text says what. Much lighter than a Dropdown of the kit. */
export function ChoiceButton({ id, name, choices, selected, none, onChoose }: ChoiceButtonProps) {
  const chosen = choices.find((choice) => choice.id === selected)?.text;
  const entries = [...(none === undefined ? [] : [{ id: undefined, text: none }]), ...choices];
  return (
    <MenuButton
      className="hub-choice"
      subtle={true}
      text={chosen === undefined ? name : `${name}: ${chosen}`}
      contextualMenuProps={{
        menuProps: {
          id: `${id}-menu`,
          ariaLabel: name,
          items: entries.map((entry) => ({
            id: entry.id ?? '',
            text: entry.text,
            checked: entry.id === selected,
            onActivate: () => onChoose(entry.id),
          })),
        },
      }}
    />
  );
}
