import { runMessages } from '../messages';

/** Says how many items the step left out of a list of its record. */
export function CutNote(props: {
  readonly cut: ReadonlyMap<string, number>;
  /** The name of the list in the record. */
  readonly list: string;
  readonly what: string;
}) {
  const number = props.cut.get(props.list) ?? 0;
  return number > 0 ? <p className="secondary-text">{runMessages.cut(number, props.what)}</p> : null;
}
