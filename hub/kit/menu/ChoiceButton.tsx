import { MenuButton } from './MenuButton';

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

/** A button with a menu from which one thing is chosen; its text says what. */
export function ChoiceButton({ name, choices, selected, none, onChoose }: ChoiceButtonProps) {
  const chosen = choices.find((choice) => choice.id === selected)?.text;
  const entries = [...(none === undefined ? [] : [{ id: undefined, text: none }]), ...choices];
  return (
    <MenuButton
      label={name}
      text={chosen === undefined ? name : `${name}: ${chosen}`}
      entries={entries.map(({ id, text }) => ({
        id: id ?? '',
        text,
        isChosen: id === selected,
        onSelect: () => onChoose(id),
      }))}
    />
  );
}
