/** A text that can't be used as YAML; the message is the words that follow the name of the text. */
export class InvalidYaml extends Error {
  constructor(
    /** As the message, but without the line. */
    readonly problem: string,
    /** Counted from 1; undefined where the problem is that of the whole text. */
    readonly line?: number,
    options?: ErrorOptions,
  ) {
    super(line === undefined ? problem : `${problem} at line ${line}`, options);
  }
}
